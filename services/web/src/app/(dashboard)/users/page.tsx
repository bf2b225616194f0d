import type { Metadata } from "next";
import { Suspense } from "react";
import { PageHeader } from "@/components/ui/page-header";
import { PeriodSwitch } from "@/components/ui/period-switch";
import { ChartSkeleton, ListSkeleton, Loading } from "@/components/ui/skeleton";
import { Users } from "@/components/users/users";
import { parsePeriod } from "@/lib/period";
import { readVisitor, requireVisit } from "@/server/visit";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await readVisitor()).t.users.title };
}

export default async function UsersPage({ searchParams }: PageProps<"/users">) {
  const [visit, query] = await Promise.all([requireVisit(), searchParams]);
  const period = parsePeriod(query["period"]);
  const { t } = visit;
  return (
    <>
      <PageHeader title={t.users.title} text={t.users.text}>
        <PeriodSwitch path="/users" current={period} t={t} />
      </PageHeader>
      <Suspense
        key={period}
        fallback={
          <Loading label={t.common.loading}>
            <ChartSkeleton height="h-72" />
            <ListSkeleton rows={8} />
          </Loading>
        }
      >
        <Users visit={visit} period={period} />
      </Suspense>
    </>
  );
}
