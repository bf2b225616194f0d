"use client";

import type { ReactNode } from "react";

/*
 * Drawings are components of the browser for one reason: React sends a large page of
 * the server in pieces, and hides a piece inside a drawing with a style attribute,
 * which the Content-Security-Policy refuses. These arrive whole.
 */

export type IconName = keyof typeof SHAPES;

/** Drawn for a field of 20 by 20 with a stroke of 1.6. */
const SHAPES = {
  overview: <path d="M3 16.5h14M5.5 13.5V9M10 13.5v-9M14.5 13.5V7" />,
  dialogs: (
    <path d="M3.5 5.5a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9l-3.5 3v-3a2 2 0 0 1-2-2zM7 7.2h6M7 10h3.5" />
  ),
  users: (
    <path d="M7.7 9.3a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8zM2.5 16.5c0-2.9 2.3-4.7 5.2-4.7s5.2 1.8 5.2 4.7M13 3.9a2.7 2.7 0 0 1 0 5M14.8 12.2c1.7.6 2.7 2.1 2.7 4.3" />
  ),
  llm: (
    <path d="M10 2.8l1.5 4.1a2 2 0 0 0 1.2 1.2l4 1.5-4 1.5a2 2 0 0 0-1.2 1.2L10 16.4l-1.5-4.1a2 2 0 0 0-1.2-1.2l-4-1.5 4-1.5a2 2 0 0 0 1.2-1.2z" />
  ),
  status: <path d="M2.5 10.5h3.2l2.1-5.6 4 10.4 2.2-4.8h3.5" />,
  settings: (
    <path d="M3 6h8.2M15.2 6H17M3 14h1.8M8.8 14H17M13.2 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM6.8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4z" />
  ),
  exit: <path d="M8 3.5H5.5a2 2 0 0 0-2 2v9a2 2 0 0 0 2 2H8M13 6.5l3.5 3.5-3.5 3.5M16 10H8" />,
  left: <path d="M12 4.5L6.5 10l5.5 5.5" />,
  right: <path d="M8 4.5l5.5 5.5L8 15.5" />,
  close: <path d="M5 5l10 10M15 5L5 15" />,
  alert: <path d="M10 3.2l7.2 12.6H2.8zM10 8v3.6M10 13.6v.1" />,
  lock: (
    <path d="M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9M5.5 9h9a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1z" />
  ),
  quiet: (
    <path d="M2.5 12.5c1.3 0 1.3-1 2.5-1s1.2 1 2.5 1 1.2-1 2.5-1 1.2 1 2.5 1 1.2-1 2.5-1 1.2 1 2.5 1M2.5 16c1.3 0 1.3-1 2.5-1s1.2 1 2.5 1 1.2-1 2.5-1 1.2 1 2.5 1 1.2-1 2.5-1 1.2 1 2.5 1M9.5 3.5v5.7M9.5 3.5l4 4h-4" />
  ),
  up: <path d="M5 15L15 5M8 5h7v7" />,
  down: <path d="M5 5l10 10M15 8v7H8" />,
} satisfies Record<string, ReactNode>;

/** Beside words always: it says nothing by itself. */
export function Icon({ name, className }: { name: IconName; className: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      className={`shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {SHAPES[name]}
    </svg>
  );
}
