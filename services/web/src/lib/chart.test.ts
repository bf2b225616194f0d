import { expect, test } from "vitest";

import { buildPanel, buildPoints, type Series } from "@/lib/chart";

function hours(count: number): readonly Date[] {
  return Array.from({ length: count }, (_, hour) => new Date(Date.UTC(2025, 10, 15, hour)));
}

function series(values: Series["values"]): Series {
  return { name: "n", tone: "sea", values, texts: values.map(String) };
}

test("points have their words, and the newest is named on every width", () => {
  const points = buildPoints(
    hours(24),
    (time) => `hour ${time.getUTCHours()}`,
    (time) => String(time.getUTCHours()),
  );
  expect(points.at(-1)).toEqual({
    key: "2025-11-15T23:00:00.000Z",
    name: "hour 23",
    tick: "23",
    wide: true,
    narrow: true,
  });
  expect(points.filter((point) => point.narrow).map((point) => point.tick)).toEqual([
    "3",
    "8",
    "13",
    "18",
    "23",
  ]);
  expect(points.filter((point) => point.wide)).toHaveLength(12);
});

test("seven points are all named, also on a narrow screen", () => {
  const points = buildPoints(hours(7), String, String);
  expect(points.every((point) => point.narrow && point.wide)).toBe(true);
});

test("bars stand on each other, so their axis ends above the sum", () => {
  const shape = {
    kind: "bars",
    height: 100,
    series: [series([30, 60]), series([null, 40])],
  } as const;
  expect(buildPanel(shape, 5, String)).toEqual({
    ...shape,
    ticks: [0, 20, 40, 60, 80, 100].map((value) => ({ value, label: String(value) })),
  });
});

test("lines lie beside each other, so their axis ends above the highest", () => {
  const shape = {
    kind: "lines",
    height: 100,
    series: [series([3, null]), series([7, 1])],
  } as const;
  expect(buildPanel(shape, 4, String).ticks.map(({ value }) => value)).toEqual([0, 2, 4, 6, 8]);
});

test("nothing still has an axis", () => {
  const panel = buildPanel({ kind: "bars", height: 100, series: [] }, 4, String);
  expect(panel.ticks.map(({ value }) => value)).toEqual([0, 1]);
});
