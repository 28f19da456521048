/** Long work in slices: the outside is heard between them, and told how far the work is. */
import { setImmediate } from 'node:timers/promises';
import type { CallOptions } from './api';

/** Between two looks at the outside: cancellation feels immediate, and the looks cost next to nothing. */
const BREATH_MS = 25;
/** Between two reports of progress. */
const REPORT_MS = 100;

export class Pacer {
  private breathedAt = performance.now();
  private reportedAt = -Infinity;

  /** `what`: the work being done, in a few words; may change as it goes on. */
  constructor(
    private readonly options: CallOptions,
    public what: string,
  ) {}

  /**
   * To be called often. Lets other calls in, reports progress (0..1) and stops when asked to.
   * @throws the signal's reason when the call was cancelled.
   */
  async step(fraction: number): Promise<void> {
    const now = performance.now();
    if (now - this.reportedAt >= REPORT_MS) {
      this.reportedAt = now;
      this.options.progress?.(fraction, this.what);
    }
    if (now - this.breathedAt >= BREATH_MS) {
      await setImmediate();
      this.breathedAt = performance.now();
    }
    this.options.signal?.throwIfAborted();
  }
}

/** Runs work that yields its fraction done to its end. `from` and `share`: where it stands in the whole. */
export async function drive<T>(steps: Generator<number, T>, pacer: Pacer, from = 0, share = 1): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pacer.step(from + step.value * share);
  }
}
