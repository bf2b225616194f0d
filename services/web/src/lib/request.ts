/** The Content-Security-Policy of one page. */
export function contentSecurityPolicy(nonce: string, development: boolean): string {
  // React's development build rebuilds server stacks with eval; a build never does.
  const evaluation = development ? " 'unsafe-eval'" : "";
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluation}`,
    // The development server injects style elements without a nonce.
    development ? "style-src 'self' 'unsafe-inline'" : "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** The caller's request id when it is a plain token, else a new one. */
export function requestIdFrom(header: string | null): string {
  return header !== null && /^[\w-]{8,64}$/.test(header) ? header : crypto.randomUUID();
}
