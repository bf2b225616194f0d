import { expect, test } from "vitest";

import { parseCursor, parseFilter, parseId } from "@/lib/dialogs";

const ANY = { state: "all", user: undefined, after: undefined };

test.each([
  [{}, ANY],
  [
    { state: "open", user: "7", after: "abc" },
    { state: "open", user: 7, after: "abc" },
  ],
  [{ state: "lost", user: "-1", after: "" }, ANY],
  [{ state: ["open", "closed"], user: ["7"], after: ["a"] }, ANY],
])("%o", (query, expected) => {
  expect(parseFilter(query)).toEqual(expected);
});

test.each([
  ["1", 1],
  ["999999999999999", 999_999_999_999_999],
  ["0", undefined],
  ["01", undefined],
  ["1e3", undefined],
  ["9999999999999999", undefined],
  [undefined, undefined],
])("the id %s is %s", (value, expected) => {
  expect(parseId(value)).toBe(expected);
});

test("a cursor is handed on unless it cannot be one", () => {
  expect([parseCursor("a/b="), parseCursor("x".repeat(1001))]).toEqual(["a/b=", undefined]);
});
