export const PERIODS = ["day", "week", "month"] as const;

export type Period = (typeof PERIODS)[number];

const DEFAULT_PERIOD: Period = "week";

/** The period an address asks for; anything unknown means the default one. */
export function parsePeriod(value: string | readonly string[] | undefined): Period {
  return PERIODS.find((period) => period === value) ?? DEFAULT_PERIOD;
}
