import { isSameOrigin, isSecure } from "@/lib/origin";
import { sessionCookie } from "@/lib/session";
import { seeOther } from "@/server/forms";

export const dynamic = "force-dynamic";

/** Sign out; another site's form cannot do it. */
export function POST({ headers }: Request): Response {
  if (!isSameOrigin(headers)) {
    return Response.json({ detail: "sent from elsewhere" }, { status: 403 });
  }
  return seeOther("/login", [sessionCookie("", isSecure(headers))]);
}
