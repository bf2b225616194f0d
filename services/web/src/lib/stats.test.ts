import { expect, test } from "vitest";

import { isQuiet, statsSchema } from "@/lib/stats";
import { statsAnswer } from "@/lib/stats.fixture";

test("times become dates, offsets are understood and unknown fields are dropped", () => {
  const answer = statsAnswer({ from: "2025-11-15T03:00:00+03:00", cached: true });
  expect(statsSchema.parse(answer)).toEqual({
    ...statsAnswer(),
    from: new Date("2025-11-15T00:00:00Z"),
    to: new Date("2025-11-16T09:30:00.123Z"),
    activity: [
      { bucket: new Date("2025-11-15T00:00:00Z"), messages: 100, users: 5 },
      { bucket: new Date("2025-11-16T00:00:00Z"), messages: 50, users: 4 },
    ],
  });
});

test.each([
  [{ period: "year" }, "period"],
  [{ tz: "Mars/Olympus" }, "tz"],
  [{ from: "yesterday" }, "from"],
  [{ to: null }, "to"],
  [{ totals: { users: 1 } }, "totals/active_users"],
  [{ previous: { users: -1, active_users: 0, dialogs: 0, messages: 0 } }, "previous/users"],
  [
    { activity: [{ bucket: "2025-11-15T00:00:00Z", messages: 1.5, users: 0 }] },
    "activity/0/messages",
  ],
  [{ activity: "none" }, "activity"],
])("%o is refused", (changes, path) => {
  const parsed = statsSchema.safeParse(statsAnswer(changes));
  expect(parsed.error?.issues[0]?.path.join("/")).toBe(path);
});

const NOTHING = { users: 40, active_users: 0, dialogs: 0, messages: 0 };

test("a period without dialogs and messages is quiet, however many users there are", () => {
  expect(isQuiet(statsSchema.parse(statsAnswer({ totals: NOTHING, activity: [] })))).toBe(true);
});

test("a period with a message in any bucket is not quiet", () => {
  expect(isQuiet(statsSchema.parse(statsAnswer({ totals: NOTHING })))).toBe(false);
});
