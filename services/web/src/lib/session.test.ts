import { expect, test } from "vitest";

import { isPassword, isSession, issueSession, SESSION_SECONDS, sessionCookie } from "@/lib/session";

const KEYS = { password: "harbour", sessionSecret: "0123456789abcdef0123456789abcdef" };
const NOW = new Date("2026-01-05T12:00:00Z");
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

test("a session counts until its end and not a second longer", () => {
  const value = issueSession(KEYS, NOW);
  expect(
    [0, SESSION_SECONDS - 1, SESSION_SECONDS, SESSION_SECONDS + 1].map((seconds) =>
      isSession(value, KEYS, later(seconds)),
    ),
  ).toEqual([true, true, false, false]);
});

test("two sessions of the same moment differ", () => {
  expect(issueSession(KEYS, NOW)).not.toBe(issueSession(KEYS, NOW));
});

test.each([
  ["another secret", { ...KEYS, sessionSecret: "f".repeat(32) }],
  ["another password: changing it ends every session", { ...KEYS, password: "harbours" }],
])("a session of %s is none", (_, keys) => {
  expect(isSession(issueSession(keys, NOW), KEYS, NOW)).toBe(false);
});

test.each<[string, (value: string) => string | undefined]>([
  ["nothing", () => undefined],
  ["an empty value", () => ""],
  ["a later end", (value) => value.replace(/^\d+/, (end) => String(Number(end) + 1))],
  ["no signature", (value) => value.replace(/[^.]+$/, "")],
  ["another signature", (value) => value.replace(/.$/, (last) => (last === "A" ? "B" : "A"))],
  ["another random part", (value) => value.replace(/\..{22}\./, `.${"A".repeat(22)}.`)],
  ["a longer one", (value) => `${value}.x`],
  ["an end that is no number", (value) => value.replace(/^\d+/, "Infinity")],
])("%s is no session", (_, change) => {
  expect(isSession(change(issueSession(KEYS, NOW)), KEYS, NOW)).toBe(false);
});

test.each([
  ["harbour", true],
  ["", false],
  ["harbou", false],
  ["harbourx", false],
  ["Harbour", false],
  ["x".repeat(100_000), false],
])("the password %.12s", (given, expected) => {
  expect(isPassword(given, KEYS)).toBe(expected);
});

test("the cookie is out of reach of scripts, and Secure over https", () => {
  expect(sessionCookie("value", false)).toBe(
    `session=value; Path=/; Max-Age=${SESSION_SECONDS}; HttpOnly; SameSite=Lax`,
  );
  expect(sessionCookie("value", true)).toMatch(/; SameSite=Lax; Secure$/);
  expect(sessionCookie("", true)).toContain("; Max-Age=0;");
});
