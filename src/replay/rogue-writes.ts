import { AccessOutcome, type DomainMachine } from '../iommu/machine';
import type { ExposureResult } from './result';

/** A device that goes on writing to a buffer after the driver unmapped it: one write per unmap, a fixed time later. */
export class RogueWrites {
  readonly counts: NonNullable<ExposureResult['rogue']> = { injected: 0, blocked: 0, faulted: 0, staleHit: 0, hit: 0 };
  private readonly mappings: number[] = [];
  private readonly domains: number[] = [];
  private readonly times: number[] = [];
  private head = 0;

  constructor(
    private readonly machines: readonly DomainMachine[],
    private readonly delayNs: number,
  ) {}

  /** The device will write to `mapping`, unmapped at `now`. */
  schedule(mapping: number, domain: number, now: number): void {
    this.mappings.push(mapping);
    this.domains.push(domain);
    this.times.push(now + this.delayNs);
  }

  /** Writes due until `time` happen. */
  releaseUntil(time: number): void {
    while (this.head < this.times.length && this.times[this.head] <= time) {
      const i = this.head++;
      this.note(this.machines[this.domains[i]].probe(this.mappings[i], this.times[i], true));
    }
  }

  private note(outcome: AccessOutcome): void {
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
