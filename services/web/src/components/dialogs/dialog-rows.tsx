import Link from "next/link";

import { StateBadge } from "@/components/dialogs/state-badge";
import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { Icon } from "@/components/ui/icons";
import type { DialogRow } from "@/lib/dialogs";
import type { Visitor } from "@/server/visit";

interface DialogRowsProps {
  readonly dialogs: readonly DialogRow[];
  readonly visitor: Visitor;
  readonly now: Date;
}

/** A dialog a row, the whole of which leads to it. */
export function DialogRows({ dialogs, visitor, now }: DialogRowsProps) {
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface shadow-card">
      {dialogs.map((dialog) => (
        <Row key={dialog.id} dialog={dialog} visitor={visitor} now={now} />
      ))}
    </ul>
  );
}

interface RowProps {
  readonly dialog: DialogRow;
  readonly visitor: Visitor;
  readonly now: Date;
}

function Row({ dialog, visitor: { t, format }, now }: RowProps) {
  const { id, user, channel, started_at, closed_at, messages, failed, last_message_at } = dialog;
  const name = user.username ?? t.common.anonymous(user.id);
  const lastSeen = last_message_at ?? started_at;
  return (
    <li className="group relative flex items-center gap-3 px-4 py-3.5 hover:bg-sunken/50 sm:gap-4 sm:px-6">
      <Avatar id={user.id} name={name} />
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 items-center gap-2">
          <Link
            href={`/dialogs/${id}`}
            prefetch={false}
            className="min-w-0 truncate font-medium text-sm after:absolute after:inset-0 group-hover:text-sea"
          >
            {name}
            <span className="sr-only">, {t.dialog.title(id)}</span>
          </Link>
          <span className="shrink-0 text-soft text-xs tabular-nums" aria-hidden="true">
            №{id}
          </span>
          {failed === 0 ? null : <Icon name="alert" className="size-3.5 text-down md:hidden" />}
        </p>
        <p className="mt-0.5 truncate text-soft text-xs lg:hidden">
          {channelName(channel, t.dialogs.channels)}
          <span className="max-sm:hidden"> · {format.moment(started_at, now)}</span>
        </p>
      </div>
      <span className="hidden w-40 text-right md:block lg:text-left">
        {failed === 0 ? null : (
          <Badge tone="down">{t.dialogs.failed(failed, format.count(failed))}</Badge>
        )}
      </span>
      <span className="hidden w-24 text-sm text-soft lg:block">
        {channelName(channel, t.dialogs.channels)}
      </span>
      <span className="hidden w-32 whitespace-nowrap text-sm text-soft tabular-nums lg:block">
        <span className="sr-only">{t.dialogs.started} </span>
        {format.moment(started_at, now)}
      </span>
      <span className="hidden w-24 sm:block">
        <StateBadge closed={closed_at !== null} t={t} />
      </span>
      <div className="shrink-0 text-right sm:w-36">
        <p className="font-medium text-sm tabular-nums">
          {t.dialogs.count(messages, format.count(messages))}
        </p>
        <p className="mt-0.5 text-soft text-xs">{format.ago(lastSeen, now)}</p>
      </div>
    </li>
  );
}

/** A channel that this release does not know is shown as the API calls it. */
export function channelName(
  channel: string,
  names: Readonly<Record<"telegram" | "web", string>>,
): string {
  return channel === "telegram" || channel === "web" ? names[channel] : channel;
}
