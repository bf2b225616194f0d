import { z } from "zod";

import { PERIODS } from "@/lib/period";

const count = z.int().nonnegative();
const time = z.iso.datetime({ offset: true }).pipe(z.coerce.date());

const totals = z.object({ users: count, active_users: count, dialogs: count, messages: count });

/**
 * The API's answer to GET /api/v1/stats (services/api/src/api/statistics.py). Fields this page does not know are
 * dropped, so that the API may grow first.
 */
export const statsSchema = z.object({
  period: z.enum(PERIODS),
  tz: z.string().refine(isTimeZone, "should be a time zone's name"),
  from: time,
  to: time,
  totals,
  previous: totals,
  activity: z.array(z.object({ bucket: time, messages: count, users: count })).max(1000),
});

export type Stats = z.infer<typeof statsSchema>;
export type Totals = Stats["totals"];

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** True when nothing at all happened in the period. */
export function isQuiet(stats: Stats): boolean {
  return (
    stats.totals.messages === 0 &&
    stats.totals.dialogs === 0 &&
    stats.activity.every((bucket) => bucket.messages === 0 && bucket.users === 0)
  );
}
