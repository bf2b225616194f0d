"use client";

// A drawing of the browser: see icons.tsx.

/** The mark of src/app/icon.svg, in the colours of the theme. */
export function Logo() {
  return (
    <svg viewBox="0 0 32 32" className="size-7" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="fill-sea" />
      <path
        d="M6 13.5h18.5c-.7 4-3.4 6.5-7.6 6.5H11c-2.8 0-4.5-2.3-5-6.5zM14 11.5V6l6 5.5z"
        className="fill-surface"
      />
      <path d="M6 25.5l20-3" className="stroke-surface" strokeWidth="2.5" strokeLinecap="round" />
    </svg>
  );
}
