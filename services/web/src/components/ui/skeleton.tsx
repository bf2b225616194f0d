import type { ReactNode } from "react";

/*
 * The outlines of what is being loaded: same sizes, so that nothing jumps.
 */

function Block({ className }: { className: string }) {
  return <div className={`rounded-md bg-line motion-safe:animate-pulse ${className}`} />;
}

/** Says once to screen readers that something is coming. */
export function Loading({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="status" className="space-y-4 sm:space-y-6">
      <span className="sr-only">{label}</span>
      {children}
    </div>
  );
}

export function TilesSkeleton() {
  return (
    <div className="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4">
      {["a", "b", "c", "d"].map((key) => (
        <div key={key} className="rounded-2xl border border-line bg-surface p-4 sm:p-5">
          <Block className="h-5 w-20" />
          <Block className="mt-3 h-8 w-24 sm:h-9" />
          <Block className="mt-4 h-5 w-28 max-w-full" />
        </div>
      ))}
    </div>
  );
}

export function ChartSkeleton({ height }: { height: "h-96" | "h-72" }) {
  return (
    <div className="rounded-2xl border border-line bg-surface p-4 sm:p-6">
      <Block className="h-6 w-56 max-w-full" />
      <Block className="mt-2 h-4 w-40" />
      <div className={`mt-6 rounded-lg bg-sunken ${height}`} />
    </div>
  );
}

export function ListSkeleton({ rows }: { rows: number }) {
  return (
    <div className="divide-y divide-line rounded-2xl border border-line bg-surface px-4 sm:px-6">
      {Array.from({ length: rows }, (_, index) => index).map((row) => (
        <div key={row} className="flex items-center gap-4 py-4">
          <Block className="size-9 shrink-0 rounded-full" />
          <div className="min-w-0 flex-1">
            <Block className="h-4 w-40 max-w-full" />
            <Block className="mt-2 h-3 w-64 max-w-full" />
          </div>
          <Block className="h-4 w-12 shrink-0" />
        </div>
      ))}
    </div>
  );
}
