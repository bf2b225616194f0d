const CARDS = ["users", "active users", "dialogs", "messages"];

/** The page's outline while the API is asked: same sizes, so that nothing jumps. */
export function OverviewSkeleton() {
  return (
    <div role="status" className="space-y-4 sm:space-y-6">
      <span className="sr-only">Loading</span>
      <div className="h-5 w-64 motion-safe:animate-pulse rounded bg-line" />
      <div className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line lg:grid-cols-4">
        {CARDS.map((card) => (
          <div key={card} className="bg-surface p-4 sm:p-6">
            <div className="h-5 w-20 motion-safe:animate-pulse rounded bg-line" />
            <div className="mt-2 h-7 w-28 motion-safe:animate-pulse rounded bg-line sm:mt-3 sm:h-10" />
            <div className="mt-3 h-5 w-24 motion-safe:animate-pulse rounded bg-line sm:mt-4" />
          </div>
        ))}
      </div>
      <div className="h-[30rem] motion-safe:animate-pulse rounded-xl border border-line bg-surface" />
    </div>
  );
}
