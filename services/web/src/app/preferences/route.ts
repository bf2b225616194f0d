import { isSameOrigin, isSecure } from "@/lib/origin";
import { refererPath } from "@/lib/paths";
import {
  LOCALE_COOKIE,
  parseLocale,
  parseTheme,
  preferenceCookie,
  THEME_COOKIE,
} from "@/lib/preferences";
import { readForm, seeOther } from "@/server/forms";

export const dynamic = "force-dynamic";

/** Keep a theme or a language, and go back to the page that the form is on. */
export async function POST(request: Request): Promise<Response> {
  const { headers } = request;
  if (!isSameOrigin(headers)) {
    return Response.json({ detail: "sent from elsewhere" }, { status: 403 });
  }
  const form = await readForm(request);
  const chosen = [
    [THEME_COOKIE, parseTheme(form?.get("theme"))],
    [LOCALE_COOKIE, parseLocale(form?.get("locale"))],
  ] as const;
  const secure = isSecure(headers);
  const cookies = chosen.flatMap(([name, value]) =>
    value === undefined ? [] : [preferenceCookie(name, value, secure)],
  );
  return seeOther(refererPath(headers), cookies);
}
