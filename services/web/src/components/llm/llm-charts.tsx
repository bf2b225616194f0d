import { ChartTable } from "@/components/chart/chart-table";
import { TimeChart } from "@/components/chart/time-chart";
import { Card } from "@/components/ui/card";
import { buildPanel, buildPoints, type Chart, type Panel } from "@/lib/chart";
import { failureRate, type Llm } from "@/lib/llm";
import type { Visitor } from "@/server/visit";

interface CardProps {
  readonly report: Llm;
  readonly visitor: Visitor;
}

/** How long people wait. */
export function LatencyCard({ report, visitor }: CardProps) {
  const { t, format } = visitor;
  const p95 = report.totals.latency_ms?.p95;
  const series = [
    { name: t.llm.p95, tone: "buoy", values: report.activity.map((bucket) => bucket.p95_ms) },
    { name: t.llm.p50, tone: "sea", values: report.activity.map((bucket) => bucket.p50_ms) },
  ] as const;
  const panel = buildPanel(
    {
      kind: "lines",
      height: 200,
      series: series.map((one) => ({
        ...one,
        texts: one.values.map((value) => (value === null ? t.common.none : format.duration(value))),
      })),
    },
    4,
    (value) => (value === 0 ? "0" : format.duration(value)),
  );
  return (
    <ChartCard
      title={p95 === undefined ? t.llm.noLatency : t.llm.within(format.duration(p95))}
      text={t.llm.latencyText}
      name={t.llm.latency}
      chart={overTime(report, visitor, panel)}
      visitor={visitor}
    />
  );
}

/** How much the model answers, and how much of it fails. */
export function AnswersCard({ report, visitor }: CardProps) {
  const { t, format } = visitor;
  const { failures } = report.totals;
  const rate = format.percent(Math.round(failureRate(report.totals) * 10) / 10);
  const series = [
    { name: t.llm.succeeded, tone: "sea", values: report.activity.map((bucket) => bucket.answers) },
    {
      name: t.llm.failedSeries,
      tone: "down",
      values: report.activity.map((bucket) => bucket.failures),
    },
  ] as const;
  const panel = buildPanel(
    {
      kind: "bars",
      height: 180,
      series: series.map((one) => ({ ...one, texts: one.values.map(format.count) })),
    },
    4,
    format.short,
  );
  return (
    <ChartCard
      title={failures === 0 ? t.llm.allWell : t.llm.failed(failures, format.count(failures), rate)}
      text={t.llm.failedText}
      name={t.llm.answers}
      chart={overTime(report, visitor, panel)}
      visitor={visitor}
    />
  );
}

function overTime({ activity, period }: Llm, { format }: Visitor, panel: Panel): Chart {
  return {
    points: buildPoints(
      activity.map(({ bucket }) => bucket),
      (time) => format.bucket(time, period),
      (time) => format.tick(time, period),
    ),
    panels: [panel],
  };
}

interface ChartCardProps {
  readonly title: string;
  readonly text: string;
  readonly name: string;
  readonly chart: Chart;
  readonly visitor: Visitor;
}

function ChartCard({ title, text, name, chart, visitor: { t } }: ChartCardProps) {
  return (
    <Card title={title} text={text}>
      <TimeChart chart={chart} labels={[t.llm.chart(name)]} />
      <ChartTable chart={chart} caption={name} t={t} />
    </Card>
  );
}
