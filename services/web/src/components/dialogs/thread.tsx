import { Badge } from "@/components/ui/badge";
import { Icon } from "@/components/ui/icons";
import type { Dialog, Message } from "@/lib/dialogs";
import type { Visitor } from "@/server/visit";

interface ThreadProps {
  readonly dialog: Dialog;
  readonly visitor: Visitor;
  readonly now: Date;
}

const PLACES = { user: "items-start", assistant: "items-end", system: "items-center" } as const;
const BUBBLES = {
  user: "rounded-bl-md border border-line bg-surface shadow-card",
  assistant: "rounded-br-md bg-sea-wash",
  system: "border border-line border-dashed text-soft",
} as const;

/** What was said, the user on the left and the bot on the right. */
export function Thread({ dialog, visitor, now }: ThreadProps) {
  return (
    <ol aria-label={visitor.t.dialog.messages} className="space-y-5">
      {dialog.messages.map((message) => (
        <li key={message.id} className={`flex flex-col ${PLACES[message.role]}`}>
          <Bubble message={message} visitor={visitor} />
          <About message={message} visitor={visitor} now={now} />
        </li>
      ))}
    </ol>
  );
}

function Bubble({ message, visitor: { t } }: { message: Message; visitor: Visitor }) {
  const { role, content, error_code } = message;
  if (error_code !== null) {
    return (
      <div className="flex max-w-[85%] items-center gap-2 rounded-2xl rounded-br-md bg-down-wash px-4 py-3 font-medium text-down text-sm">
        <Icon name="alert" className="size-4" />
        {t.dialog.failedAnswer(error_code)}
      </div>
    );
  }
  if (content === null) {
    return (
      <div
        className={`flex max-w-[85%] items-center gap-2 rounded-2xl px-4 py-3 text-sm text-soft ${BUBBLES[role]}`}
      >
        <Icon name="lock" className="size-3.5" />
        {t.dialog.hidden}
      </div>
    );
  }
  return (
    <div
      className={`wrap-anywhere max-w-[85%] whitespace-pre-wrap rounded-2xl px-4 py-3 text-[0.9375rem] leading-6 sm:max-w-[75%] ${BUBBLES[role]}`}
    >
      {content || <span className="text-soft italic">{t.dialog.empty}</span>}
    </div>
  );
}

interface AboutProps {
  readonly message: Message;
  readonly visitor: Visitor;
  readonly now: Date;
}

function About({ message, visitor: { t, format }, now }: AboutProps) {
  const { role, created_at, latency_ms, tokens, model } = message;
  const facts = [
    latency_ms === null ? undefined : format.duration(latency_ms),
    tokens === null ? undefined : t.dialog.tokens(tokens, format.count(tokens)),
    model ?? undefined,
  ].filter((fact) => fact !== undefined);
  return (
    <p className="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 px-1 text-soft text-xs tabular-nums">
      <span className="font-medium">{t.dialog.roles[role]}</span>
      <time dateTime={created_at.toISOString()}>{format.moment(created_at, now)}</time>
      {facts.length === 0 ? null : <Badge tone="soft">{facts.join(" · ")}</Badge>}
    </p>
  );
}
