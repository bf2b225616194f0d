import { expect, test } from "vitest";

import { buildWeek, busiest, share } from "@/lib/insight";
import { activitySchema } from "@/lib/stats";

const at = (text: string, messages: number) => ({ bucket: new Date(text), messages, users: 1 });

test("the busiest bucket is the first of the fullest", () => {
  const buckets = [
    at("2025-11-15T00:00Z", 1),
    at("2025-11-16T00:00Z", 9),
    at("2025-11-17T00:00Z", 9),
  ];
  expect(busiest(buckets)).toBe(buckets[1]);
  expect(busiest([at("2025-11-15T00:00Z", 0)])).toBeUndefined();
});

test("the hours of a week are put into local days", () => {
  const week = buildWeek(
    activitySchema.parse({
      period: "week",
      tz: "Europe/Berlin",
      bucket: "hour",
      from: "2025-11-15T21:00:00Z",
      to: "2025-11-16T00:00:00Z",
      activity: [
        { bucket: "2025-11-15T22:00:00Z", messages: 0, users: 0 },
        { bucket: "2025-11-15T23:00:00Z", messages: 10, users: 2 },
        { bucket: "2025-11-16T00:00:00Z", messages: 1, users: 1 },
      ],
    }),
  );
  expect(
    week.days.map(({ key, cells }) => [key, cells.map(({ hour, level }) => [hour, level])]),
  ).toEqual([
    ["2025-11-15", [[23, 0]]],
    [
      "2025-11-16",
      [
        [0, 5],
        [1, 1],
      ],
    ],
  ]);
  expect(week.busiest?.messages).toBe(10);
});

test("a share of nothing is nothing", () => {
  expect([share(1, 4), share(0, 0)]).toEqual([25, 0]);
});
