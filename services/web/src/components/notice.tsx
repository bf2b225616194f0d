import type { ReactNode } from "react";

interface NoticeProps {
  /** h1 where the notice is the whole page. */
  readonly heading: "h1" | "h2";
  readonly title: string;
  readonly children: ReactNode;
  readonly action: ReactNode;
}

/** A page's message when it has nothing else to show. */
export function Notice({ heading: Heading, title, children, action }: NoticeProps) {
  return (
    <section className="rounded-xl border border-line bg-surface px-4 py-14 text-center sm:px-6 sm:py-24">
      <Heading className="font-semibold text-xl tracking-tight">{title}</Heading>
      <div className="mx-auto mt-2 max-w-md text-pretty text-sm text-soft leading-6">
        {children}
      </div>
      <div className="mt-6 inline-flex rounded-lg bg-ink font-medium text-canvas text-sm hover:opacity-90">
        {action}
      </div>
    </section>
  );
}
