import type { Panel, Point, Tone } from "@/lib/chart";

/** More dots than this hide the line that they sit on. */
const MOST_DOTS = 12;

export const FILLS: Record<Tone, string> = {
  sea: "fill-sea",
  buoy: "fill-buoy",
  down: "fill-down",
  soft: "fill-soft",
};
const DIMMED: Record<Tone, string> = {
  sea: "fill-sea-dim",
  buoy: "fill-buoy/50",
  down: "fill-down-dim",
  soft: "fill-soft/50",
};
const STROKES: Record<Tone, string> = {
  sea: "stroke-sea",
  buoy: "stroke-buoy",
  down: "stroke-down",
  soft: "stroke-soft",
};

interface MarksProps {
  readonly panel: Panel;
  readonly points: readonly Point[];
  readonly hovered: number | undefined;
}

/** One bar a bucket; several series stand on each other, the first one at the bottom. */
export function Bars({ panel: { height, series, ticks }, points, hovered }: MarksProps) {
  const ceiling = ticks.at(-1)?.value ?? 1;
  return points.map((point, index) => (
    // The nested viewport is the bucket's band: it cuts the lowest bar's lower corners.
    <svg
      key={point.key}
      x={percent(index / points.length)}
      width={percent(1 / points.length)}
      height={height}
      aria-hidden="true"
    >
      {series.map(({ name, tone, values }, level) => {
        const below = series
          .slice(0, level)
          .reduce((sum, lower) => sum + (lower.values[index] ?? 0), 0);
        const value = values[index] ?? 0;
        const top = height - ((below + value) / ceiling) * height;
        const highest = series.slice(level + 1).every((upper) => !upper.values[index]);
        return value === 0 ? null : (
          <rect
            key={name}
            className={`bar motion-safe:transition-colors ${hovered === undefined || hovered === index ? FILLS[tone] : DIMMED[tone]}`}
            y={top}
            height={(value / ceiling) * height + (level === 0 ? 4 : 0)}
            rx={highest ? 3 : 0}
          />
        );
      })}
    </svg>
  ));
}

/** A line a series, open where there is no value. */
export function Lines({ panel: { height, series, ticks }, points, hovered }: MarksProps) {
  const ceiling = ticks.at(-1)?.value ?? 1;
  const x = (index: number) => percent((index + 0.5) / points.length);
  const y = (value: number) => height - (value / ceiling) * height;
  return series.map(({ name, tone, values }) => (
    <g key={name}>
      {points.map((point, index) => {
        const [value, next] = [values[index] ?? null, values[index + 1] ?? null];
        return value === null || next === null ? null : (
          <line
            key={point.key}
            x1={x(index)}
            y1={y(value)}
            x2={x(index + 1)}
            y2={y(next)}
            className={`stroke-2 ${STROKES[tone]}`}
            strokeLinecap="round"
          />
        );
      })}
      {points.map((point, index) => {
        const value = values[index] ?? null;
        // A value between two gaps has no line: without its dot it would not be seen.
        const alone = (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;
        const shown = points.length <= MOST_DOTS || hovered === index || alone;
        return value === null || !shown ? null : (
          <circle
            key={point.key}
            cx={x(index)}
            cy={y(value)}
            r={hovered === index ? 5 : 3.5}
            className={`stroke-2 stroke-surface ${FILLS[tone]}`}
          />
        );
      })}
    </g>
  ));
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
