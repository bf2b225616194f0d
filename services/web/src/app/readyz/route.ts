import { checkApiReady } from "@/lib/api";
import { WebError } from "@/lib/errors";
import { log } from "@/lib/log";
import { findProblems, readSettings } from "@/lib/settings";

export const dynamic = "force-dynamic";

/** 200 when the API is ready within a second; else 503 with the name of what failed. */
export async function GET(): Promise<Response> {
  try {
    await checkApiReady(readSettings(process.env));
  } catch (error) {
    if (!(error instanceof WebError)) {
      throw error;
    }
    // Anyone may ask; paths and addresses stay in the log.
    const settings = findProblems(process.env).map((problem) => problem.setting);
    const failed = settings.length > 0 ? "settings" : "api";
    log("warning", "not_ready", { failed, reason: error.message });
    const body = {
      status: "not ready",
      failed: [failed],
      ...(settings.length > 0 && { settings }),
    };
    return Response.json(body, { status: 503 });
  }
  return Response.json({ status: "ready", failed: [] });
}
