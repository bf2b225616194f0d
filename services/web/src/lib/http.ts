import { ApiFailed, ApiMissing, ApiRefused, ApiUnreachable } from "@/lib/errors";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * GET an address of the inner network.
 *
 * Raises ApiUnreachable, with `path` as its name, when there is no whole answer in time.
 */
export async function get(
  address: string,
  path: string,
  headers: Headers,
  timeoutMs: number,
): Promise<Answer> {
  try {
    const response = await fetch(`${address}${path}`, {
      headers,
      cache: "no-store",
      // A redirect could carry the token to another place.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    throw new ApiUnreachable(path, reason(error));
  }
}

/** Raises the ApiError that a status other than 2xx means. */
export function checkStatus(path: string, status: number): void {
  if (status >= 500) {
    throw new ApiFailed(path, status);
  }
  if (status === 404) {
    throw new ApiMissing(path);
  }
  if (status < 200 || status > 299) {
    throw new ApiRefused(path, status);
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
