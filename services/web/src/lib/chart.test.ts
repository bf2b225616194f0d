import { expect, test } from "vitest";

import { buildChart } from "@/lib/chart";
import { statsSchema } from "@/lib/stats";
import { statsAnswer } from "@/lib/stats.fixture";

test("a chart has its words, its axes and its busiest bucket", () => {
  const saturday = {
    key: "2025-11-15T00:00:00.000Z",
    name: "Sat 15 Nov",
    tick: "Sat",
    wide: true,
    narrow: true,
    messages: 100,
    users: 5,
  };
  const sunday = {
    key: "2025-11-16T00:00:00.000Z",
    name: "Sun 16 Nov",
    tick: "Sun",
    wide: true,
    narrow: true,
    messages: 50,
    users: 4,
  };
  expect(buildChart(statsSchema.parse(statsAnswer()))).toEqual({
    points: [saturday, sunday],
    messageTicks: [0, 20, 40, 60, 80, 100],
    userTicks: [0, 3, 6],
    busiest: saturday,
  });
});

test("a chart without a message has no busiest bucket and still an axis", () => {
  const chart = buildChart(statsSchema.parse(statsAnswer({ activity: [] })));
  expect(chart).toEqual({
    points: [],
    messageTicks: [0, 1],
    userTicks: [0, 1],
    busiest: undefined,
  });
});

test("the newest bucket is named on every width", () => {
  const activity = Array.from({ length: 24 }, (_, hour) => ({
    bucket: new Date(Date.UTC(2025, 10, 15, hour)).toISOString(),
    messages: hour,
    users: 0,
  }));
  const { points } = buildChart(statsSchema.parse(statsAnswer({ period: "day", activity })));
  expect(points.filter((point) => point.narrow).map((point) => point.tick)).toEqual([
    "03:00",
    "08:00",
    "13:00",
    "18:00",
    "23:00",
  ]);
  expect(points.filter((point) => point.wide)).toHaveLength(12);
});
