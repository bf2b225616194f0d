"use client";

// A drawing of the browser: see ui/icons.tsx.

import { percent } from "@/components/chart/marks";

const HOURS = 24;
const ROW = 26;
const GAP = 3;
const LEVELS = [0, 1, 2, 3, 4, 5] as const;

export interface HeatRow {
  readonly key: string;
  readonly name: string;
  readonly cells: readonly {
    readonly key: string;
    readonly hour: number;
    readonly level: number;
    /** The hour and its number in words. */
    readonly title: string;
  }[];
}

interface HeatmapProps {
  readonly rows: readonly HeatRow[];
  readonly label: string;
  readonly less: string;
  readonly more: string;
}

/** A row a day and a column an hour, darker where more was written. */
export function Heatmap({ rows, label, less, more }: HeatmapProps) {
  const height = rows.length * ROW;
  return (
    <figure className="mt-5">
      <div className="flex">
        <svg className="w-9 shrink-0 sm:w-11" height={height} aria-hidden="true">
          {rows.map(({ key, name }, row) => (
            <text
              key={key}
              y={row * ROW + (ROW - GAP) / 2}
              dy="0.32em"
              className="fill-soft text-[0.6875rem]"
            >
              {name}
            </text>
          ))}
        </svg>
        <svg className="min-w-0 flex-1" height={height} role="img" aria-label={label}>
          {rows.map(({ key, cells }, row) => (
            <g key={key}>
              {cells.map((cell) => (
                <svg
                  key={cell.key}
                  x={percent(cell.hour / HOURS)}
                  y={row * ROW}
                  width={percent(1 / HOURS)}
                  height={ROW}
                  aria-hidden="true"
                >
                  <rect width="88%" height={ROW - GAP} rx="3" className={`heat-${cell.level}`}>
                    <title>{cell.title}</title>
                  </rect>
                </svg>
              ))}
            </g>
          ))}
        </svg>
      </div>
      <svg
        className="ml-9 h-5 w-[calc(100%-2.25rem)] overflow-visible sm:ml-11 sm:w-[calc(100%-2.75rem)]"
        aria-hidden="true"
      >
        {[0, 6, 12, 18].map((hour) => (
          <text
            key={hour}
            x={percent(hour / HOURS)}
            y="0.95rem"
            className="fill-soft text-[0.6875rem] tabular-nums"
          >
            {`${String(hour).padStart(2, "0")}:00`}
          </text>
        ))}
      </svg>
      <figcaption className="mt-3 flex items-center justify-end gap-1.5 text-soft text-xs">
        {less}
        <svg width={LEVELS.length * 14} height="11" aria-hidden="true">
          {LEVELS.map((level) => (
            <rect
              key={level}
              x={level * 14}
              width="11"
              height="11"
              rx="3"
              className={`heat-${level}`}
            />
          ))}
        </svg>
        {more}
      </figcaption>
    </figure>
  );
}
