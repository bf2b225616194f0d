export type Trend =
  | { readonly direction: "up" | "down"; readonly percent: number }
  | { readonly direction: "flat" | "new" };

/**
 * Compare a count with the one of the previous period.
 *
 * Growth from zero has no percentage and is "new"; a change that rounds to
 * 0.0 % is "flat".
 */
export function trend(current: number, previous: number): Trend {
  if (previous === 0) {
    return { direction: current === 0 ? "flat" : "new" };
  }
  const change = ((current - previous) / previous) * 100;
  const percent = Math.round(Math.abs(change) * 10) / 10;
  if (percent === 0) {
    return { direction: "flat" };
  }
  return { direction: change > 0 ? "up" : "down", percent };
}
