"use client";

import { type PointerEvent, useState } from "react";

import type { Chart, Point } from "@/lib/chart";
import { formatCount, formatShort } from "@/lib/format";

/*
 * Places along the time axis are percentages and heights are pixels, so that
 * the server draws a chart that fits every width without a line of script.
 * The script adds only the reading under the pointer.
 */
const MESSAGES_HEIGHT = 208;
const USERS_HEIGHT = 80;
/** More dots than this hide the line that they sit on. */
const MOST_DOTS = 12;

export function ActivityChart({ chart }: { chart: Chart }) {
  const [hovered, setHovered] = useState<number | undefined>(undefined);
  const { points } = chart;

  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const index = Math.floor(((event.clientX - left) / width) * points.length);
    setHovered(Math.min(Math.max(index, 0), points.length - 1));
  };

  const point = hovered === undefined ? undefined : points[hovered];
  return (
    <figure className="relative mt-6">
      <div
        className="absolute inset-y-0 right-0 left-10 z-10 sm:left-12"
        onPointerMove={follow}
        onPointerDown={follow}
        onPointerLeave={() => setHovered(undefined)}
      >
        {point !== undefined && hovered !== undefined && (
          <Reading point={point} share={(hovered + 0.5) / points.length} />
        )}
      </div>
      <Panel name="Messages" ticks={chart.messageTicks} height={MESSAGES_HEIGHT} swatch="bg-sea">
        <Band points={points} hovered={hovered} />
        <Bars points={points} ceiling={chart.messageTicks.at(-1) ?? 1} hovered={hovered} />
      </Panel>
      <Panel name="Active users" ticks={chart.userTicks} height={USERS_HEIGHT} swatch="bg-buoy">
        <Band points={points} hovered={hovered} />
        <Line points={points} ceiling={chart.userTicks.at(-1) ?? 1} hovered={hovered} />
      </Panel>
      <TimeAxis points={points} />
    </figure>
  );
}

interface PanelProps {
  readonly name: string;
  readonly ticks: readonly number[];
  readonly height: number;
  readonly swatch: string;
  readonly children: React.ReactNode;
}

function Panel({ name, ticks, height, swatch, children }: PanelProps) {
  const ceiling = ticks.at(-1) ?? 1;
  const y = (value: number) => height - (value / ceiling) * height;
  return (
    <div className="not-first:mt-6">
      <p className="mb-3 flex items-center gap-2 font-medium text-xs">
        <span className={`size-2.5 rounded-xs ${swatch}`} />
        {name}
      </p>
      <div className="flex">
        <svg className="w-10 shrink-0 overflow-visible sm:w-12" height={height} aria-hidden="true">
          {ticks.map((tick) => (
            <text
              key={tick}
              y={y(tick)}
              dy="0.32em"
              className="fill-soft text-[0.6875rem] tabular-nums"
            >
              {formatShort(tick)}
            </text>
          ))}
        </svg>
        <svg
          className="min-w-0 flex-1"
          height={height}
          role="img"
          aria-label={`${name} over time; the table below has the numbers`}
          overflow="visible"
        >
          {ticks.map((tick) => (
            <line
              key={tick}
              x2="100%"
              y1={y(tick)}
              y2={y(tick)}
              className={tick === 0 ? "stroke-soft/50" : "stroke-line"}
              shapeRendering="crispEdges"
            />
          ))}
          {children}
        </svg>
      </div>
    </div>
  );
}

interface SeriesProps {
  readonly points: readonly Point[];
  readonly ceiling: number;
  readonly hovered: number | undefined;
}

/** The stripe behind the bucket under the pointer. */
function Band({ points, hovered }: Omit<SeriesProps, "ceiling">) {
  if (hovered === undefined) {
    return null;
  }
  return (
    <rect
      x={percent(hovered / points.length)}
      width={percent(1 / points.length)}
      height="100%"
      className="fill-ink/6"
    />
  );
}

function Bars({ points, ceiling, hovered }: SeriesProps) {
  return points.map((point, index) => {
    const height = (point.messages / ceiling) * MESSAGES_HEIGHT;
    return (
      // The nested viewport is the bucket's band: it cuts the bar's lower corners.
      <svg
        key={point.key}
        x={percent(index / points.length)}
        width={percent(1 / points.length)}
        height={MESSAGES_HEIGHT}
        aria-hidden="true"
      >
        <rect
          className={`bar motion-safe:transition-colors ${hovered === undefined || hovered === index ? "fill-sea" : "fill-sea-dim"}`}
          y={MESSAGES_HEIGHT - height}
          height={height === 0 ? 0 : height + 4}
          rx="3"
        />
      </svg>
    );
  });
}

function Line({ points, ceiling, hovered }: SeriesProps) {
  const x = (index: number) => percent((index + 0.5) / points.length);
  const y = (point: Point) => USERS_HEIGHT - (point.users / ceiling) * USERS_HEIGHT;
  return (
    <>
      {points.map((point, index) => {
        const next = points[index + 1];
        return (
          next && (
            <line
              key={point.key}
              x1={x(index)}
              y1={y(point)}
              x2={x(index + 1)}
              y2={y(next)}
              className="stroke-2 stroke-buoy"
              strokeLinecap="round"
            />
          )
        );
      })}
      {points.map((point, index) =>
        points.length <= MOST_DOTS || hovered === index ? (
          <circle
            key={point.key}
            cx={x(index)}
            cy={y(point)}
            r={hovered === index ? 5 : 4}
            className="fill-buoy stroke-2 stroke-surface"
          />
        ) : null,
      )}
    </>
  );
}

function TimeAxis({ points }: { points: readonly Point[] }) {
  // In a narrow band the last name, centred, would leave the panel.
  const crowded = points.length > MOST_DOTS;
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

/** The numbers of one bucket, on the side of it that has room. */
function Reading({ point, share }: { point: Point; share: number }) {
  const place = share > 0.5 ? { right: percent(1 - share) } : { left: percent(share) };
  return (
    <div
      className={`pointer-events-none absolute top-6 ${share > 0.5 ? "mr-6" : "ml-6"} w-max rounded-lg border border-line bg-surface px-3 py-2 shadow-lg`}
      // Set by script in the browser, which the policy allows; never sent as an attribute.
      style={place}
    >
      <p className="font-medium text-xs">{point.name}</p>
      <dl className="mt-1.5 grid grid-cols-[auto_auto] gap-x-4 gap-y-1 text-xs tabular-nums">
        <dt className="text-soft">Messages</dt>
        <dd className="text-right font-medium">{formatCount(point.messages)}</dd>
        <dt className="text-soft">Active users</dt>
        <dd className="text-right font-medium">{formatCount(point.users)}</dd>
      </dl>
    </div>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
