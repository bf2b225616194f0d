import { expect, test } from "vitest";

import {
  formatBucket,
  formatCount,
  formatPercent,
  formatRange,
  formatShort,
  formatTick,
} from "@/lib/format";
import type { Period } from "@/lib/period";

const NOON = new Date("2025-11-03T12:00:00Z");

test("counts are grouped, and short only from a hundred thousand on", () => {
  expect([formatCount(1_234_567), formatShort(99_999), formatShort(123_456)]).toEqual([
    "1,234,567",
    "99,999",
    "123.5k",
  ]);
});

test("percentages have at most one decimal", () => {
  expect([formatPercent(12.34), formatPercent(1800)]).toEqual(["12.3%", "1,800%"]);
});

test.each<[Period, string, string, string]>([
  ["day", "UTC", "12:00", "Mon 3 Nov, 12:00"],
  ["day", "Asia/Tokyo", "21:00", "Mon 3 Nov, 21:00"],
  ["week", "UTC", "Mon", "Mon 3 Nov"],
  ["week", "Pacific/Auckland", "Tue", "Tue 4 Nov"],
  ["month", "UTC", "3 Nov", "Mon 3 Nov"],
])("a bucket of a %s in %s", (period, zone, tick, name) => {
  expect([formatTick(NOON, period, zone), formatBucket(NOON, period, zone)]).toEqual([tick, name]);
});

test.each<[Period, string, string, string]>([
  ["week", "2025-11-15T00:00:00Z", "2025-11-22T00:00:00Z", "15 – 21 November 2025"],
  ["month", "2025-10-23T00:00:00Z", "2025-11-22T00:00:00Z", "23 October – 21 November 2025"],
  ["day", "2025-11-20T14:00:00Z", "2025-11-21T14:00:00Z", "20 Nov, 14:00 – 21 Nov, 14:00"],
  ["week", "2025-11-15T00:00:00Z", "2025-11-15T00:00:00Z", "15 November 2025"],
])("a %s from %s to %s", (period, from, to, expected) => {
  const words = formatRange(new Date(from), new Date(to), period, "UTC");
  expect(words.replaceAll(/\s/g, " ")).toBe(expected);
});
