import type { Metadata } from "next";
import { Suspense } from "react";

import { Status } from "@/components/status/status";
import { PageHeader } from "@/components/ui/page-header";
import { ListSkeleton, Loading } from "@/components/ui/skeleton";
import { readVisitor, requireVisit } from "@/server/visit";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await readVisitor()).t.status.title };
}

export default async function StatusPage() {
  const visit = await requireVisit();
  return (
    <>
      <PageHeader title={visit.t.status.title} />
      <Suspense
        fallback={
          <Loading label={visit.t.common.loading}>
            <ListSkeleton rows={4} />
          </Loading>
        }
      >
        <Status visit={visit} />
      </Suspense>
    </>
  );
}
