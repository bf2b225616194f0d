import { Heatmap, type HeatRow } from "@/components/chart/heatmap";
import { Card } from "@/components/ui/card";
import { buildWeek, type Cell } from "@/lib/insight";
import type { Activity } from "@/lib/stats";
import type { Visitor } from "@/server/visit";

/** When in the week people write. */
export function HoursCard({ hours, visitor }: { hours: Activity; visitor: Visitor }) {
  const { t, format } = visitor;
  const week = buildWeek(hours);
  const best = week.busiest?.bucket;
  return (
    <Card
      title={
        best === undefined
          ? t.overview.quiet
          : t.overview.hours(format.longWeekday(best), format.hour(best))
      }
      text={t.overview.hoursText}
    >
      <Heatmap
        rows={week.days.map(({ key, cells }) => rowOf(key, cells, visitor))}
        label={t.overview.hoursText}
        less={t.overview.less}
        more={t.overview.more}
      />
    </Card>
  );
}

function rowOf(key: string, cells: readonly Cell[], { t, format }: Visitor): HeatRow {
  return {
    key,
    name: cells[0] === undefined ? "" : format.weekday(cells[0].bucket),
    cells: cells.map(({ bucket, hour, level, messages }) => ({
      key: bucket.toISOString(),
      hour,
      level,
      title: t.overview.cell(format.bucket(bucket, "day"), messages, format.count(messages)),
    })),
  };
}
