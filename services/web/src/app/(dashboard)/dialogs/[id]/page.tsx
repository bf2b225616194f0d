import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Suspense } from "react";

import { Dialog } from "@/components/dialogs/dialog";
import { Icon } from "@/components/ui/icons";
import { PageHeader } from "@/components/ui/page-header";
import { ListSkeleton, Loading } from "@/components/ui/skeleton";
import { parseCursor, parseId } from "@/lib/dialogs";
import { readVisitor, requireVisit } from "@/server/visit";

type Props = PageProps<"/dialogs/[id]">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const [{ t }, { id }] = await Promise.all([readVisitor(), params]);
  return { title: t.dialog.title(parseId(id) ?? 0) };
}

export default async function DialogPage({ params, searchParams }: Props) {
  const [visit, { id: text }, query] = await Promise.all([requireVisit(), params, searchParams]);
  const id = parseId(text);
  if (id === undefined) {
    notFound();
  }
  const after = parseCursor(query["after"]);
  const { t } = visit;
  return (
    <>
      <Link
        href="/dialogs"
        prefetch={false}
        className="mb-3 inline-flex items-center gap-1 font-medium text-sm text-soft hover:text-ink"
      >
        <Icon name="left" className="size-4" />
        {t.dialog.back}
      </Link>
      <PageHeader title={t.dialog.title(id)} />
      <Suspense
        key={after ?? ""}
        fallback={
          <Loading label={t.common.loading}>
            <ListSkeleton rows={6} />
          </Loading>
        }
      >
        <Dialog visit={visit} id={id} after={after} />
      </Suspense>
    </>
  );
}
