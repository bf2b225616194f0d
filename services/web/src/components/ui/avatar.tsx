const TONES = [
  "bg-sea-wash text-sea",
  "bg-buoy-wash text-buoy",
  "bg-up-wash text-up",
  "bg-down-wash text-down",
  "bg-line/70 text-soft",
] as const;

/** A user's first letter on a colour that stays theirs. */
export function Avatar({ id, name }: { id: number; name: string }) {
  return (
    <span
      className={`grid size-9 shrink-0 place-items-center rounded-full font-semibold text-sm uppercase ${TONES[id % TONES.length]}`}
      aria-hidden="true"
    >
      {name.slice(0, 1)}
    </span>
  );
}
