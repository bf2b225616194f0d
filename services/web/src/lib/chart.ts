import { axisTicks, labelEvery } from "@/lib/scale";

const LABELS_WIDE = 12;
const LABELS_NARROW = 5;
/** A week's seven short names fit on the narrowest screen. */
const FEW = 7;

export type Tone = "sea" | "buoy" | "down" | "soft";

export interface Series {
  readonly name: string;
  readonly tone: Tone;
  readonly values: readonly (number | null)[];
  /** The values in words, as the reading under the pointer and the table show them. */
  readonly texts: readonly string[];
}

export interface Panel {
  /** Bars of several series stand on each other. */
  readonly kind: "bars" | "lines";
  readonly height: number;
  readonly series: readonly Series[];
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
}

export interface Point {
  readonly key: string;
  readonly name: string;
  readonly tick: string;
  /** Whether the axis has room for this tick on a wide and on a narrow screen. */
  readonly wide: boolean;
  readonly narrow: boolean;
}

/** All that a chart draws, with its words, so that server and browser agree on them. */
export interface Chart {
  readonly points: readonly Point[];
  readonly panels: readonly Panel[];
}

/** The moments of the time axis; the newest is always named. */
export function buildPoints(
  times: readonly Date[],
  name: (time: Date) => string,
  tick: (time: Date) => string,
): readonly Point[] {
  const room = times.length <= FEW ? FEW : LABELS_NARROW;
  return times.map((time, index) => {
    const fromEnd = times.length - 1 - index;
    return {
      key: time.toISOString(),
      name: name(time),
      tick: tick(time),
      wide: fromEnd % labelEvery(times.length, LABELS_WIDE) === 0,
      narrow: fromEnd % labelEvery(times.length, room) === 0,
    };
  });
}

/** A panel whose axis starts at zero and has about `steps` round steps. */
export function buildPanel(
  shape: Pick<Panel, "kind" | "height" | "series">,
  steps: number,
  label: (value: number) => string,
): Panel {
  const tops =
    shape.kind === "bars" ? totals(shape.series) : shape.series.flatMap((series) => series.values);
  const highest = Math.max(0, ...tops.map((value) => value ?? 0));
  const ticks = axisTicks(highest, steps).map((value) => ({ value, label: label(value) }));
  return { ...shape, ticks };
}

function totals(series: readonly Series[]): readonly number[] {
  const length = Math.max(0, ...series.map(({ values }) => values.length));
  return Array.from({ length }, (_, index) =>
    series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
  );
}
