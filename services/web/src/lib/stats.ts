import { z } from "zod";

import { count, MOST_ROWS, span, time } from "@/lib/answers";

const totals = z.object({ users: count, active_users: count, dialogs: count, messages: count });
const activity = z.array(z.object({ bucket: time, messages: count, users: count })).max(MOST_ROWS);

/** The API's answer to GET /api/v1/stats. */
export const statsSchema = z.object({ ...span, totals, previous: totals, activity });

/** The API's answer to GET /api/v1/activity. */
export const activitySchema = z.object({ ...span, bucket: z.enum(["hour", "day"]), activity });

export type Stats = z.infer<typeof statsSchema>;
export type Totals = Stats["totals"];
export type Activity = z.infer<typeof activitySchema>;

/** True when nothing at all happened in the period. */
export function isQuiet(stats: Stats): boolean {
  return (
    stats.totals.messages === 0 &&
    stats.totals.dialogs === 0 &&
    stats.activity.every((bucket) => bucket.messages === 0 && bucket.users === 0)
  );
}
