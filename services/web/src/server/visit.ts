import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";

import type { Caller } from "@/lib/api";
import { type Format, formatIn } from "@/lib/format";
import {
  LOCALE_COOKIE,
  type Locale,
  parseTheme,
  parseZone,
  pickLocale,
  THEME_COOKIE,
  type Theme,
  ZONE_COOKIE,
} from "@/lib/preferences";
import { isSession, SESSION_COOKIE } from "@/lib/session";
import { readSettings, type Settings } from "@/lib/settings";
import { CATALOGUES, type Messages } from "@/messages";

/** Who looks, and how they want it shown. */
export interface Visitor {
  readonly locale: Locale;
  readonly theme: Theme;
  readonly zone: string;
  readonly t: Messages;
  readonly format: Format;
  readonly requestId: string;
}

/** A visitor who has signed in: only for them is the API asked. */
export interface Visit extends Visitor {
  readonly settings: Settings;
  readonly caller: Caller;
  readonly now: Date;
}

/** The preferences of this request, with and without a session. */
export const readVisitor = cache(async (): Promise<Visitor> => {
  const [cookie, header] = await Promise.all([cookies(), headers()]);
  const locale = pickLocale(cookie.get(LOCALE_COOKIE)?.value, header.get("accept-language"));
  const zone = parseZone(cookie.get(ZONE_COOKIE)?.value);
  return {
    locale,
    theme: parseTheme(cookie.get(THEME_COOKIE)?.value) ?? "system",
    zone,
    t: CATALOGUES[locale],
    format: formatIn(locale, zone),
    requestId: header.get("x-request-id") ?? crypto.randomUUID(),
  };
});

/**
 * The visit of a signed-in person; anyone else is sent to /login.
 *
 * The proxy has looked at the session before (src/proxy.ts). Pages look again, so
 * that none of them is open because of an address that the proxy leaves out.
 */
export const requireVisit = cache(async (): Promise<Visit> => {
  const [visitor, cookie] = await Promise.all([readVisitor(), cookies()]);
  const settings = readSettings(process.env);
  const now = new Date();
  if (!isSession(cookie.get(SESSION_COOKIE)?.value, settings, now)) {
    redirect("/login");
  }
  const { requestId, zone } = visitor;
  return { ...visitor, settings, caller: { settings, requestId, zone }, now };
});
