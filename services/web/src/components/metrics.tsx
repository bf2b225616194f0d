import { formatCount, formatPercent, formatShort } from "@/lib/format";
import type { Period } from "@/lib/period";
import type { Totals } from "@/lib/stats";
import { type Trend, trend } from "@/lib/trend";

const METRICS: readonly { readonly key: keyof Totals; readonly name: string }[] = [
  { key: "users", name: "Users" },
  { key: "active_users", name: "Active users" },
  { key: "dialogs", name: "Dialogs" },
  { key: "messages", name: "Messages" },
];

interface MetricsProps {
  readonly totals: Totals;
  readonly previous: Totals;
  readonly period: Period;
}

export function Metrics({ totals, previous, period }: MetricsProps) {
  return (
    <section aria-label="Totals">
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line lg:grid-cols-4">
        {METRICS.map(({ key, name }) => (
          <div key={key} className="bg-surface p-4 sm:p-6">
            <dt className="font-medium text-sm text-soft">{name}</dt>
            <dd className="mt-2 font-medium text-[1.75rem] tabular-nums leading-none tracking-[-0.04em] sm:mt-3 sm:text-[2.5rem]">
              {formatShort(totals[key])}
            </dd>
            <dd className="mt-3 text-soft text-xs leading-5 sm:mt-4 sm:text-sm">
              <TrendLine trend={trend(totals[key], previous[key])} />{" "}
              <span className="whitespace-nowrap">
                from {formatCount(previous[key])}
                <span className="sr-only"> the {period} before</span>
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function TrendLine({ trend }: { trend: Trend }) {
  switch (trend.direction) {
    case "flat":
      return <span className="font-medium">Unchanged</span>;
    case "new":
      return <span className="font-medium text-up">New</span>;
    case "up":
    case "down":
      return (
        <span
          className={`whitespace-nowrap font-medium ${trend.direction === "up" ? "text-up" : "text-down"}`}
        >
          <Arrow direction={trend.direction} />
          <span className="sr-only">{trend.direction} </span>
          {formatPercent(trend.percent)}
        </span>
      );
  }
}

function Arrow({ direction }: { direction: "up" | "down" }) {
  return (
    <svg
      viewBox="0 0 12 12"
      className={`mr-1 inline-block size-3 align-[-0.06em] ${direction === "down" ? "rotate-90" : ""}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M2.5 9.5l7-7M4 2.5h5.5v5.5" />
    </svg>
  );
}
