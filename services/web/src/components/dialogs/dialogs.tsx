import Link from "next/link";

import { DialogRows } from "@/components/dialogs/dialog-rows";
import { Icon } from "@/components/ui/icons";
import { Notice } from "@/components/ui/notice";
import { Pager } from "@/components/ui/pager";
import { Unavailable } from "@/components/ui/unavailable";
import { fetchDialogs } from "@/lib/api";
import type { DialogFilter } from "@/lib/dialogs";
import { withQuery } from "@/lib/paths";
import { attempt } from "@/server/attempt";
import type { Visit } from "@/server/visit";

export async function Dialogs({ visit, filter }: { visit: Visit; filter: DialogFilter }) {
  const { caller, requestId, t } = visit;
  const { state, user, after } = filter;
  const address = (place: string | undefined) =>
    withQuery("/dialogs", { state: state === "all" ? undefined : state, user, after: place });
  const answer = await attempt("dialogs_failed", requestId, fetchDialogs(caller, filter));
  if (!answer.ok) {
    return <Unavailable kind={answer.kind} retry={address(after)} requestId={requestId} t={t} />;
  }
  const { dialogs, next } = answer.value;
  const filtered = state !== "all" || user !== undefined || after !== undefined;
  const name = dialogs[0]?.user.username;
  return (
    <>
      {user === undefined ? null : (
        <p className="mb-4 flex flex-wrap items-center gap-2 text-sm">
          <span className="rounded-full bg-sea-wash px-3 py-1 font-medium text-sea">
            {t.dialogs.onlyUser(name ?? t.common.anonymous(user))}
          </span>
          <Link
            href={withQuery("/dialogs", { state: state === "all" ? undefined : state })}
            prefetch={false}
            className="inline-flex items-center gap-1 rounded-full px-2 py-1 font-medium text-soft hover:text-ink"
          >
            <Icon name="close" className="size-3.5" />
            {t.dialogs.everyone}
          </Link>
        </p>
      )}
      {dialogs.length === 0 ? (
        <Notice heading="h2" icon="dialogs" title={t.dialogs.empty}>
          <p>{filtered ? t.dialogs.emptyFiltered : t.dialogs.emptyText}</p>
        </Notice>
      ) : (
        <DialogRows dialogs={dialogs} visitor={visit} now={visit.now} />
      )}
      <Pager
        label={t.dialogs.pages}
        start={
          after === undefined ? undefined : { href: address(undefined), text: t.dialogs.newest }
        }
        next={next === null ? undefined : { href: address(next), text: t.dialogs.older }}
      />
    </>
  );
}
