import type { Metadata } from "next";
import { Suspense } from "react";

import { Overview } from "@/components/overview/overview";
import { PageHeader } from "@/components/ui/page-header";
import { PeriodSwitch } from "@/components/ui/period-switch";
import { ChartSkeleton, Loading, TilesSkeleton } from "@/components/ui/skeleton";
import { parsePeriod } from "@/lib/period";
import { readVisitor, requireVisit } from "@/server/visit";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await readVisitor()).t.overview.title };
}

export default async function OverviewPage({ searchParams }: PageProps<"/">) {
  const [visit, query] = await Promise.all([requireVisit(), searchParams]);
  const period = parsePeriod(query["period"]);
  return (
    <>
      <PageHeader title={visit.t.overview.title}>
        <PeriodSwitch path="/" current={period} t={visit.t} />
      </PageHeader>
      {/* The key shows the skeleton again when the period changes. */}
      <Suspense
        key={period}
        fallback={
          <Loading label={visit.t.common.loading}>
            <TilesSkeleton />
            <ChartSkeleton height="h-96" />
          </Loading>
        }
      >
        <Overview visit={visit} period={period} />
      </Suspense>
    </>
  );
}
