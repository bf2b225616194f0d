import { expect, test } from "vitest";

import { axisTicks, labelEvery } from "@/lib/scale";

test.each([
  [0, 4, [0, 1]],
  [1, 4, [0, 1]],
  [3, 2, [0, 2, 4]],
  [7, 4, [0, 2, 4, 6, 8]],
  [10, 4, [0, 3, 6, 9, 12]],
  [100, 4, [0, 25, 50, 75, 100]],
  [101, 4, [0, 50, 100, 150]],
  [1043, 5, [0, 250, 500, 750, 1000, 1250]],
  [98_000, 2, [0, 50_000, 100_000]],
])("an axis up to %d in about %d steps", (max, steps, expected) => {
  expect(axisTicks(max, steps)).toEqual(expected);
});

test.each([
  [0, 6, 1],
  [6, 6, 1],
  [7, 6, 2],
  [24, 12, 2],
  [31, 6, 6],
])("%d labels where %d have room", (count, room, expected) => {
  expect(labelEvery(count, room)).toBe(expected);
});
