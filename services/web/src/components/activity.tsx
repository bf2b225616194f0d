import Link from "next/link";

import { ActivityChart } from "@/components/activity-chart";
import { buildChart, type Chart } from "@/lib/chart";
import { formatCount } from "@/lib/format";
import { isQuiet, type Stats } from "@/lib/stats";

export function Activity({ stats }: { stats: Stats }) {
  const chart = buildChart(stats);
  return (
    <section aria-label="Activity" className="rounded-xl border border-line bg-surface p-4 sm:p-6">
      <h2 className="font-semibold text-lg tracking-tight">Activity</h2>
      {isQuiet(stats) ? (
        <Quiet stats={stats} />
      ) : (
        <>
          {chart.busiest !== undefined && (
            <p className="mt-1 text-sm text-soft">
              Busiest: {chart.busiest.name} with {formatCount(chart.busiest.messages)} messages
            </p>
          )}
          <ActivityChart chart={chart} />
          <Numbers chart={chart} />
        </>
      )}
    </section>
  );
}

function Quiet({ stats }: { stats: Stats }) {
  return (
    <div className="py-14 text-center sm:py-20">
      <p className="font-medium">No messages in this period</p>
      <p className="mx-auto mt-1 max-w-sm text-sm text-soft">
        The chart fills as soon as someone writes to the bot.
      </p>
      {stats.period !== "month" && (
        <Link
          href="/?period=month"
          prefetch={false}
          className="mt-4 inline-block font-medium text-sea text-sm underline underline-offset-4"
        >
          Look at the month
        </Link>
      )}
    </div>
  );
}

/** The chart's text alternative, and the numbers for anyone who wants them. */
function Numbers({ chart }: { chart: Chart }) {
  return (
    <details className="group mt-5 border-line border-t pt-4">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1.5 font-medium text-sea text-sm [&::-webkit-details-marker]:hidden">
        <svg
          viewBox="0 0 12 12"
          className="size-3 motion-safe:transition-transform group-open:rotate-90"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.75"
          strokeLinecap="round"
          strokeLinejoin="round"
          aria-hidden="true"
        >
          <path d="M4.5 2.5L8 6l-3.5 3.5" />
        </svg>
        Show as a table
      </summary>
      <div className="mt-4">
        <table className="w-full max-w-lg text-left text-sm tabular-nums">
          <caption className="sr-only">Messages and active users over time</caption>
          <thead className="text-soft">
            <tr>
              <th scope="col" className="py-2 pr-4 font-medium">
                Time
              </th>
              <th scope="col" className="py-2 pr-4 text-right font-medium">
                Messages
              </th>
              <th scope="col" className="py-2 pr-4 text-right font-medium">
                Active users
              </th>
            </tr>
          </thead>
          <tbody>
            {chart.points.map((point) => (
              <tr key={point.key} className="border-line border-t">
                <th scope="row" className="py-1.5 pr-4 font-normal">
                  {point.name}
                </th>
                <td className="py-1.5 pr-4 text-right">{formatCount(point.messages)}</td>
                <td className="py-1.5 pr-4 text-right">{formatCount(point.users)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
