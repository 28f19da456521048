import { PAGE_BYTES } from '../iommu/exposure';
import { Work } from '../iommu/work';
import type { Machine } from '../iommu/machine';
import type { Finding } from './result';
import type { OperationTable } from '../trace/operations';
import type { ViewChange } from './scenario';

const TITLES: Readonly<Record<ViewChange['to'], string>> = {
  off: 'translation off, all memory mapped',
  on: 'translation on, mappings replayed',
  swap: 'to another domain with the same mappings, which are replayed',
  attach: 'to another domain, whose mappings are replayed',
};

/** Number of the domain that is called so or that has a device called so; -1: there is none. */
export function domainCalled(name: string, { domains, devices }: OperationTable): number {
  const domain = domains.findIndex(candidate => candidate.name === name);
  return domain >= 0 ? domain : (devices.find(device => device.name === name)?.domain ?? -1);
}

/** The switches of view that a scenario asks for, and what each of them took. */
export class ViewSwitches {
  /** What they took, in words. */
  readonly findings: Finding[] = [];
  private done = 0;
  /** By domain of the machine: the one that its devices are attached to; empty while all are where they were recorded. */
  private attachedTo: Int32Array | undefined;
  /** Domain of each mapping made since devices were moved, plus one; 0: the recorded one. */
  private readonly madeIn: Int32Array;

  constructor(
    private readonly machine: Machine,
    private readonly switches: readonly ViewChange[],
    private readonly table: OperationTable,
    replicas: number,
  ) {
    const moves = switches.some(({ to }) => to === 'attach');
    this.madeIn = new Int32Array(moves ? table.mappings * replicas : 0);
  }

  /** The domain in which a map recorded in another one is made. */
  domainForMap(recorded: number, mapping: number): number {
    if (!this.attachedTo) return recorded;
    this.madeIn[mapping] = this.attachedTo[recorded] + 1;
    return this.attachedTo[recorded];
  }

  /** The domain in which a mapping was made. */
  domainOf(recorded: number, mapping: number): number {
    if (!this.attachedTo) return recorded;
    return this.madeIn[mapping] === 0 ? recorded : this.madeIn[mapping] - 1;
  }

  /** When the next one is due, ns; Infinity: there is none. */
  get next(): number {
    return this.switches.at(this.done)?.atNs ?? Infinity;
  }

  /**
   * Does the one that is due, in all domains.
   * @param work units by kind, as counted so far by the log
   */
  run(work: Float64Array): void {
    const change = this.switches[this.done++];
    const { atNs, to } = change;
    const { log, domains } = this.machine;
    const before = work.slice();
    const start = log.now();
    const changed = to === 'attach' ? this.attach(change) : domains.filter(domain => domain.switchView(to)).length;
    const count = (kind: Work): number => work[kind] - before[kind];
    const kib = (kind: Work): number => (count(kind) * PAGE_BYTES) / 1024;
    this.findings.push({
      severity: 'info',
      text:
        changed === 0
          ? `Switch at ${atNs / 1e6} ms (${change.domain ?? to}): nothing changes, the devices see that already or nobody maps memory for them.`
          : `Switch at ${atNs / 1e6} ms (${TITLES[to]}): ${count(Work.IoctlUnmap)} unmap ioctls release ` +
            `${kib(Work.PageUnpin)} KiB, ${count(Work.IoctlMap)} map ioctls lock ${kib(Work.PagePin)} KiB; ` +
            `≈ ${Math.round((log.now() - start) / 1000)} µs.`,
      operation: -1,
    });
  }
  /** Moves the devices of all other domains; returns how many domains lost theirs. */
  private attach({ domain: name }: ViewChange): number {
    const { domains } = this.machine;
    const to = domainCalled(name ?? '', this.table);
    if (to < 0) return 0;
    const attachedTo = (this.attachedTo ??= Int32Array.from(domains, (_, domain) => domain));
    let moved = 0;
    for (let domain = 0; domain < domains.length; domain++) {
      if (domain === to || !domains[domain].attachTo(domains[to])) continue;
      moved += 1;
      for (let i = 0; i < attachedTo.length; i++) if (attachedTo[i] === domain) attachedTo[i] = to;
    }
    return moved;
  }
}
