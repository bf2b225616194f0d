import { Suspense } from "react";

import { Overview } from "@/components/overview";
import { OverviewSkeleton } from "@/components/overview-skeleton";
import { PeriodSwitch } from "@/components/period-switch";
import { parsePeriod } from "@/lib/period";

export default async function OverviewPage({ searchParams }: PageProps<"/">) {
  const period = parsePeriod((await searchParams)["period"]);
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
        <h1 className="font-semibold text-2xl tracking-[-0.03em] sm:text-4xl">Overview</h1>
        <PeriodSwitch current={period} />
      </div>
      {/* The key shows the skeleton again when the period changes. */}
      <Suspense key={period} fallback={<OverviewSkeleton />}>
        <Overview period={period} />
      </Suspense>
    </>
  );
}
