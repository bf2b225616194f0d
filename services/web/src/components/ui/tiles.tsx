import { Icon } from "@/components/ui/icons";
import { trend } from "@/lib/trend";
import type { Visitor } from "@/server/visit";

export interface Tile {
  /** Names the number for tests in the browser: data-testid="total-messages". */
  readonly id: string;
  readonly name: string;
  readonly value: string;
  /** Under the number instead of the comparison. */
  readonly hint?: string | undefined;
  readonly compared?: {
    readonly now: number;
    readonly before: number;
    readonly beforeText: string;
    /** Whether more is good, bad or neither. */
    readonly more: "good" | "bad" | "neutral";
  };
}

interface TilesProps {
  readonly label: string;
  readonly tiles: readonly Tile[];
  readonly visitor: Visitor;
}

/** The period's numbers, each against the period before. */
export function Tiles({ label, tiles, visitor }: TilesProps) {
  return (
    <section aria-label={label}>
      <dl className="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4">
        {tiles.map((tile) => (
          <div
            key={tile.id}
            className="min-w-0 rounded-2xl border border-line bg-surface p-4 shadow-card sm:p-5"
          >
            <dt className="font-medium text-sm text-soft leading-5">{tile.name}</dt>
            <dd
              data-testid={tile.id}
              className="mt-2 font-semibold text-[1.625rem] tabular-nums leading-none tracking-[-0.035em] sm:text-[2.125rem]"
            >
              {tile.value}
            </dd>
            <dd className="mt-3 flex flex-wrap items-center gap-x-2 gap-y-1 text-soft text-xs sm:text-[0.8125rem]">
              <Comparison tile={tile} visitor={visitor} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const GOOD = { good: { up: true, down: false }, bad: { up: false, down: true } } as const;

function Comparison({ tile, visitor: { t, format } }: { tile: Tile; visitor: Visitor }) {
  const { compared } = tile;
  if (compared === undefined) {
    return <span>{tile.hint}</span>;
  }
  const change = trend(compared.now, compared.before);
  if (!("percent" in change)) {
    return (
      <span className="font-medium">
        {change.direction === "flat" ? t.trend.flat : t.trend.fresh}
      </span>
    );
  }
  const { direction, percent } = change;
  const tone = compared.more === "neutral" ? "text-ink" : toneOf(GOOD[compared.more][direction]);
  return (
    <>
      <span className={`inline-flex items-center gap-1 font-semibold tabular-nums ${tone}`}>
        <Icon name={direction} className="size-3" />
        <span className="sr-only">{t.trend[direction]}</span>
        {format.percent(percent)}
      </span>
      <span className="whitespace-nowrap tabular-nums">{t.trend.from(compared.beforeText)}</span>
    </>
  );
}

function toneOf(good: boolean): string {
  return good ? "text-up" : "text-down";
}
