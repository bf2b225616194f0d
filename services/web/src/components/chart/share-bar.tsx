"use client";

// A drawing of the browser: see ui/icons.tsx.

import { FILLS, percent } from "@/components/chart/marks";
import type { Tone } from "@/lib/chart";

/** A part of a whole, from 0 to 1. */
export function ShareBar({ share, tone }: { share: number; tone: Tone }) {
  return (
    <svg className="mt-1.5 h-1.5 w-full" aria-hidden="true">
      <rect width="100%" height="100%" rx="3" className="fill-line/70" />
      <rect width={percent(share)} height="100%" rx="3" className={FILLS[tone]} />
    </svg>
  );
}
