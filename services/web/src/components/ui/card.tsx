import type { ReactNode } from "react";

interface CardProps {
  /** What the card answers, in a sentence. */
  readonly title: string;
  readonly text?: string | undefined;
  readonly action?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A part of a page: its title is the answer, its body the reason. */
export function Card({ title, text, action, className = "", children }: CardProps) {
  return (
    <section
      className={`min-w-0 rounded-2xl border border-line bg-surface p-4 shadow-card sm:p-6 ${className}`}
    >
      <div className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <h2 className="text-balance font-semibold text-lg leading-snug tracking-[-0.015em]">
            {title}
          </h2>
          {text === undefined ? null : <p className="mt-1 text-pretty text-sm text-soft">{text}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}
