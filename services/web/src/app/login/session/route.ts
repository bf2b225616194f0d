import { log } from "@/lib/log";
import { clientAddress, isSameOrigin, isSecure } from "@/lib/origin";
import { ownPath, withQuery } from "@/lib/paths";
import { isPassword, issueSession, sessionCookie } from "@/lib/session";
import { readSettings } from "@/lib/settings";
import { Throttle } from "@/lib/throttle";
import { readForm, seeOther, textField } from "@/server/forms";

export const dynamic = "force-dynamic";

// A person mistypes a few times; a guesser needs many millions of attempts.
const throttle = new Throttle({ perAddress: 5, overall: 50, windowMs: 5 * 60_000 });

/** Sign in: answers with a redirect always, so that it works without a script. */
export async function POST(request: Request): Promise<Response> {
  const { headers } = request;
  const form = await readForm(request);
  const next = ownPath(form && textField(form, "next"));
  const again = (query: Readonly<Record<string, string | number>>) =>
    seeOther(withQuery("/login", { ...query, next: next === "/" ? undefined : next }));
  const requestId = headers.get("x-request-id") ?? undefined;

  if (!isSameOrigin(headers)) {
    log("warning", "login_refused", { request_id: requestId, reason: "sent from elsewhere" });
    return again({ error: "origin" });
  }
  const address = clientAddress(headers);
  const wait = throttle.wait(address, Date.now());
  if (wait > 0) {
    log("warning", "login_refused", { request_id: requestId, reason: "too many attempts" });
    return again({ error: "wait", seconds: wait });
  }
  const settings = readSettings(process.env);
  if (!isPassword((form && textField(form, "password")) ?? "", settings)) {
    throttle.failed(address, Date.now());
    log("warning", "login_refused", { request_id: requestId, reason: "wrong password" });
    return again({ error: "wrong" });
  }
  throttle.succeeded(address);
  log("info", "login", { request_id: requestId });
  return seeOther(next, [sessionCookie(issueSession(settings, new Date()), isSecure(headers))]);
}
