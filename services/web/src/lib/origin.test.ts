import { expect, test } from "vitest";

import { clientAddress, isSameOrigin, isSecure } from "@/lib/origin";

const HOST = { host: "dash.example" };

test.each<[Record<string, string>, boolean]>([
  [{ origin: "https://dash.example", "sec-fetch-site": "same-origin" }, true],
  [{ origin: "https://dash.example" }, true],
  [{ "sec-fetch-site": "same-origin" }, true],
  [{}, false],
  [{ origin: "https://evil.example" }, false],
  [{ origin: "https://dash.example.evil.example" }, false],
  [{ origin: "https://dash.example:8443" }, false],
  [{ origin: "null" }, false],
  [{ origin: "https://dash.example", "sec-fetch-site": "same-site" }, false],
  [{ origin: "https://dash.example", "sec-fetch-site": "cross-site" }, false],
  [{ "sec-fetch-site": "none" }, false],
])("%o", (headers, expected) => {
  expect(isSameOrigin(new Headers({ ...HOST, ...headers }))).toBe(expected);
});

test.each([
  [undefined, false],
  ["http", false],
  ["https", true],
  ["https, http", true],
  ["http, https", false],
])("X-Forwarded-Proto %s", (value, expected) => {
  const headers = new Headers(value === undefined ? {} : { "x-forwarded-proto": value });
  expect(isSecure(headers)).toBe(expected);
});

test.each([
  [undefined, "direct"],
  ["", "direct"],
  ["203.0.113.7", "203.0.113.7"],
  // Only what the nearest proxy added is not made up.
  ["made up, 203.0.113.7", "203.0.113.7"],
  ["x".repeat(100), "x".repeat(64)],
])("X-Forwarded-For %s", (value, expected) => {
  const headers = new Headers(value === undefined ? {} : { "x-forwarded-for": value });
  expect(clientAddress(headers)).toBe(expected);
});
