import Link from "next/link";

import { ChartTable } from "@/components/chart/chart-table";
import { TimeChart } from "@/components/chart/time-chart";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { buildPanel, buildPoints, type Chart } from "@/lib/chart";
import type { Format } from "@/lib/format";
import { busiest, share } from "@/lib/insight";
import { isQuiet, type Stats } from "@/lib/stats";
import type { Messages } from "@/messages";
import type { Visitor } from "@/server/visit";

export function ActivityCard({ stats, visitor }: { stats: Stats; visitor: Visitor }) {
  const { t, format } = visitor;
  if (isQuiet(stats)) {
    return <Quiet stats={stats} t={t} />;
  }
  const best = busiest(stats.activity);
  const chart = buildActivity(stats, visitor);
  const names = [t.overview.messages, t.overview.activeUsers];
  return (
    <Card
      title={best === undefined ? t.overview.quiet : title(best.bucket, stats, t, format)}
      text={
        best === undefined
          ? undefined
          : t.overview.busiestText(
              best.messages,
              format.count(best.messages),
              format.percent(Math.round(share(best.messages, stats.totals.messages))),
            )
      }
    >
      <TimeChart chart={chart} labels={names.map(t.overview.chart)} />
      <ChartTable chart={chart} caption={names.join(", ")} t={t} />
    </Card>
  );
}

function title(time: Date, { period }: Stats, t: Messages, format: Format): string {
  const words = { day: format.hour, week: format.longWeekday, month: format.longDay };
  return t.overview.busiest[period](words[period](time));
}

function buildActivity({ activity, period }: Stats, { t, format }: Visitor): Chart {
  const messages = activity.map((bucket) => bucket.messages);
  const users = activity.map((bucket) => bucket.users);
  return {
    points: buildPoints(
      activity.map(({ bucket }) => bucket),
      (time) => format.bucket(time, period),
      (time) => format.tick(time, period),
    ),
    panels: [
      buildPanel(
        {
          kind: "bars",
          height: 208,
          series: [
            {
              name: t.overview.messages,
              tone: "sea",
              values: messages,
              texts: messages.map(format.count),
            },
          ],
        },
        5,
        format.short,
      ),
      buildPanel(
        {
          kind: "lines",
          height: 80,
          series: [
            {
              name: t.overview.activeUsers,
              tone: "buoy",
              values: users,
              texts: users.map(format.count),
            },
          ],
        },
        2,
        format.short,
      ),
    ],
  };
}

function Quiet({ stats, t }: { stats: Stats; t: Messages }) {
  return (
    <Notice
      heading="h2"
      icon="quiet"
      title={t.overview.quiet}
      action={
        stats.period === "month" ? undefined : (
          <Link href="/?period=month" prefetch={false} className="px-4 py-2">
            {t.overview.lookAtMonth}
          </Link>
        )
      }
    >
      <p>{t.overview.quietText}</p>
    </Notice>
  );
}
