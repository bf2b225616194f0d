import { ActivityCard } from "@/components/overview/activity-card";
import { HoursCard } from "@/components/overview/hours-card";
import { LlmCard, UsersCard } from "@/components/overview/side-cards";
import { Tiles } from "@/components/ui/tiles";
import { Unavailable } from "@/components/ui/unavailable";
import { fetchHours, fetchLlm, fetchStats, fetchTopUsers } from "@/lib/api";
import { formatIn } from "@/lib/format";
import type { Period } from "@/lib/period";
import { isQuiet } from "@/lib/stats";
import { attempt } from "@/server/attempt";
import type { Visit } from "@/server/visit";

const TOTALS = [
  ["messages", "messages"],
  ["active_users", "activeUsers"],
  ["dialogs", "dialogs"],
  ["users", "users"],
] as const;
const MOST_USERS = 5;

export async function Overview({ visit, period }: { visit: Visit; period: Period }) {
  const { caller, requestId, locale, t } = visit;
  const [stats, hours, users, llm] = await Promise.all([
    attempt("stats_failed", requestId, fetchStats(caller, period)),
    period === "week"
      ? attempt("activity_failed", requestId, fetchHours(caller, period))
      : undefined,
    attempt("users_failed", requestId, fetchTopUsers(caller, period, MOST_USERS)),
    attempt("llm_failed", requestId, fetchLlm(caller, period)),
  ]);
  if (!stats.ok) {
    return (
      <Unavailable kind={stats.kind} retry={`/?period=${period}`} requestId={requestId} t={t} />
    );
  }
  const { totals, previous, from, to, tz } = stats.value;
  // The report's own zone: the API may not know the visitor's.
  const format = formatIn(locale, tz);
  const visitor = { ...visit, format };
  const tiles = TOTALS.map(([key, name]) => ({
    id: `total-${key.replace("_", "-")}`,
    name: t.overview[name],
    value: format.short(totals[key]),
    compared: {
      now: totals[key],
      before: previous[key],
      beforeText: format.short(previous[key]),
      more: "good" as const,
    },
  }));
  const quiet = isQuiet(stats.value);
  return (
    <div className="space-y-4 sm:space-y-6">
      <p className="-mt-3 text-pretty text-sm text-soft sm:-mt-5">
        {t.period.compared(format.range(from, to, period), tz, t.period.before[period])}
      </p>
      <Tiles label={t.overview.totals} tiles={tiles} visitor={visitor} />
      <ActivityCard stats={stats.value} visitor={visitor} />
      {quiet ? null : (
        <div className="grid gap-4 sm:gap-6 xl:grid-cols-2">
          {hours?.ok === true ? <HoursCard hours={hours.value} visitor={visitor} /> : null}
          {users.ok ? <UsersCard report={users.value} visitor={visitor} /> : null}
          {llm.ok ? (
            <LlmCard report={llm.value} wide={hours?.ok === true} visitor={visitor} />
          ) : null}
        </div>
      )}
    </div>
  );
}
