import { checkApiReady } from "@/lib/api";
import { WebError } from "@/lib/errors";
import { log } from "@/lib/log";
import { readSettings } from "@/lib/settings";

export const dynamic = "force-dynamic";

/** 200 when the API is ready within a second; else 503 with the name of what failed. */
export async function GET(): Promise<Response> {
  try {
    await checkApiReady(readSettings(process.env));
  } catch (error) {
    if (!(error instanceof WebError)) {
      throw error;
    }
    const failed = error.kind === "settings" ? "settings" : "api";
    // Anyone may ask; paths and addresses stay in the log.
    log("warning", "not_ready", { failed, reason: error.message });
    return Response.json({ status: "not ready", failed: [failed] }, { status: 503 });
  }
  return Response.json({ status: "ready", failed: [] });
}
