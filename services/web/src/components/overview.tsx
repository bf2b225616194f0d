import { headers } from "next/headers";

import { Activity } from "@/components/activity";
import { Metrics } from "@/components/metrics";
import { Unavailable } from "@/components/unavailable";
import { fetchStats } from "@/lib/api";
import { WebError } from "@/lib/errors";
import { formatRange } from "@/lib/format";
import { log } from "@/lib/log";
import type { Period } from "@/lib/period";
import { readSettings } from "@/lib/settings";
import type { Stats } from "@/lib/stats";

export async function Overview({ period }: { period: Period }) {
  const requestId = (await headers()).get("x-request-id") ?? crypto.randomUUID();
  let stats: Stats;
  try {
    stats = await fetchStats(readSettings(process.env), period, requestId);
  } catch (error) {
    if (!(error instanceof WebError)) {
      throw error;
    }
    log("error", "stats_failed", {
      request_id: requestId,
      kind: error.kind,
      reason: error.message,
    });
    return <Unavailable kind={error.kind} period={period} requestId={requestId} />;
  }
  return (
    <div className="space-y-4 sm:space-y-6">
      <p className="text-pretty text-sm text-soft">
        {formatRange(stats.from, stats.to, period, stats.tz)}, {stats.tz}, compared with the{" "}
        {period} before
      </p>
      <Metrics totals={stats.totals} previous={stats.previous} period={period} />
      <Activity stats={stats} />
    </div>
  );
}
