import Link from "next/link";
import type { ReactNode } from "react";

import { channelName } from "@/components/dialogs/dialog-rows";
import { StateBadge } from "@/components/dialogs/state-badge";
import { Thread } from "@/components/dialogs/thread";
import { Icon } from "@/components/ui/icons";
import { Notice } from "@/components/ui/notice";
import { Pager } from "@/components/ui/pager";
import { Unavailable } from "@/components/ui/unavailable";
import { fetchDialog } from "@/lib/api";
import type { Dialog as DialogAnswer } from "@/lib/dialogs";
import { withQuery } from "@/lib/paths";
import { attempt } from "@/server/attempt";
import type { Visit, Visitor } from "@/server/visit";

interface DialogProps {
  readonly visit: Visit;
  readonly id: number;
  readonly after: string | undefined;
}

export async function Dialog({ visit, id, after }: DialogProps) {
  const { caller, requestId, t } = visit;
  const here = `/dialogs/${id}`;
  const answer = await attempt("dialog_failed", requestId, fetchDialog(caller, id, after));
  if (!answer.ok && answer.kind === "missing") {
    return (
      <Notice heading="h2" icon="dialogs" title={t.dialog.missing}>
        <p>{t.dialog.missingText}</p>
      </Notice>
    );
  }
  if (!answer.ok) {
    const retry = withQuery(here, { after });
    return <Unavailable kind={answer.kind} retry={retry} requestId={requestId} t={t} />;
  }
  const dialog = answer.value;
  return (
    <div className="grid items-start gap-4 sm:gap-6 xl:grid-cols-[minmax(0,1fr)_18rem]">
      <Facts dialog={dialog} visit={visit} />
      <div className="min-w-0 xl:col-start-1 xl:row-start-1">
        {dialog.text ? null : <Hidden visitor={visit} />}
        {dialog.messages.length === 0 ? (
          <Notice heading="h2" icon="dialogs" title={t.dialog.none}>
            <p>{t.dialog.noneText}</p>
          </Notice>
        ) : (
          <Thread dialog={dialog} visitor={visit} now={visit.now} />
        )}
        <Pager
          label={t.dialog.pages}
          start={after === undefined ? undefined : { href: here, text: t.dialog.first }}
          next={
            dialog.next === null
              ? undefined
              : { href: withQuery(here, { after: dialog.next }), text: t.dialog.later }
          }
        />
      </div>
    </div>
  );
}

/** Who talked, where and when. */
function Facts({ dialog, visit }: { dialog: DialogAnswer; visit: Visit }) {
  const { t, format, now } = visit;
  const { user, channel, started_at, closed_at } = dialog;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t.dialogs.state, <StateBadge key="state" closed={closed_at !== null} t={t} />],
    [
      t.dialog.user,
      <Link
        key="user"
        href={`/dialogs?user=${user.id}`}
        prefetch={false}
        className="font-medium text-sea hover:underline"
      >
        {user.username ?? t.common.anonymous(user.id)}
      </Link>,
    ],
    [t.dialog.language, user.language === null ? t.common.none : format.language(user.language)],
    [t.dialogs.channel, channelName(channel, t.dialogs.channels)],
    [t.dialog.started, format.moment(started_at, now)],
    [t.dialog.ended, closed_at === null ? t.common.none : format.moment(closed_at, now)],
  ];
  return (
    <dl className="grid grid-cols-2 gap-4 rounded-2xl border border-line bg-surface p-4 text-sm shadow-card sm:grid-cols-3 sm:p-6 xl:sticky xl:top-10 xl:col-start-2 xl:grid-cols-1">
      {facts.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-soft text-xs">{name}</dt>
          <dd className="mt-1 truncate">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Hidden({ visitor: { t } }: { visitor: Visitor }) {
  return (
    <div
      role="note"
      className="mb-4 flex gap-3 rounded-2xl border border-line bg-buoy-wash p-4 text-sm sm:mb-6"
    >
      <Icon name="lock" className="mt-0.5 size-4 text-buoy" />
      <div>
        <p className="font-semibold">{t.dialog.hiddenTitle}</p>
        <p className="mt-0.5">{t.dialog.hiddenText}</p>
      </div>
    </div>
  );
}
