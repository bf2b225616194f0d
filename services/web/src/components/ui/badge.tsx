import type { ReactNode } from "react";

const TONES = {
  sea: "bg-sea-wash text-sea",
  up: "bg-up-wash text-up",
  down: "bg-down-wash text-down",
  buoy: "bg-buoy-wash text-buoy",
  soft: "bg-line/60 text-soft",
} as const;

export type BadgeTone = keyof typeof TONES;

export function Badge({ tone, children }: { tone: BadgeTone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 whitespace-nowrap rounded-full px-2 py-0.5 font-medium text-xs leading-5 ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}
