import { PAGE_BYTES } from '../iommu/exposure';
import { Work } from '../iommu/work';
import type { Machine } from '../iommu/machine';
import type { Finding } from './result';
import type { ViewChange } from './scenario';

const TITLES: Readonly<Record<ViewChange['to'], string>> = {
  off: 'translation off, all memory mapped',
  on: 'translation on, mappings replayed',
  swap: 'to another domain, mappings replayed',
};

/** The switches of view that a scenario asks for, and what each of them took. */
export class ViewSwitches {
  /** What they took, in words. */
  readonly findings: Finding[] = [];
  private done = 0;

  constructor(
    private readonly machine: Machine,
    private readonly switches: readonly ViewChange[],
  ) {}

  /** When the next one is due, ns; Infinity: there is none. */
  get next(): number {
    return this.switches.at(this.done)?.atNs ?? Infinity;
  }

  /**
   * Does the one that is due, in all domains.
   * @param work units by kind, as counted so far by the log
   */
  run(work: Float64Array): void {
    const { atNs, to } = this.switches[this.done++];
    const { log, domains } = this.machine;
    const before = work.slice();
    const start = log.now();
    const changed = domains.filter(domain => domain.switchView(to)).length;
    const count = (kind: Work): number => work[kind] - before[kind];
    const kib = (kind: Work): number => (count(kind) * PAGE_BYTES) / 1024;
    this.findings.push({
      severity: 'info',
      text:
        changed === 0
          ? `Switch at ${atNs / 1e6} ms (${to}): nothing changes, the devices see that already or nobody maps memory for them.`
          : `Switch at ${atNs / 1e6} ms (${TITLES[to]}): ${count(Work.IoctlUnmap)} unmap ioctls release ` +
            `${kib(Work.PageUnpin)} KiB, ${count(Work.IoctlMap)} map ioctls lock ${kib(Work.PagePin)} KiB; ` +
            `≈ ${Math.round((log.now() - start) / 1000)} µs.`,
      operation: -1,
    });
  }
}
