/** Values of an axis that starts at zero, ends at or above `max` and has round steps. */
export function axisTicks(max: number, steps: number): readonly number[] {
  const step = roundStep(Math.max(max, 1) / steps);
  const count = Math.max(1, Math.ceil(max / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is at least `size`, and whole. */
function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= size) ?? 10;
  return Math.max(1, Math.ceil(step * power));
}

/** Every how many of `count` labels to show so that at most `room` are shown. */
export function labelEvery(count: number, room: number): number {
  return Math.max(1, Math.ceil(count / room));
}
