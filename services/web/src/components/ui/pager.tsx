import Link from "next/link";

import { Icon } from "@/components/ui/icons";

interface PagerProps {
  readonly label: string;
  /** The way back to the start, where this is not it. */
  readonly start: { readonly href: string; readonly text: string } | undefined;
  readonly next: { readonly href: string; readonly text: string } | undefined;
}

const LINK =
  "inline-flex items-center gap-1.5 rounded-lg border border-line bg-surface px-3.5 py-2 font-medium text-sm shadow-card hover:bg-sunken";

/** The list is continued from a place in it, so there is a next page and a first one. */
export function Pager({ label, start, next }: PagerProps) {
  if (start === undefined && next === undefined) {
    return null;
  }
  return (
    <nav aria-label={label} className="mt-5 flex justify-between gap-4">
      {start === undefined ? (
        <span />
      ) : (
        <Link href={start.href} prefetch={false} className={LINK}>
          <Icon name="left" className="size-4 text-soft" />
          {start.text}
        </Link>
      )}
      {next === undefined ? null : (
        <Link href={next.href} prefetch={false} className={LINK}>
          {next.text}
          <Icon name="right" className="size-4 text-soft" />
        </Link>
      )}
    </nav>
  );
}
