import { expect, test } from "vitest";

import { type Trend, trend } from "@/lib/trend";

test.each<[number, number, Trend]>([
  [110, 100, { direction: "up", percent: 10 }],
  [90, 100, { direction: "down", percent: 10 }],
  [1003, 1000, { direction: "up", percent: 0.3 }],
  [0, 8, { direction: "down", percent: 100 }],
  [900, 100, { direction: "up", percent: 800 }],
  [100, 100, { direction: "flat" }],
  [100_004, 100_000, { direction: "flat" }],
  [0, 0, { direction: "flat" }],
  [5, 0, { direction: "new" }],
])("%d against %d", (current, previous, expected) => {
  expect(trend(current, previous)).toEqual(expected);
});
