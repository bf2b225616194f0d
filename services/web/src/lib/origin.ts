/**
 * Whether a form was sent from a page of this host.
 *
 * Browsers add both headers to every POST and let no page change them. A request
 * with neither does not come from a browser's form, and is refused as well.
 */
export function isSameOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") {
    return false;
  }
  const origin = headers.get("origin");
  if (origin === null) {
    return site === "same-origin";
  }
  // The scheme is not compared: behind a proxy this server sees http only.
  return URL.parse(origin)?.host === headers.get("host");
}

/** Whether the visitor came over https, as the proxy in front of this server tells. */
export function isSecure(headers: Headers): boolean {
  return headers.get("x-forwarded-proto")?.split(",").at(0)?.trim() === "https";
}

/** The address that the nearest proxy saw; all of them are one when there is no proxy. */
export function clientAddress(headers: Headers): string {
  return headers.get("x-forwarded-for")?.split(",").at(-1)?.trim().slice(0, 64) || "direct";
}
