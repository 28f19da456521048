import { AccessOutcome, type DirtyTracking, type DomainMachine } from '../iommu/machine';
import type { ExposureResult } from './result';

interface Write {
  mapping: number;
  domain: number;
  /** First physical page of the buffer. */
  page: number;
  at: number;
  /** The unmap call had not returned yet. */
  duringCall: boolean;
}

/**
 * A device that goes on writing to a buffer after its driver gave it back: one write to its first page per unmap, a fixed
 * time after the page-table entry was cleared (where nothing is cleared: after the unmap returned).
 */
export class RogueWrites {
  readonly counts: NonNullable<ExposureResult['rogue']> = { injected: 0, blocked: 0, faulted: 0, staleHit: 0, hit: 0 };
  private readonly pending: Write[] = [];
  private head = 0;

  constructor(
    private readonly machines: readonly DomainMachine[],
    private readonly delayNs: number,
    private readonly dirty: DirtyTracking | undefined,
  ) {}

  /** The device will write to `mapping`, whose unmap began at `start` and has just returned, at `end`. */
  schedule(mapping: number, domain: number, page: number, start: number, end: number): void {
    const cleared = this.machines[domain].unmappedAt(mapping);
    const at = (cleared >= start ? cleared : end) + this.delayNs;
    const write = { mapping, domain, page, at, duringCall: at < end };
    if (write.duringCall) this.happen(write);
    else this.pending.push(write);
  }

  /** Writes due until `time` happen. */
  releaseUntil(time: number): void {
    while (this.head < this.pending.length && this.pending[this.head].at <= time)
      this.happen(this.pending[this.head++]);
  }

  private happen({ mapping, domain, page, at, duringCall }: Write): void {
    const machine = this.machines[domain];
    let outcome = machine.probe(mapping, at, true);
    if (outcome === AccessOutcome.StaleHit && this.dirty?.rules.writeProtects) outcome = AccessOutcome.Blocked;
    this.count(outcome);
    // Through a live mapping a write lands in memory whose dirtiness is tracked by that mapping.
    const open = outcome === AccessOutcome.Hit && machine.mappings.address[mapping] === page;
    if (open || outcome === AccessOutcome.StaleHit) this.dirty?.strayWrite(page, duringCall);
  }

  private count(outcome: AccessOutcome): void {
    this.counts.injected += 1;
    switch (outcome) {
      case AccessOutcome.Hit:
        this.counts.hit += 1;
        break;
      case AccessOutcome.StaleHit:
        this.counts.staleHit += 1;
        break;
      case AccessOutcome.Blocked:
        this.counts.blocked += 1;
        break;
      case AccessOutcome.Faulted:
        this.counts.faulted += 1;
        break;
    }
  }
}
