import type { ReactNode } from "react";

import { ShareBar } from "@/components/chart/share-bar";
import type { Tone } from "@/lib/chart";

export interface ShareRow {
  readonly key: string;
  readonly name: ReactNode;
  readonly value: string;
  readonly amount: number;
}

/** Rows by size, each with a bar against the largest. */
export function ShareList({ rows, tone }: { rows: readonly ShareRow[]; tone: Tone }) {
  const largest = Math.max(1, ...rows.map(({ amount }) => amount));
  return (
    <ul className="mt-5 space-y-3.5">
      {rows.map(({ key, name, value, amount }) => (
        <li key={key}>
          <div className="flex items-baseline justify-between gap-4 text-sm">
            <span className="min-w-0 truncate font-medium">{name}</span>
            <span className="shrink-0 text-soft tabular-nums">{value}</span>
          </div>
          <ShareBar share={amount / largest} tone={tone} />
        </li>
      ))}
    </ul>
  );
}
