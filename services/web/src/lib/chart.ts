import { formatBucket, formatTick } from "@/lib/format";
import type { Period } from "@/lib/period";
import { axisTicks, labelEvery } from "@/lib/scale";
import type { Stats } from "@/lib/stats";

const LABELS_WIDE = 12;
const LABELS_NARROW: Record<Period, number> = { day: 5, week: 7, month: 5 };

export interface Point {
  readonly key: string;
  readonly name: string;
  readonly tick: string;
  /** Whether the axis has room for this tick on a wide and on a narrow screen. */
  readonly wide: boolean;
  readonly narrow: boolean;
  readonly messages: number;
  readonly users: number;
}

export interface Chart {
  readonly points: readonly Point[];
  readonly messageTicks: readonly number[];
  readonly userTicks: readonly number[];
  readonly busiest: Point | undefined;
}

/** All that the chart draws, with its words, so that server and browser agree on them. */
export function buildChart(stats: Stats): Chart {
  const count = stats.activity.length;
  const points = stats.activity.map(({ bucket, messages, users }, index) => {
    // Counted from the end: the newest bucket is always named.
    const fromEnd = count - 1 - index;
    return {
      key: bucket.toISOString(),
      name: formatBucket(bucket, stats.period, stats.tz),
      tick: formatTick(bucket, stats.period, stats.tz),
      wide: fromEnd % labelEvery(count, LABELS_WIDE) === 0,
      narrow: fromEnd % labelEvery(count, LABELS_NARROW[stats.period]) === 0,
      messages,
      users,
    };
  });
  return {
    points,
    messageTicks: axisTicks(Math.max(0, ...points.map((point) => point.messages)), 5),
    userTicks: axisTicks(Math.max(0, ...points.map((point) => point.users)), 2),
    busiest: busiest(points),
  };
}

function busiest(points: readonly Point[]): Point | undefined {
  return points
    .filter((point) => point.messages > 0)
    .reduce<Point | undefined>(
      (best, point) => (best === undefined || point.messages > best.messages ? point : best),
      undefined,
    );
}
