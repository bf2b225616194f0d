import { z } from "zod";

import { PERIODS } from "@/lib/period";
import { isZone } from "@/lib/preferences";

/*
 * What the answers of the API have in common. Fields that the dashboard does not
 * know are dropped everywhere, so that the API may grow first.
 */

export const count = z.int().nonnegative();
export const time = z.iso.datetime({ offset: true }).pipe(z.coerce.date());
export const identifier = z.int().positive();
export const cursor = z.string().min(1).max(1000).nullable();
/** A report never has more rows than its limit; this bounds a broken one. */
export const MOST_ROWS = 1000;

/** The frame of every report of a period. */
export const span = {
  period: z.enum(PERIODS),
  tz: z.string().refine(isZone, "should be a time zone's name"),
  from: time,
  to: time,
};
