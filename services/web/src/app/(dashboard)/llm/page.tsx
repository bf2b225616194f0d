import type { Metadata } from "next";
import { Suspense } from "react";

import { Llm } from "@/components/llm/llm";
import { PageHeader } from "@/components/ui/page-header";
import { PeriodSwitch } from "@/components/ui/period-switch";
import { ChartSkeleton, Loading, TilesSkeleton } from "@/components/ui/skeleton";
import { parsePeriod } from "@/lib/period";
import { readVisitor, requireVisit } from "@/server/visit";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await readVisitor()).t.llm.title };
}

export default async function LlmPage({ searchParams }: PageProps<"/llm">) {
  const [visit, query] = await Promise.all([requireVisit(), searchParams]);
  const period = parsePeriod(query["period"]);
  const { t } = visit;
  return (
    <>
      <PageHeader title={t.llm.title}>
        <PeriodSwitch path="/llm" current={period} t={t} />
      </PageHeader>
      <Suspense
        key={period}
        fallback={
          <Loading label={t.common.loading}>
            <TilesSkeleton />
            <ChartSkeleton height="h-72" />
          </Loading>
        }
      >
        <Llm visit={visit} period={period} />
      </Suspense>
    </>
  );
}
