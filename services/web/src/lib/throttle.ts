/** How many wrong attempts are let through in a window of time. */
export interface Limits {
  readonly perAddress: number;
  /** Addresses can be made up or be many; this bounds guessing all the same. */
  readonly overall: number;
  readonly windowMs: number;
}

interface Attempt {
  readonly address: string;
  readonly time: number;
}

/** Counts wrong passwords in this process; its memory is bounded by the overall limit. */
export class Throttle {
  private attempts: readonly Attempt[] = [];

  constructor(private readonly limits: Limits) {}

  /** Whole seconds to wait before the next attempt from this address; 0 when it may come now. */
  wait(address: string, now: number): number {
    this.forget(now);
    const { perAddress, overall } = this.limits;
    const own = this.attempts.filter((attempt) => attempt.address === address);
    return Math.max(
      this.untilBelow(own, perAddress, now),
      this.untilBelow(this.attempts, overall, now),
    );
  }

  failed(address: string, now: number): void {
    this.forget(now);
    this.attempts = [...this.attempts, { address, time: now }];
  }

  succeeded(address: string): void {
    this.attempts = this.attempts.filter((attempt) => attempt.address !== address);
  }

  private forget(now: number): void {
    this.attempts = this.attempts.filter(({ time }) => now - time < this.limits.windowMs);
  }

  private untilBelow(attempts: readonly Attempt[], limit: number, now: number): number {
    const oldest = attempts.at(-limit);
    return oldest === undefined ? 0 : Math.ceil((oldest.time + this.limits.windowMs - now) / 1000);
  }
}
