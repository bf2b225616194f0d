import type { ReactNode } from "react";

interface PageHeaderProps {
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}

/** The page's name, what it is about, and what can be chosen on it. */
export function PageHeader({ title, text, children }: PageHeaderProps) {
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-4 sm:mb-7">
      <div className="min-w-0">
        <h1 className="font-semibold text-[1.75rem] leading-tight tracking-[-0.03em] sm:text-4xl">
          {title}
        </h1>
        {text === undefined ? null : (
          <p className="mt-1.5 max-w-2xl text-pretty text-sm text-soft">{text}</p>
        )}
      </div>
      {children}
    </header>
  );
}
