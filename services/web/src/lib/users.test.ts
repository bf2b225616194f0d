import { expect, test } from "vitest";

import { countLanguages, type TopUser } from "@/lib/users";

function user(language: string | null): TopUser {
  const seen = new Date("2025-11-15T00:00:00Z");
  return {
    id: 1,
    username: null,
    language,
    messages: 1,
    dialogs: 1,
    first_seen_at: seen,
    last_seen_at: seen,
    blocked: false,
  };
}

test("languages are counted without their regions, the most frequent first", () => {
  const users = ["ru", "en-GB", "EN", "en_US", null, "ru", ""].map(user);
  expect(countLanguages(users)).toEqual([
    { language: "en", users: 3 },
    { language: "ru", users: 2 },
    { language: null, users: 2 },
  ]);
});
