import type { Period } from "@/lib/period";
import type { Locale } from "@/lib/preferences";

const TAGS: Record<Locale, string> = { en: "en-GB", ru: "ru-RU" };
const DAY = { day: "numeric", month: "short" } as const;
const TIME = { hour: "2-digit", minute: "2-digit" } as const;
const MOST_KEPT = 64;

export type Format = ReturnType<typeof createFormat>;

const kept = new Map<string, Format>();

/** Numbers and times in words of a language and a time zone; made once for each pair. */
export function formatIn(locale: Locale, timeZone: string): Format {
  const key = `${locale} ${timeZone}`;
  const found = kept.get(key);
  if (found !== undefined) {
    return found;
  }
  if (kept.size >= MOST_KEPT) {
    kept.clear();
  }
  const made = createFormat(TAGS[locale], timeZone);
  kept.set(key, made);
  return made;
}

function createFormat(tag: string, timeZone: string) {
  const number = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 });
  const compact = new Intl.NumberFormat(tag, { notation: "compact", maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  const times = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(tag, { ...options, timeZone });
  const unit = (name: string) =>
    new Intl.NumberFormat(tag, {
      style: "unit",
      unit: name,
      unitDisplay: "narrow",
      maximumFractionDigits: 1,
    });
  const milliseconds = unit("millisecond");
  const seconds = unit("second");
  const hour = times(TIME);
  const clock = times({ ...TIME, second: "2-digit" });
  const weekday = times({ weekday: "short" });
  const longWeekday = times({ weekday: "long" });
  const day = times(DAY);
  const longDay = times({ day: "numeric", month: "long" });
  const dayTime = times({ ...DAY, ...TIME });
  const dayYearTime = times({ ...DAY, year: "numeric", ...TIME });
  const fullDay = times({ day: "numeric", month: "long", year: "numeric" });
  const tick = (time: Date, period: Period) =>
    ({ day: hour, week: weekday, month: day })[period].format(time);
  const weekdayAndDay = (time: Date) =>
    `${capital(weekday.format(time), tag)}, ${day.format(time)}`;

  return {
    count: (value: number) => whole.format(value),
    /** For an axis or a headline: whole up to 99,999, then 123.5k. */
    short: (value: number) => (value < 100_000 ? whole : compact).format(value),
    /** Of a value that is in percent already. */
    percent: (value: number) => `${number.format(value)}${tag === TAGS.ru ? "\u00a0" : ""}%`,
    /** Of milliseconds: 840ms, 2.1s. */
    duration: (value: number) =>
      value < 1000 ? milliseconds.format(Math.round(value)) : seconds.format(value / 1000),
    /** A bucket's name on the axis: 14:00 in a day, Mon in a week, 3 Nov in a month. */
    tick,
    hour: (time: Date) => hour.format(time),
    clock: (time: Date) => clock.format(time),
    weekday: (time: Date) => capital(weekday.format(time), tag),
    longWeekday: (time: Date) => longWeekday.format(time),
    longDay: (time: Date) => longDay.format(time),
    /** A bucket's full name: Mon, 3 Nov, 14:00 in a day, else Mon, 3 Nov. */
    bucket: (time: Date, period: Period) =>
      period === "day" ? `${weekdayAndDay(time)}, ${hour.format(time)}` : weekdayAndDay(time),
    /** 3 Nov, 14:05, with the year unless it is this one's. */
    moment: (time: Date, now: Date) =>
      (Math.abs(now.getTime() - time.getTime()) < 300 * 86_400_000 ? dayTime : dayYearTime).format(
        time,
      ),
    fullDay: (time: Date) => fullDay.format(time),
    /** How long ago: 5 minutes ago, yesterday, 3 months ago. */
    ago: (time: Date, now: Date) => {
      const [value, of] = largestUnit((now.getTime() - time.getTime()) / 1000);
      return relative.format(-value, of);
    },
    /**
     * A half-open span of time: 15 – 21 November 2025 up to midnight of the 22nd,
     * and with the hours for a day: 20 Nov, 14:00 – 21 Nov, 14:00.
     */
    range: (from: Date, to: Date, period: Period) =>
      period === "day"
        ? dayTime.formatRange(from, to)
        : fullDay.formatRange(from, new Date(Math.max(from.getTime(), to.getTime() - 1))),
    /** Of a language's code, as Telegram tells it; regions are left out. */
    language: (code: string) => {
      try {
        return capital(
          new Intl.DisplayNames(tag, { type: "language" }).of(code.split(/[-_]/)[0] ?? code) ??
            code,
          tag,
        );
      } catch {
        return code;
      }
    },
  };
}

const UNITS: readonly (readonly [number, Intl.RelativeTimeFormatUnit])[] = [
  [365 * 86_400, "year"],
  [30 * 86_400, "month"],
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
];

function largestUnit(seconds: number): readonly [number, Intl.RelativeTimeFormatUnit] {
  const found = UNITS.find(([size]) => seconds >= size);
  return found === undefined ? [0, "minute"] : [Math.floor(seconds / found[0]), found[1]];
}

function capital(text: string, tag: string): string {
  return text.charAt(0).toLocaleUpperCase(tag) + text.slice(1);
}
