import { expect, test } from "vitest";

import {
  parseLocale,
  parseTheme,
  parseZone,
  pickLocale,
  preferenceCookie,
} from "@/lib/preferences";

test.each<[string | undefined, string | null, string]>([
  [undefined, null, "en"],
  ["ru", "en", "ru"],
  ["xx", "ru", "ru"],
  [undefined, "ru-RU,ru;q=0.9,en;q=0.8", "ru"],
  [undefined, "en;q=0.8, ru", "ru"],
  [undefined, "de-DE,de;q=0.9", "en"],
  [undefined, "de, ru;q=0.1", "ru"],
  [undefined, "ru;q=0, en;q=0.1", "en"],
  [undefined, "RU-by", "ru"],
  [undefined, ";;,,q=,ru;q=x", "en"],
])("cookie %s and header %s give %s", (chosen, header, expected) => {
  expect(pickLocale(chosen, header)).toBe(expected);
});

test("only what there is can be chosen", () => {
  expect([
    parseTheme("dark"),
    parseTheme("blue"),
    parseTheme(null),
    parseLocale("ru"),
    parseLocale({}),
  ]).toEqual(["dark", undefined, undefined, "ru", undefined]);
});

test.each([
  ["Europe/Berlin", "Europe/Berlin"],
  ["Mars/Olympus", "UTC"],
  ["<script>", "UTC"],
  ["", "UTC"],
  [undefined, "UTC"],
])("the time zone %s is %s", (value, expected) => {
  expect(parseZone(value)).toBe(expected);
});

test("a preference is kept for a year", () => {
  expect(preferenceCookie("theme", "dark", true)).toBe(
    "theme=dark; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure",
  );
});
