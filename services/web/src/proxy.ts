import { type NextRequest, NextResponse } from "next/server";

import { log } from "@/lib/log";
import { ownPath } from "@/lib/paths";
import { LOCALE_COOKIE, parseTheme, pickLocale, THEME_COOKIE } from "@/lib/preferences";
import { contentSecurityPolicy, requestIdFrom } from "@/lib/request";
import { isSession, SESSION_COOKIE } from "@/lib/session";
import { findProblems, readSettings } from "@/lib/settings";
import { renderSetupPage } from "@/lib/setup-page";
import { CATALOGUES } from "@/messages";

/** Addresses that are there for everyone: they show nothing of the bot. */
const OPEN = new Set(["/login", "/login/session", "/logout", "/preferences"]);

/**
 * Lets only signed-in people pass, and gives each page request an id for the
 * logs and a fresh nonce for its scripts. Without its settings the dashboard is
 * closed, and every address says why.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = crypto.randomUUID();
  const requestId = requestIdFrom(request.headers.get("x-request-id"));
  const response =
    findProblems(process.env).length > 0
      ? setUpFirst(request, requestId, nonce)
      : route(request, requestId, nonce);
  response.headers.set("X-Request-ID", requestId);
  response.headers.set("Cache-Control", "private, no-store");
  return response;
}

function route(request: NextRequest, requestId: string, nonce: string): NextResponse {
  const { pathname, search } = request.nextUrl;
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");
  let response: NextResponse;
  if (OPEN.has(pathname) || hasSession(request)) {
    // Next reads the nonce for its own scripts from the policy of the request.
    const headers = new Headers(request.headers);
    headers.set("Content-Security-Policy", policy);
    headers.set("X-Request-ID", requestId);
    response = NextResponse.next({ request: { headers } });
  } else {
    const wanted = ownPath(`${pathname}${search}`);
    const login = request.nextUrl.clone();
    login.pathname = "/login";
    login.search = "";
    if (wanted !== "/") {
      login.searchParams.set("next", wanted);
    }
    // Next makes it relative: the visitor's name for this server is not known here.
    response = NextResponse.redirect(login, 303);
  }
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

function hasSession({ cookies }: NextRequest): boolean {
  return isSession(cookies.get(SESSION_COOKIE)?.value, readSettings(process.env), new Date());
}

function setUpFirst(
  { cookies, headers }: NextRequest,
  requestId: string,
  nonce: string,
): NextResponse {
  const problems = findProblems(process.env);
  for (const problem of problems) {
    log("error", "not_set_up", { request_id: requestId, reason: problem.message });
  }
  const locale = pickLocale(cookies.get(LOCALE_COOKIE)?.value, headers.get("accept-language"));
  const theme = parseTheme(cookies.get(THEME_COOKIE)?.value) ?? "system";
  const { html, policy } = renderSetupPage(problems, CATALOGUES[locale], { locale, theme }, nonce);
  return new NextResponse(html, {
    status: 503,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policy,
      "Retry-After": "10",
    },
  });
}

export const config = {
  matcher: ["/((?!_next/static/|(?:healthz|readyz|version|icon.svg)$).*)"],
};
