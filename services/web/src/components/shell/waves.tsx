"use client";

// A drawing of the browser: see ui/icons.tsx.

/** A quiet sea at the foot of the page. */
export function Waves() {
  return (
    <svg
      viewBox="0 0 1440 320"
      preserveAspectRatio="none"
      className="absolute inset-x-0 bottom-0 h-2/5 w-full"
      aria-hidden="true"
    >
      <path
        d="M0 120C240 60 420 60 720 120s480 60 720 0v200H0z"
        className="fill-sea-wash opacity-50"
      />
      <path d="M0 190C260 250 460 250 720 190s460-60 720 0v130H0z" className="fill-sea-wash" />
    </svg>
  );
}
