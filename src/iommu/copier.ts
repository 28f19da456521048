import type { MachineContext } from './context';
import { Work } from './work';

/** Copies between buffers and bounce memory, counted by direction. */
export class Copier {
  constructor(private readonly context: MachineContext) {}

  /** Buffer to bounce memory. */
  toDevice(bytes: number): void {
    this.copy(bytes);
    this.context.counters.copiedToDeviceBytes += bytes;
  }

  /** Bounce memory to buffer. */
  fromDevice(bytes: number): void {
    this.copy(bytes);
    this.context.counters.copiedFromDeviceBytes += bytes;
  }

  zero(bytes: number): void {
    if (bytes > 0) this.context.log.add(Work.ZeroByte, bytes);
  }

  private copy(bytes: number): void {
    const { log, counters } = this.context;
    log.add(Work.CopyCall, 1);
    log.add(Work.CopyByte, bytes);
    counters.copies += 1;
    counters.copiedBytes += bytes;
  }
}
