import type { ReactNode } from "react";

import { Icon, type IconName } from "@/components/ui/icons";

interface NoticeProps {
  /** h1 where the notice is the whole page. */
  readonly heading: "h1" | "h2";
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** What a page says when it has nothing else to show. */
export function Notice({ heading: Heading, icon, title, children, action }: NoticeProps) {
  return (
    <section className="flex flex-col items-center rounded-2xl border border-line bg-surface px-5 py-14 text-center shadow-card sm:px-6 sm:py-20">
      <span className="grid size-11 place-items-center rounded-full bg-sunken text-soft">
        <Icon name={icon} className="size-5" />
      </span>
      <Heading className="mt-4 text-balance font-semibold text-xl tracking-[-0.02em]">
        {title}
      </Heading>
      <div className="mt-1.5 max-w-md text-pretty text-sm text-soft leading-6">{children}</div>
      {action === undefined ? null : (
        <div className="mt-6 inline-flex overflow-hidden rounded-lg bg-ink font-medium text-canvas text-sm hover:opacity-90">
          {action}
        </div>
      )}
    </section>
  );
}
