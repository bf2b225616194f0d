import { PartCard } from "@/components/status/part-card";
import { Refresh } from "@/components/status/refresh";
import { Icon } from "@/components/ui/icons";
import { readRelease } from "@/lib/release";
import { isMixed, readParts, troubled } from "@/lib/status";
import type { Visit } from "@/server/visit";

const REFRESH_SECONDS = 10;

export async function Status({ visit }: { visit: Visit }) {
  const { t, format, settings } = visit;
  const parts = await readParts(settings, readRelease(process.env));
  const trouble = troubled(parts);
  const well = trouble.length === 0;
  return (
    <div className="space-y-4 sm:space-y-6">
      <section
        className={`flex flex-wrap items-center justify-between gap-x-6 gap-y-4 rounded-2xl border border-line p-4 sm:p-6 ${well ? "bg-up-wash" : "bg-down-wash"}`}
      >
        <div className="flex items-center gap-3.5">
          <span
            className={`grid size-10 shrink-0 place-items-center rounded-full bg-surface ${well ? "text-up" : "text-down"}`}
          >
            <Icon name={well ? "status" : "alert"} className="size-5" />
          </span>
          <div>
            <h2 className="font-semibold text-lg tracking-[-0.015em]" aria-live="polite">
              {well
                ? t.status.allReady
                : t.status.troubled(trouble.length, format.count(trouble.length))}
            </h2>
            <p className="text-pretty text-sm tabular-nums">
              {t.status.text(format.clock(new Date()))}
            </p>
          </div>
        </div>
        <a
          href="/status"
          className="rounded-lg border border-line bg-surface px-3.5 py-2 font-medium text-sm hover:bg-sunken"
        >
          {t.status.again}
        </a>
      </section>
      <ul aria-label={t.status.parts} className="grid gap-4 sm:grid-cols-2 sm:gap-6">
        {parts.map((part) => (
          <PartCard key={part.name} part={part} visitor={visit} />
        ))}
      </ul>
      {isMixed(parts) ? (
        <p className="flex items-start gap-2.5 rounded-2xl border border-line bg-buoy-wash p-4 text-sm">
          <Icon name="alert" className="mt-0.5 size-4 text-buoy" />
          <span>
            <strong className="font-semibold">{t.status.versionsDiffer}.</strong>{" "}
            {t.status.versionsDifferText}
          </span>
        </p>
      ) : null}
      <Refresh seconds={REFRESH_SECONDS} />
    </div>
  );
}
