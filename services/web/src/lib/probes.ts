import { z } from "zod";

import { ApiError } from "@/lib/errors";
import { get } from "@/lib/http";

const PROBE_TIMEOUT_MS = 1_500;

const readySchema = z.object({ failed: z.array(z.string().max(64)).max(20) });
const versionSchema = z.object({ version: z.string().max(128), commit: z.string().max(128) });

export type Health = "ready" | "not-ready" | "unreachable";

export interface Probe {
  readonly health: Health;
  /** What the service itself names as failed, as "database". */
  readonly failed: readonly string[];
  /** Milliseconds until the answer was there; undefined without one. */
  readonly tookMs: number | undefined;
  readonly release: { readonly version: string; readonly commit: string } | undefined;
}

/** Ask a service for /readyz and /version. Never rejects: no answer is a finding too. */
export async function probe(address: string): Promise<Probe> {
  const start = performance.now();
  const [ready, version] = await Promise.all([
    answerOf(address, "/readyz").then((answer) => ({ answer, tookMs: performance.now() - start })),
    answerOf(address, "/version"),
  ]);
  const release = versionSchema.safeParse(parse(version?.body)).data;
  if (ready.answer === undefined) {
    return { health: "unreachable", failed: [], tookMs: undefined, release };
  }
  const { status, body } = ready.answer;
  const tookMs = Math.round(ready.tookMs);
  if (status >= 200 && status <= 299) {
    return { health: "ready", failed: [], tookMs, release };
  }
  const failed = readySchema.safeParse(parse(body)).data?.failed ?? [];
  return { health: "not-ready", failed, tookMs, release };
}

async function answerOf(address: string, path: string) {
  try {
    return await get(address, path, new Headers(), PROBE_TIMEOUT_MS);
  } catch (error) {
    if (error instanceof ApiError) {
      return undefined;
    }
    throw error;
  }
}

function parse(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? "");
  } catch {
    return undefined;
  }
}
