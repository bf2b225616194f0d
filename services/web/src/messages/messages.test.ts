import { expect, test } from "vitest";

import { CATALOGUES } from "@/messages";
import { FAULT } from "@/messages/fault";
import { pluralIn } from "@/messages/plural";

/** Every text of a catalogue with its path; functions count with the number of their values. */
function entries(value: unknown, path = ""): readonly (readonly [string, string])[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => entries(inner, `${path}/${key}`));
  }
  return [[path, typeof value === "function" ? `function of ${value.length}` : typeof value]];
}

const texts = (value: unknown): readonly string[] =>
  typeof value === "object" && value !== null
    ? Object.values(value).flatMap(texts)
    : [String(value)];

test("both catalogues have the same keys, with values of the same kind", () => {
  expect(entries(CATALOGUES.ru)).toEqual(entries(CATALOGUES.en));
  expect(entries(FAULT.ru)).toEqual(entries(FAULT.en));
});

test("no text is empty", () => {
  expect(
    Object.values(CATALOGUES)
      .flatMap(texts)
      .filter((text) => text.trim() === ""),
  ).toEqual([]);
});

test("the Russian catalogue is Russian where it is not a name", () => {
  const names = new Set(["Slipway", "Telegram", "API", "–"]);
  const latin = Object.values(CATALOGUES.ru)
    .flatMap(texts)
    .filter((text) => !(/[а-яё]/i.test(text) || names.has(text)));
  expect(latin.filter((text) => !text.includes("=>"))).toEqual([]);
});

test.each([
  [1, "1 message", "1 сообщение"],
  [2, "2 messages", "2 сообщения"],
  [5, "5 messages", "5 сообщений"],
  [11, "11 messages", "11 сообщений"],
  [21, "21 messages", "21 сообщение"],
  [0, "0 messages", "0 сообщений"],
])("%d in both languages", (count, english, russian) => {
  const { en, ru } = CATALOGUES;
  const number = String(count);
  expect([en.dialogs.count(count, number), ru.dialogs.count(count, number)]).toEqual([
    english,
    russian,
  ]);
});

test("a fraction has a form too", () => {
  expect(pluralIn("ru")(1.5, { one: "a", few: "b", many: "c" })).toBe("c");
});
