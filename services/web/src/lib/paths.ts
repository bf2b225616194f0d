/** Stands for this host while an address is taken apart; nothing is asked of it. */
const HERE = "http://dashboard.invalid";

/**
 * The path and query of an address on this host, else "/".
 *
 * Addresses of other hosts, as //elsewhere and /\elsewhere too, are not followed;
 * neither are those that only take forms.
 */
export function ownPath(value: string | null | undefined): string {
  if (!value?.startsWith("/")) {
    return "/";
  }
  const url = URL.parse(value, HERE);
  if (
    url === null ||
    url.origin !== HERE ||
    /^\/(login|logout|preferences)(\/|$)/.test(url.pathname)
  ) {
    return "/";
  }
  // "/.//elsewhere" is on this host until its path is followed by itself.
  return url.pathname.startsWith("//") ? "/" : `${url.pathname}${url.search}`;
}

/** The path of the page that a form was sent from. */
export function refererPath(headers: Headers): string {
  const url = URL.parse(headers.get("referer") ?? "");
  if (url === null || url.host !== headers.get("host")) {
    return "/";
  }
  return url.pathname === "/login"
    ? `/login${url.search}`
    : ownPath(`${url.pathname}${url.search}`);
}

/** A page's address with a query of the parameters that are set. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const set = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`;
}
