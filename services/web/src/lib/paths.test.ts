import { expect, test } from "vitest";

import { ownPath, refererPath, withQuery } from "@/lib/paths";

test.each([
  ["/users?period=day", "/users?period=day"],
  ["/", "/"],
  ["/dialogs/7", "/dialogs/7"],
  [undefined, "/"],
  [null, "/"],
  ["", "/"],
  ["users", "/"],
  ["https://evil.example/", "/"],
  ["//evil.example", "/"],
  ["///evil.example", "/"],
  ["/\\evil.example", "/"],
  ["\\\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["/.//evil.example", "/"],
  ["/..//evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["/login", "/"],
  ["/login?next=/login", "/"],
  ["/logout", "/"],
  ["/preferences", "/"],
  ["/%0d%0aSet-Cookie:x", "/%0d%0aSet-Cookie:x"],
])("%s leads to %s", (value, expected) => {
  expect(ownPath(value)).toBe(expected);
});

test.each([
  ["http://dash.example/llm?period=month", "/llm?period=month"],
  ["https://dash.example/login?next=%2Fusers", "/login?next=%2Fusers"],
  ["https://evil.example/llm", "/"],
  ["not an address", "/"],
  [undefined, "/"],
])("a form on %s leads back to %s", (referer, expected) => {
  const headers = new Headers({ host: "dash.example", ...(referer !== undefined && { referer }) });
  expect(refererPath(headers)).toBe(expected);
});

test("a query has the parameters that are set", () => {
  expect(withQuery("/dialogs", { state: undefined, user: 7, after: "a&b" })).toBe(
    "/dialogs?user=7&after=a%26b",
  );
  expect(withQuery("/dialogs", { state: undefined })).toBe("/dialogs");
});
