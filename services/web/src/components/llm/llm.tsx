import { AnswersCard, LatencyCard } from "@/components/llm/llm-charts";
import { ErrorsCard, ModelsCard } from "@/components/llm/llm-lists";
import { Notice } from "@/components/ui/notice";
import { type Tile, Tiles } from "@/components/ui/tiles";
import { Unavailable } from "@/components/ui/unavailable";
import { fetchLlm } from "@/lib/api";
import { formatIn } from "@/lib/format";
import { failureRate, type Llm as Report } from "@/lib/llm";
import type { Period } from "@/lib/period";
import { attempt } from "@/server/attempt";
import type { Visit, Visitor } from "@/server/visit";

export async function Llm({ visit, period }: { visit: Visit; period: Period }) {
  const { caller, requestId, locale, t } = visit;
  const answer = await attempt("llm_failed", requestId, fetchLlm(caller, period));
  if (!answer.ok) {
    return (
      <Unavailable kind={answer.kind} retry={`/llm?period=${period}`} requestId={requestId} t={t} />
    );
  }
  const report = answer.value;
  const { from, to, tz, totals } = report;
  const visitor = { ...visit, format: formatIn(locale, tz) };
  if (totals.answers + totals.failures === 0) {
    return (
      <Notice heading="h2" icon="llm" title={t.llm.empty}>
        <p>{t.llm.emptyText}</p>
      </Notice>
    );
  }
  return (
    <div className="space-y-4 sm:space-y-6">
      <p className="-mt-3 text-pretty text-sm text-soft sm:-mt-5">
        {t.period.compared(visitor.format.range(from, to, period), tz, t.period.before[period])}
      </p>
      <Tiles label={t.llm.totals} tiles={tiles(report, visitor)} visitor={visitor} />
      <LatencyCard report={report} visitor={visitor} />
      <AnswersCard report={report} visitor={visitor} />
      <div className="grid gap-4 sm:gap-6 xl:grid-cols-[3fr_2fr]">
        <ModelsCard report={report} visitor={visitor} />
        <ErrorsCard report={report} visitor={visitor} />
      </div>
    </div>
  );
}

function tiles({ totals, previous }: Report, { t, format }: Visitor): readonly Tile[] {
  const [rate, rateBefore] = [failureRate(totals), failureRate(previous)];
  return [
    {
      id: "llm-answers",
      name: t.llm.answers,
      value: format.short(totals.answers),
      compared: {
        now: totals.answers,
        before: previous.answers,
        beforeText: format.short(previous.answers),
        more: "good",
      },
    },
    {
      id: "llm-latency",
      name: t.llm.latency,
      value: totals.latency_ms === null ? t.common.none : format.duration(totals.latency_ms.p50),
      hint:
        totals.latency_ms === null
          ? undefined
          : t.llm.latencyHint(format.duration(totals.latency_ms.p95)),
    },
    {
      id: "llm-failure-rate",
      name: t.llm.failures,
      value: format.percent(rate),
      compared: {
        now: rate,
        before: rateBefore,
        beforeText: format.percent(rateBefore),
        more: "bad",
      },
    },
    {
      id: "llm-tokens",
      name: t.llm.tokens,
      value: format.short(totals.tokens),
      compared: {
        now: totals.tokens,
        before: previous.tokens,
        beforeText: format.short(previous.tokens),
        more: "neutral",
      },
    },
  ];
}
