import { z } from "zod";

import { count, MOST_ROWS, span, time } from "@/lib/answers";

const milliseconds = z.number().nonnegative();
const latency = z.object({ p50: milliseconds, p95: milliseconds }).nullable();
const totals = z.object({ answers: count, failures: count, tokens: count, latency_ms: latency });

/** The API's answer to GET /api/v1/llm. Failures are not among the answers. */
export const llmSchema = z.object({
  ...span,
  totals,
  previous: totals,
  models: z
    .array(
      z.object({
        model: z.string(),
        answers: count,
        failures: count,
        tokens: count,
        latency_ms: latency,
      }),
    )
    .max(MOST_ROWS),
  errors: z.array(z.object({ error_code: z.string(), count })).max(MOST_ROWS),
  activity: z
    .array(
      z.object({
        bucket: time,
        answers: count,
        failures: count,
        p50_ms: milliseconds.nullable(),
        p95_ms: milliseconds.nullable(),
      }),
    )
    .max(MOST_ROWS),
});

export type Llm = z.infer<typeof llmSchema>;
export type LlmTotals = Llm["totals"];

/** Failures among all attempts, in percent; 0 when there was none. */
export function failureRate({ answers, failures }: LlmTotals): number {
  const attempts = answers + failures;
  return attempts === 0 ? 0 : (failures / attempts) * 100;
}
