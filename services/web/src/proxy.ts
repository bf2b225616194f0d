import { type NextRequest, NextResponse } from "next/server";

import { contentSecurityPolicy, requestIdFrom } from "@/lib/request";

/** Gives each page request an id for the logs and a fresh nonce for its scripts. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = crypto.randomUUID();
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");
  const requestId = requestIdFrom(request.headers.get("x-request-id"));

  // Next reads the nonce for its own scripts from the policy of the request.
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  headers.set("X-Request-ID", requestId);

  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  response.headers.set("X-Request-ID", requestId);
  return response;
}

export const config = {
  matcher: ["/((?!_next/static|healthz|readyz|version|icon.svg).*)"],
};
