import Link from "next/link";

interface SegmentsProps {
  readonly label: string;
  readonly items: readonly { readonly key: string; readonly name: string; readonly href: string }[];
  readonly current: string;
}

/** A choice of few, each an address of its own. */
export function Segments({ label, items, current }: SegmentsProps) {
  return (
    <nav aria-label={label}>
      <ul className="flex rounded-xl border border-line bg-sunken p-1">
        {items.map(({ key, name, href }) => (
          <li key={key}>
            <Link
              href={href}
              prefetch={false}
              scroll={false}
              aria-current={key === current ? "page" : undefined}
              className="block rounded-lg px-3.5 py-1.5 font-medium text-sm text-soft hover:text-ink aria-[current=page]:bg-raised aria-[current=page]:text-ink aria-[current=page]:shadow-card motion-safe:transition-colors"
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
