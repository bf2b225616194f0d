import Link from "next/link";

import { ShareList } from "@/components/chart/share-list";
import { Card } from "@/components/ui/card";
import { share } from "@/lib/insight";
import { failureRate, type Llm } from "@/lib/llm";
import type { TopUsers } from "@/lib/users";
import type { Visitor } from "@/server/visit";

function SeeAll({ href, text, about }: { href: string; text: string; about: string }) {
  return (
    <Link
      href={href}
      prefetch={false}
      className="shrink-0 whitespace-nowrap pt-0.5 font-medium text-sea text-sm hover:underline"
    >
      {text}
      <span className="sr-only">: {about}</span>
    </Link>
  );
}

interface UsersCardProps {
  readonly report: TopUsers;
  readonly visitor: Visitor;
}

export function UsersCard({ report, visitor: { t, format } }: UsersCardProps) {
  const [first] = report.users;
  if (first === undefined) {
    return null;
  }
  const total = report.users.reduce((sum, user) => sum + user.messages, 0);
  const name = (user: TopUsers["users"][number]) => user.username ?? t.common.anonymous(user.id);
  return (
    <Card
      title={t.users.most(name(first), format.percent(Math.round(share(first.messages, total))))}
      text={t.users.mostText(format.count(total))}
      action={
        <SeeAll
          href={`/users?period=${report.period}`}
          text={t.common.seeAll}
          about={t.nav.users}
        />
      }
    >
      <ShareList
        tone="sea"
        rows={report.users.map((user) => ({
          key: String(user.id),
          name: name(user),
          value: format.count(user.messages),
          amount: user.messages,
        }))}
      />
    </Card>
  );
}

interface LlmCardProps {
  readonly report: Llm;
  /** Whether it stands alone in its row. */
  readonly wide: boolean;
  readonly visitor: Visitor;
}

export function LlmCard({ report, wide, visitor: { t, format } }: LlmCardProps) {
  const { totals } = report;
  if (totals.answers + totals.failures === 0) {
    return null;
  }
  const numbers = [
    [t.llm.answers, format.short(totals.answers)],
    [t.llm.failures, format.percent(failureRate(totals))],
    [
      t.llm.p50,
      totals.latency_ms === null ? t.common.none : format.duration(totals.latency_ms.p50),
    ],
    [
      t.llm.p95,
      totals.latency_ms === null ? t.common.none : format.duration(totals.latency_ms.p95),
    ],
  ] as const;
  return (
    <Card
      className={wide ? "xl:col-span-2" : ""}
      title={
        totals.latency_ms === null
          ? t.llm.noLatency
          : t.llm.within(format.duration(totals.latency_ms.p95))
      }
      text={t.llm.title}
      action={
        <SeeAll href={`/llm?period=${report.period}`} text={t.common.seeAll} about={t.nav.llm} />
      }
    >
      <dl className={`mt-5 grid grid-cols-2 gap-x-6 gap-y-5 ${wide ? "sm:grid-cols-4" : ""}`}>
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dt className="text-sm text-soft">{name}</dt>
            <dd className="mt-1 font-semibold text-xl tabular-nums tracking-[-0.02em]">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
