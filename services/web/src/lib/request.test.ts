import { expect, test } from "vitest";

import { contentSecurityPolicy, requestIdFrom } from "@/lib/request";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

test("a page's policy allows only this host and scripts with the nonce", () => {
  expect(contentSecurityPolicy("n0nce", false)).toBe(
    "default-src 'none'; script-src 'self' 'nonce-n0nce' 'strict-dynamic'; style-src 'self'; " +
      "img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; " +
      "frame-ancestors 'none'",
  );
});

test("only the development server may evaluate text and inject styles", () => {
  const policy = contentSecurityPolicy("n0nce", true);
  expect(policy).toContain("'strict-dynamic' 'unsafe-eval';");
  expect(policy).toContain("style-src 'self' 'unsafe-inline';");
});

test("a plain request id is kept", () => {
  expect(requestIdFrom("a1b2c3d4-e5f6")).toBe("a1b2c3d4-e5f6");
});

test.each([[null], [""], ["short"], ["with space in it"], ['"}{"level":"x'], ["x".repeat(65)]])(
  "%o is replaced by a new id",
  (header) => {
    expect(requestIdFrom(header)).toMatch(UUID);
  },
);
