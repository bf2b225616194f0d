import { Badge, type BadgeTone } from "@/components/ui/badge";
import type { Part } from "@/lib/status";
import type { Messages } from "@/messages";
import type { Visitor } from "@/server/visit";

const TONES: Record<Part["health"], BadgeTone> = {
  ready: "up",
  "not-ready": "down",
  unreachable: "down",
  unknown: "buoy",
  unwatched: "soft",
};

/** One part of the application, with what it says about itself. */
export function PartCard({ part, visitor: { t, format } }: { part: Part; visitor: Visitor }) {
  const { name, health, failed, tookMs, release } = part;
  const named = (text?: string) => (text === "unknown" ? t.common.unknown : text);
  const facts = [
    [t.status.version, named(release?.version)],
    [t.status.commit, named(release?.commit.slice(0, 12))],
    [t.status.took, tookMs === undefined ? undefined : format.duration(tookMs)],
  ] as const;
  const told = facts.filter(([, value]) => value !== undefined);
  return (
    <li
      data-testid={`status-${name}`}
      className={`rounded-2xl border bg-surface p-4 shadow-card sm:p-6 ${TONES[health] === "down" ? "border-down/50" : "border-line"}`}
    >
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h3 className="font-semibold leading-6 tracking-[-0.01em]">{t.status[name]}</h3>
          <p className="text-sm text-soft">{t.status.about[name]}</p>
        </div>
        <Badge tone={TONES[health]}>
          <span className="size-1.5 rounded-full bg-current" />
          {t.status.health[health]}
        </Badge>
      </div>
      {failed.length === 0 ? null : (
        <p className="mt-4 font-medium text-down text-sm">
          {t.status.failed(failed.map((dependency) => dependencyName(dependency, t)).join(", "))}
        </p>
      )}
      {health === "unwatched" ? (
        <p className="mt-4 text-sm text-soft">{t.status.unwatchedText}</p>
      ) : null}
      {told.length === 0 ? null : (
        <dl className="mt-5 flex flex-wrap gap-x-8 gap-y-3 border-line border-t pt-4 text-sm">
          {told.map(([label, value]) => (
            <div key={label} className="min-w-0">
              <dt className="text-soft text-xs">{label}</dt>
              <dd className="mt-0.5 break-all font-medium tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

function dependencyName(name: string, t: Messages): string {
  return name === "database" || name === "telegram" || name === "api" ? t.status[name] : name;
}
