import { expect, test } from "vitest";

import { parsePeriod } from "@/lib/period";

test.each([
  ["day", "day"],
  ["month", "month"],
  [undefined, "week"],
  ["", "week"],
  ["year", "week"],
  [["day", "month"], "week"],
])("%o asks for %s", (value, expected) => {
  expect(parsePeriod(value)).toBe(expected);
});
