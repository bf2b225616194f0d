import { expect, test } from "vitest";

import { failureRate } from "@/lib/llm";

test.each([
  [38, 2, 5],
  [0, 3, 100],
  [0, 0, 0],
])("%d answers and %d failures", (answers, failures, expected) => {
  expect(failureRate({ answers, failures, tokens: 0, latency_ms: null })).toBe(expected);
});
