import type { Activity, Stats } from "@/lib/stats";

type Bucket = Stats["activity"][number];

/** The bucket with the most messages, the first one of several; undefined when there is none. */
export function busiest(buckets: readonly Bucket[]): Bucket | undefined {
  return buckets
    .filter((bucket) => bucket.messages > 0)
    .reduce<Bucket | undefined>(
      (best, bucket) => (best === undefined || bucket.messages > best.messages ? bucket : best),
      undefined,
    );
}

/** One hour of the week; `level` is 0 when it is quiet and 1 to 5 by its messages. */
export interface Cell {
  readonly bucket: Date;
  readonly hour: number;
  readonly messages: number;
  readonly level: number;
}

export interface Week {
  /** Days in order, each with its hours as they occur: a clock change makes 23 or 25. */
  readonly days: readonly { readonly key: string; readonly cells: readonly Cell[] }[];
  readonly busiest: Bucket | undefined;
}

const LEVELS = 5;

/** The hours of the last days as a grid of local days and hours. */
export function buildWeek({ activity, tz }: Activity): Week {
  const clock = new Intl.DateTimeFormat("en-CA", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    hourCycle: "h23",
    timeZone: tz,
  });
  const most = Math.max(1, ...activity.map((bucket) => bucket.messages));
  const days = new Map<string, Cell[]>();
  for (const { bucket, messages } of activity) {
    const parts = Object.fromEntries(
      clock.formatToParts(bucket).map(({ type, value }) => [type, value]),
    );
    const key = `${parts["year"]}-${parts["month"]}-${parts["day"]}`;
    const cell = {
      bucket,
      hour: Number(parts["hour"]),
      messages,
      level: Math.ceil((messages / most) * LEVELS),
    };
    days.set(key, [...(days.get(key) ?? []), cell]);
  }
  return { days: [...days].map(([key, cells]) => ({ key, cells })), busiest: busiest(activity) };
}

/** Part of a whole in percent; 0 of nothing. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100;
}
