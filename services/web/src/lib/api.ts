import { ApiFailed, ApiInvalid, ApiRefused, ApiUnreachable } from "@/lib/errors";
import type { Period } from "@/lib/period";
import type { Settings } from "@/lib/settings";
import { type Stats, statsSchema } from "@/lib/stats";

const ANSWER_TIMEOUT_MS = 5_000;
const READY_TIMEOUT_MS = 1_000;

export async function fetchStats(
  settings: Settings,
  period: Period,
  requestId: string,
): Promise<Stats> {
  const path = `/api/v1/stats?period=${period}`;
  const headers = new Headers({ Accept: "application/json", "X-Request-ID": requestId });
  if (settings.apiToken !== undefined) {
    headers.set("Authorization", `Bearer ${settings.apiToken}`);
  }
  const body = await get(settings, path, headers, ANSWER_TIMEOUT_MS);
  const parsed = statsSchema.safeParse(parseJson(path, body));
  if (!parsed.success) {
    throw new ApiInvalid(
      path,
      parsed.error.issues.map((issue) => `${issue.path.join("/") || "body"}: ${issue.message}`),
    );
  }
  if (parsed.data.period !== period) {
    throw new ApiInvalid(path, [`period: should be ${period}`]);
  }
  return parsed.data;
}

/** Resolves when the API says that it is ready, and rejects with an ApiError otherwise. */
export async function checkApiReady(settings: Settings): Promise<void> {
  await get(settings, "/readyz", new Headers(), READY_TIMEOUT_MS);
}

async function get(
  settings: Settings,
  path: string,
  headers: Headers,
  timeoutMs: number,
): Promise<string> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${settings.apiUrl}${path}`, {
      headers,
      cache: "no-store",
      // A redirect could carry the token to another place.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = await response.text();
  } catch (error) {
    throw new ApiUnreachable(path, reason(error));
  }
  if (response.status >= 500) {
    throw new ApiFailed(path, response.status);
  }
  if (!response.ok) {
    throw new ApiRefused(path, response.status);
  }
  return body;
}

function parseJson(path: string, body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiInvalid(path, ["body: should be JSON"]);
  }
}

/** fetch says only "fetch failed"; the code, as ECONNREFUSED, is on its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const cause: unknown = error.cause;
  if (cause instanceof Error && "code" in cause) {
    return String(cause.code);
  }
  return error.message;
}
