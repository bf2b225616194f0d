import { expect, test } from "vitest";

import { formatIn } from "@/lib/format";
import type { Period } from "@/lib/period";
import type { Locale } from "@/lib/preferences";

const NOON = new Date("2025-11-03T12:00:00Z");
const plain = (text: string) => text.replaceAll(/\s/g, " ");
const { en, ru } = { en: formatIn("en", "UTC"), ru: formatIn("ru", "UTC") };

test("counts are grouped, and short only from a hundred thousand on", () => {
  expect([en.count(1_234_567), en.short(99_999), en.short(123_456)]).toEqual([
    "1,234,567",
    "99,999",
    "123.5k",
  ]);
  expect([ru.count(1_234_567), ru.short(123_456)].map(plain)).toEqual(["1 234 567", "123,5 тыс."]);
});

test("percentages have at most one decimal", () => {
  expect([en.percent(12.34), en.percent(1800), plain(ru.percent(12.34))]).toEqual([
    "12.3%",
    "1,800%",
    "12,3 %",
  ]);
});

test("durations are in seconds from one second on", () => {
  expect([en.duration(839.6), en.duration(1000), en.duration(2140)]).toEqual([
    "840ms",
    "1s",
    "2.1s",
  ]);
  expect([ru.duration(840), ru.duration(2140)].map(plain)).toEqual(["840 мс", "2,1 с"]);
});

test.each<[Locale, Period, string, string, string]>([
  ["en", "day", "UTC", "12:00", "Mon, 3 Nov, 12:00"],
  ["en", "day", "Asia/Tokyo", "21:00", "Mon, 3 Nov, 21:00"],
  ["en", "week", "UTC", "Mon", "Mon, 3 Nov"],
  ["en", "week", "Pacific/Auckland", "Tue", "Tue, 4 Nov"],
  ["en", "month", "UTC", "3 Nov", "Mon, 3 Nov"],
  ["ru", "day", "Europe/Moscow", "15:00", "Пн, 3 нояб., 15:00"],
  ["ru", "week", "UTC", "пн", "Пн, 3 нояб."],
])("%s: a bucket of a %s in %s", (locale, period, zone, tick, name) => {
  const format = formatIn(locale, zone);
  expect([format.tick(NOON, period), format.bucket(NOON, period)].map(plain)).toEqual([tick, name]);
});

test("moments name the year when it is not this one", () => {
  expect(
    [en.moment(NOON, NOON), en.moment(NOON, new Date("2026-12-01T00:00:00Z"))].map(plain),
  ).toEqual(["3 Nov, 12:00", "3 Nov 2025, 12:00"]);
  expect([
    en.clock(NOON),
    en.hour(NOON),
    en.longWeekday(NOON),
    en.longDay(NOON),
    ru.weekday(NOON),
  ]).toEqual(["12:00:00", "12:00", "Monday", "3 November", "Пн"]);
});

test.each([
  [0, "this minute", "в эту минуту"],
  [-5, "this minute", "в эту минуту"],
  [60, "1 minute ago", "1 минуту назад"],
  [5 * 3600, "5 hours ago", "5 часов назад"],
  [86_400, "yesterday", "вчера"],
  [21 * 86_400, "21 days ago", "21 день назад"],
  [70 * 86_400, "2 months ago", "2 месяца назад"],
  [800 * 86_400, "2 years ago", "2 года назад"],
])("%d seconds before", (seconds, english, russian) => {
  const time = new Date(NOON.getTime() - seconds * 1000);
  expect([en.ago(time, NOON), ru.ago(time, NOON)]).toEqual([english, russian]);
});

test.each<[Period, string, string, string]>([
  ["week", "2025-11-15T00:00:00Z", "2025-11-22T00:00:00Z", "15 – 21 November 2025"],
  ["month", "2025-10-23T00:00:00Z", "2025-11-22T00:00:00Z", "23 October – 21 November 2025"],
  ["day", "2025-11-20T14:00:00Z", "2025-11-21T14:00:00Z", "20 Nov, 14:00 – 21 Nov, 14:00"],
  ["week", "2025-11-15T00:00:00Z", "2025-11-15T00:00:00Z", "15 November 2025"],
])("a %s from %s to %s", (period, from, to, expected) => {
  expect(plain(en.range(new Date(from), new Date(to), period))).toBe(expected);
});

test("languages have their names, and what is none stays as it is", () => {
  expect([en.language("ru"), en.language("en-GB"), ru.language("en"), en.language("?")]).toEqual([
    "Russian",
    "English",
    "Английский",
    "?",
  ]);
});

test("what was made for a language and a zone is kept, and not for ever", () => {
  expect(formatIn("en", "UTC")).toBe(en);
  for (const zone of Intl.supportedValuesOf("timeZone").slice(0, 70)) {
    formatIn("en", zone);
  }
  expect(formatIn("en", "UTC")).not.toBe(en);
});
