import type { Metadata } from "next";
import { Suspense } from "react";

import { Dialogs } from "@/components/dialogs/dialogs";
import { PageHeader } from "@/components/ui/page-header";
import { Segments } from "@/components/ui/segments";
import { ListSkeleton, Loading } from "@/components/ui/skeleton";
import { parseFilter, STATES } from "@/lib/dialogs";
import { withQuery } from "@/lib/paths";
import { readVisitor, requireVisit } from "@/server/visit";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await readVisitor()).t.dialogs.title };
}

export default async function DialogsPage({ searchParams }: PageProps<"/dialogs">) {
  const [visit, query] = await Promise.all([requireVisit(), searchParams]);
  const filter = parseFilter(query);
  const { t } = visit;
  const states = STATES.map((state) => ({
    key: state,
    name: t.dialogs.states[state],
    href: withQuery("/dialogs", { state: state === "all" ? undefined : state, user: filter.user }),
  }));
  return (
    <>
      <PageHeader title={t.dialogs.title} text={t.dialogs.text}>
        <Segments label={t.dialogs.state} items={states} current={filter.state} />
      </PageHeader>
      <Suspense
        key={JSON.stringify(filter)}
        fallback={
          <Loading label={t.common.loading}>
            <ListSkeleton rows={10} />
          </Loading>
        }
      >
        <Dialogs visit={visit} filter={filter} />
      </Suspense>
    </>
  );
}
