import type { Work, WorkLog } from './work';

/** A log that can be closed: mappings made before the recording change the machine's state but are nobody's cost. */
export class GatedLog implements WorkLog {
  open = true;

  constructor(private readonly inner: WorkLog) {}

  add(work: Work, amount: number): void {
    if (this.open) this.inner.add(work, amount);
  }
  acquire(lock: number): void {
    if (this.open) this.inner.acquire(lock);
  }
  release(lock: number): void {
    if (this.open) this.inner.release(lock);
  }
  now(): number {
    return this.inner.now();
  }
  cpu(): number {
    return this.inner.cpu();
  }
}
