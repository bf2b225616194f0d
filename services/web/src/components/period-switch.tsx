import Link from "next/link";

import { PERIODS, type Period } from "@/lib/period";

const NAMES: Record<Period, string> = { day: "Day", week: "Week", month: "Month" };

export function PeriodSwitch({ current }: { current: Period }) {
  return (
    <nav aria-label="Period">
      <ul className="flex rounded-lg border border-line bg-surface p-1">
        {PERIODS.map((period) => (
          <li key={period}>
            <Link
              href={`/?period=${period}`}
              prefetch={false}
              scroll={false}
              aria-current={period === current ? "page" : undefined}
              className="block rounded-md px-3 py-1.5 sm:px-4 font-medium text-sm text-soft motion-safe:transition-colors hover:text-ink aria-[current=page]:bg-sea-wash aria-[current=page]:text-sea"
            >
              {NAMES[period]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
