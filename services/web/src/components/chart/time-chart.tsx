"use client";

import { type PointerEvent, useState } from "react";

import { Bars, Lines, percent } from "@/components/chart/marks";
import type { Chart, Panel, Point, Tone } from "@/lib/chart";

/*
 * Places along the time axis are percentages and heights are pixels, so that
 * the server draws a chart that fits every width without a line of script.
 * The script adds only the reading under the pointer.
 */

const SWATCHES: Record<Tone, string> = {
  sea: "bg-sea",
  buoy: "bg-buoy",
  down: "bg-down",
  soft: "bg-soft",
};

interface TimeChartProps {
  readonly chart: Chart;
  /** The accessible names of the panels, in their order. */
  readonly labels: readonly string[];
}

export function TimeChart({ chart: { points, panels }, labels }: TimeChartProps) {
  const [hovered, setHovered] = useState<number | undefined>(undefined);

  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const index = Math.floor(((event.clientX - left) / width) * points.length);
    setHovered(Math.min(Math.max(index, 0), points.length - 1));
  };

  const point = hovered === undefined ? undefined : points[hovered];
  return (
    <figure className="relative mt-6">
      <div
        className="absolute inset-y-0 right-0 left-10 z-10 touch-pan-y sm:left-12"
        onPointerMove={follow}
        onPointerDown={follow}
        onPointerLeave={() => setHovered(undefined)}
      >
        {point !== undefined && hovered !== undefined ? (
          <Reading point={point} panels={panels} index={hovered} count={points.length} />
        ) : null}
      </div>
      {panels.map((panel, index) => (
        <Plot
          key={labels[index]}
          panel={panel}
          label={labels[index] ?? ""}
          points={points}
          hovered={hovered}
        />
      ))}
      <TimeAxis points={points} />
    </figure>
  );
}

interface PlotProps {
  readonly panel: Panel;
  readonly label: string;
  readonly points: readonly Point[];
  readonly hovered: number | undefined;
}

function Plot({ panel, label, points, hovered }: PlotProps) {
  const { height, series, ticks, kind } = panel;
  const ceiling = ticks.at(-1)?.value ?? 1;
  const y = (value: number) => height - (value / ceiling) * height;
  const Marks = kind === "bars" ? Bars : Lines;
  return (
    <div className="not-first:mt-6">
      <ul className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-soft text-xs">
        {series.map(({ name, tone }) => (
          <li key={name} className="flex items-center gap-2 font-medium">
            <span className={`size-2 rounded-full ${SWATCHES[tone]}`} />
            {name}
          </li>
        ))}
      </ul>
      <div className="flex">
        <svg className="w-10 shrink-0 overflow-visible sm:w-12" height={height} aria-hidden="true">
          {ticks.map(({ value, label: text }) => (
            <text
              key={value}
              y={y(value)}
              dy="0.32em"
              className="fill-soft text-[0.6875rem] tabular-nums"
            >
              {text}
            </text>
          ))}
        </svg>
        <svg
          className="min-w-0 flex-1"
          height={height}
          role="img"
          aria-label={label}
          overflow="visible"
        >
          {ticks.map(({ value }) => (
            <line
              key={value}
              x2="100%"
              y1={y(value)}
              y2={y(value)}
              className={value === 0 ? "stroke-soft/50" : "stroke-line"}
              shapeRendering="crispEdges"
            />
          ))}
          {hovered === undefined ? null : (
            <rect
              x={percent(hovered / points.length)}
              width={percent(1 / points.length)}
              height="100%"
              className="fill-ink/6"
            />
          )}
          <Marks panel={panel} points={points} hovered={hovered} />
        </svg>
      </div>
    </div>
  );
}

function TimeAxis({ points }: { points: readonly Point[] }) {
  // In a narrow band the last name, centred, would leave the panel.
  const crowded = points.length > 12;
  const last = points.length - 1;
  return (
    <svg
      className="ml-10 h-6 w-[calc(100%-2.5rem)] overflow-visible sm:ml-12 sm:w-[calc(100%-3rem)]"
      aria-hidden="true"
    >
      {points.map((point, index) => (
        <text
          key={point.key}
          x={percent(index === last && crowded ? 1 : (index + 0.5) / points.length)}
          y="1.25rem"
          textAnchor={index === last && crowded ? "end" : "middle"}
          className={`fill-soft text-[0.6875rem] tabular-nums ${point.narrow ? "" : "max-sm:hidden"} ${point.wide ? "" : "sm:hidden"}`}
        >
          {point.tick}
        </text>
      ))}
    </svg>
  );
}

interface ReadingProps {
  readonly point: Point;
  readonly panels: readonly Panel[];
  readonly index: number;
  readonly count: number;
}

/** The numbers of one bucket, on the side of it that has room. */
function Reading({ point, panels, index, count }: ReadingProps) {
  const share = (index + 0.5) / count;
  const place = share > 0.5 ? { right: percent(1 - share) } : { left: percent(share) };
  return (
    <div
      className={`pointer-events-none absolute top-6 ${share > 0.5 ? "mr-5" : "ml-5"} w-max max-w-64 rounded-xl border border-line bg-surface px-3.5 py-2.5 shadow-lg`}
      // Set by script in the browser, which the policy allows; never sent as an attribute.
      style={place}
    >
      <p className="font-semibold text-xs">{point.name}</p>
      <dl className="mt-1.5 grid grid-cols-[auto_auto] items-center gap-x-5 gap-y-1 text-xs tabular-nums">
        {panels
          .flatMap(({ series }) => series)
          .map(({ name, tone, texts }) => (
            <div key={name} className="contents">
              <dt className="flex items-center gap-2 text-soft">
                <span className={`size-2 shrink-0 rounded-full ${SWATCHES[tone]}`} />
                {name}
              </dt>
              <dd className="text-right font-medium">{texts[index]}</dd>
            </div>
          ))}
      </dl>
    </div>
  );
}
