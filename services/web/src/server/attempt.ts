import { ApiError } from "@/lib/errors";
import { log } from "@/lib/log";

export type Attempt<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly kind: ApiError["kind"] };

/** Ask the API; its failure is logged and becomes a value, for a page to say it in its words. */
export async function attempt<Value>(
  event: string,
  requestId: string,
  question: Promise<Value>,
): Promise<Attempt<Value>> {
  try {
    return { ok: true, value: await question };
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
    log("error", event, { request_id: requestId, kind: error.kind, reason: error.message });
    return { ok: false, kind: error.kind };
  }
}
