import type { Period } from "@/lib/period";

const LOCALE = "en-GB";

const COUNT = new Intl.NumberFormat(LOCALE);
const COMPACT = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });

export function formatCount(value: number): string {
  return COUNT.format(value);
}

/** For an axis or a headline: whole up to 99,999, then 123.5k. */
export function formatShort(value: number): string {
  return value < 100_000 ? COUNT.format(value) : COMPACT.format(value);
}

export function formatPercent(value: number): string {
  return `${PERCENT.format(value)}%`;
}

/** A bucket's name on the axis: 14:00 in a day, Mon in a week, 3 Nov in a month. */
export function formatTick(time: Date, period: Period, timeZone: string): string {
  const parts = {
    day: { hour: "2-digit", minute: "2-digit" },
    week: { weekday: "short" },
    month: { day: "numeric", month: "short" },
  } as const;
  return new Intl.DateTimeFormat(LOCALE, { ...parts[period], timeZone }).format(time);
}

/** A bucket's full name: Mon 3 Nov, 14:00 in a day, else Mon 3 Nov. */
export function formatBucket(time: Date, period: Period, timeZone: string): string {
  const day = new Intl.DateTimeFormat(LOCALE, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone,
  })
    .format(time)
    .replace(",", "");
  return period === "day" ? `${day}, ${formatTick(time, "day", timeZone)}` : day;
}

/**
 * A half-open span of time in words: 15 – 21 November 2025 up to midnight of the
 * 22nd, and with the hours for a day: 20 Nov, 14:00 – 21 Nov, 14:00.
 */
export function formatRange(from: Date, to: Date, period: Period, timeZone: string): string {
  if (period === "day") {
    return new Intl.DateTimeFormat(LOCALE, {
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
      timeZone,
    }).formatRange(from, to);
  }
  const lastMoment = new Date(Math.max(from.getTime(), to.getTime() - 1));
  return new Intl.DateTimeFormat(LOCALE, {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone,
  }).formatRange(from, lastMoment);
}
