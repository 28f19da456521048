import { createMachine } from '../iommu/create-machine';
import type { DomainConfig, DomainMachine, Machine } from '../iommu/machine';
import { Work } from '../iommu/work';
import type { Policy, PolicyInstance } from '../policies/policy';
import { OpFlag, OpKind, type OperationTable } from '../trace/operations';
import { ClockedLog } from './clocked-log';
import { OperationCursor } from './cursor';
import { LockClocks } from './lock-clocks';
import { pricesOf, type Prices } from './pricing';
import { noteOpenWrites } from './open-writes';
import { RogueWrites } from './rogue-writes';
import type { Scenario } from './scenario';
import { layOutCpus, Schedule, type CpuLayout } from './schedule';
import { SeriesRecorder } from './series';
import { ViewSwitches } from './view-switches';

/** State of a mapping during a replay. */
enum MappingState {
  Absent,
  Live,
  /** The recorded kernel's map failed: there is nothing to unmap. */
  Failed,
  Ended,
}

/** Operations that the policy was not asked to do, by reason. */
export interface Skipped {
  failedMaps: number;
  endsWithoutMap: number;
  endedBefore: number;
  /** Maps ended at once because no event shows their end. */
  endsAssumed: number;
  /** Mappings made before the recording and put in place before the replay. */
  primed: number;
}

const PAGE = 4096;
const GIB_PAGES = 2 ** 30 / PAGE;
/** Operations between two looks at the outside world. */
const SLICE = 16384;
/** Timers that end the work of the trace are waited for after its last operation: a flush queue's 10 ms and two ticks of 4 ms. */
const TAIL_NS = 20e6;

/** One replay: operations through machine × policy × platform, with the clocks of its CPUs. */
export class Run {
  readonly log: ClockedLog;
  readonly machine: Machine;
  readonly instances: PolicyInstance[];
  readonly prices: Prices;
  readonly layout: CpuLayout;
  readonly series: SeriesRecorder;
  readonly skipped: Skipped = { failedMaps: 0, endsWithoutMap: 0, endedBefore: 0, endsAssumed: 0, primed: 0 };
  readonly rogue: RogueWrites | undefined;
  readonly switches: ViewSwitches;
  /** Modelled ns of each operation of the first copy. */
  readonly operationNs: Float32Array;
  /** Modelled ns of DMA calls and timers by CPU. */
  readonly busyNs: Float64Array;
  /** Closed-loop clock by CPU: think time as recorded, cost as modelled. */
  readonly closedNs: Float64Array;
  /** Streaming bytes mapped, by device. */
  readonly deviceBytes: Float64Array;
  /** Streaming maps, by device. */
  readonly deviceRequests: Float64Array;
  readonly ramPages: number;
  /** ns and work of the set-up, before the first operation. */
  setupNs = 0;
  setupWork: Float64Array = new Float64Array(0);
  /** Operations that the policy was asked to do. */
  operations = 0;
  /** Mappings that the policy was asked to make and to end, those made before the recording included. */
  readonly mappings = { made: 0, ended: 0 };
  /** Modelled ns of timers alone. */
  timerNs = 0;
  /** Modelled ns of switches of view alone. */
  switchNs = 0;

  private readonly schedule: Schedule;
  private readonly cursor: OperationCursor;
  private readonly states: Uint8Array;
  private readonly timers: Float64Array;
  private nextTimer = Infinity;
  private timerDomain = 0;
  private liveBytes = 0;

  constructor(
    readonly table: OperationTable,
    readonly scenario: Scenario,
    policy: Policy,
  ) {
    this.layout = layOutCpus(table, scenario.scaleCpus);
    const { cpus, replicas } = this.layout;
    this.prices = pricesOf(scenario.platform);
    this.log = new ClockedLog(this.prices);
    this.ramPages = topOfMemory(table);
    this.machine = createMachine(
      {
        cpus,
        traits: scenario.platform.machine,
        domains: domainConfigs(table),
        mappings: table.mappings * replicas,
        ramPages: this.ramPages,
        trackRogueWrites: scenario.rogueWriteAfterNs !== undefined,
        ...(scenario.dirtyTracking === 'none' ? {} : { dirty: scenario.dirtyTracking }),
      },
      this.log,
    );
    this.log.connect(new LockClocks(this.machine.locks, scenario.platform.contention ?? [], cpus));
    this.instances = this.machine.domains.map(domain => policy.create(domain, scenario.params));
    this.switches = new ViewSwitches(this.machine, scenario.switches ?? [], table, replicas);
    this.schedule = new Schedule(table, this.layout, scenario.loop);
    this.cursor = new OperationCursor(table, this.ramPages);
    this.states = new Uint8Array(table.mappings * replicas);
    this.timers = new Float64Array(this.machine.domains.length).fill(Infinity);
    this.series = new SeriesRecorder(this.machine.gauges, this.log.totals, spanOf(table), this.machine.dirty?.counts);
    this.operationNs = new Float32Array(table.count);
    this.busyNs = new Float64Array(cpus);
    this.closedNs = new Float64Array(cpus);
    this.deviceBytes = new Float64Array(table.devices.length);
    this.deviceRequests = new Float64Array(table.devices.length);
    if (scenario.rogueWriteAfterNs !== undefined) {
      this.rogue = new RogueWrites(this.machine.domains, scenario.rogueWriteAfterNs, this.machine.dirty);
    }
  }

  /** Replays, yielding the fraction done at times; to be run to its end once. */
  *steps(): Generator<number, void> {
    this.setUp();
    this.prime();
    const total = this.table.count * this.layout.replicas;
    let done = 0;
    while (this.schedule.next()) {
      if (this.switches.next <= Math.min(this.schedule.start, this.nextTimer)) {
        this.runSwitch();
        continue;
      }
      if (this.nextTimer <= this.schedule.start) {
        this.runTimer();
        continue;
      }
      this.runOperation();
      done += 1;
      if (done % SLICE === 0) yield done / total;
    }
    this.runOut();
  }

  /** Mappings that live now. */
  get live(): number {
    let live = 0;
    for (const state of this.states) if (state === (MappingState.Live as number)) live += 1;
    return live;
  }

  private setUp(): void {
    this.log.begin(0, 0, 0);
    for (const instance of this.instances) instance.setUp?.();
    this.setupNs = this.log.now();
    this.setupWork = this.log.work.slice();
    this.log.restart();
  }

  /** Mappings that were made before the recording began: in place at time 0, at nobody's cost. */
  private prime(): void {
    const { table } = this;
    this.machine.setCounting(false);
    this.log.begin(0, 0, 0);
    for (let replica = 0; replica < this.layout.replicas; replica++) {
      for (let row = 0; row < table.count; row++) {
        if (!(table.flags[row] & OpFlag.MappedBefore)) continue;
        const mapping = table.mapping[row] + replica * table.mappings;
        if (this.states[mapping] !== (MappingState.Absent as number)) continue;
        this.cursor.moveTo(
          row,
          this.layout.denseCpu[table.cpu[row] + 1] + replica * this.layout.cpusPerReplica,
          replica,
        );
        const domain = table.domain[row];
        this.instances[domain].map(this.cursor);
        if (this.machine.dirty) noteOpenWrites(this.machine.domains[domain], this.machine.dirty, this.cursor);
        this.states[mapping] = MappingState.Live;
        this.mappings.made += 1;
        this.liveBytes += table.size[row];
        this.schedule.prime(mapping);
        if (replica === 0) this.skipped.primed += 1;
      }
    }
    this.machine.setCounting(true);
    this.schedule.ready();
  }

  private runOperation(): void {
    const { schedule, table, log } = this;
    const { row, cpu, replica, start, think } = schedule;
    const mapping = table.mapping[row] + replica * table.mappings;
    this.rogue?.releaseUntil(start);
    let end = start;
    if (this.admits(row, mapping)) {
      const domain = isMap(table.kind[row])
        ? this.switches.domainForMap(table.domain[row], mapping)
        : this.switches.domainOf(table.domain[row], mapping);
      this.cursor.moveTo(row, cpu, replica);
      this.series.moveTo(start);
      log.begin(cpu, start, this.liveBytes);
      this.perform(row, mapping, domain);
      end = log.now();
      this.operations += 1;
      if (replica === 0) this.operationNs[row] = end - start;
      this.busyNs[cpu] += end - start;
      this.noteTimer(domain);
    }
    this.closedNs[cpu] += think + end - start;
    schedule.done(end);
  }

  /** Whether the policy is asked to do the operation; notes why not. */
  private admits(row: number, mapping: number): boolean {
    const { table, states, skipped } = this;
    if (isMap(table.kind[row])) {
      if (!(table.flags[row] & OpFlag.Failed)) return true;
      states[mapping] = MappingState.Failed;
      skipped.failedMaps += 1;
      return false;
    }
    const state: MappingState = states[mapping];
    if (state === MappingState.Live) return true;
    if (state === MappingState.Absent) skipped.endsWithoutMap += 1;
    if (state === MappingState.Ended) skipped.endedBefore += 1;
    return false;
  }

  private perform(row: number, mapping: number, domain: number): void {
    const { table, cursor } = this;
    const instance = this.instances[domain];
    switch (table.kind[row] as OpKind) {
      case OpKind.Map:
        this.deviceBytes[cursor.device] += cursor.size;
        this.deviceRequests[cursor.device] += 1;
        this.map(instance, mapping, domain);
        if (table.flags[row] & OpFlag.EndNotRecorded) {
          this.skipped.endsAssumed += 1;
          this.unmap(instance, mapping, domain);
        }
        break;
      case OpKind.Alloc:
        this.map(instance, mapping, domain);
        break;
      case OpKind.Unmap:
      case OpKind.Free:
        this.unmap(instance, mapping, domain);
        break;
      case OpKind.SyncForCpu:
        instance.syncForCpu?.(cursor);
        break;
      case OpKind.SyncForDevice:
        instance.syncForDevice?.(cursor);
        break;
    }
  }

  private map(instance: PolicyInstance, mapping: number, domain: number): void {
    this.log.add(Work.OperationBase, 1);
    instance.map(this.cursor);
    if (this.machine.dirty) noteOpenWrites(this.machine.domains[domain], this.machine.dirty, this.cursor);
    this.states[mapping] = MappingState.Live;
    this.mappings.made += 1;
    this.liveBytes += this.cursor.size;
  }

  private unmap(instance: PolicyInstance, mapping: number, domain: number): void {
    const start = this.log.now();
    this.log.add(Work.OperationBase, 1);
    instance.unmap(this.cursor);
    this.states[mapping] = MappingState.Ended;
    this.mappings.ended += 1;
    this.liveBytes -= this.cursor.size;
    this.rogue?.schedule(mapping, domain, Math.floor(this.cursor.segmentPhys(0) / PAGE), start, this.log.now());
  }

  private noteTimer(domain: number): void {
    const due = this.machine.domains[domain].nextTimer();
    if (due === this.timers[domain]) return;
    this.timers[domain] = due;
    this.findNextTimer();
  }

  private findNextTimer(): void {
    this.nextTimer = Infinity;
    for (let domain = 0; domain < this.timers.length; domain++) {
      if (this.timers[domain] < this.nextTimer) {
        this.nextTimer = this.timers[domain]!;
        this.timerDomain = domain;
      }
    }
  }

  /** Timers run in interrupt context on the CPU that armed them, as soon as it is out of the DMA call it is in. */
  private runTimer(): void {
    const domain: DomainMachine = this.machine.domains[this.timerDomain];
    const cpu = domain.timerCpu();
    const start = Math.max(this.nextTimer, this.schedule.freeAt[cpu]);
    this.rogue?.releaseUntil(this.nextTimer);
    this.series.moveTo(this.nextTimer);
    this.log.begin(cpu, start, this.liveBytes);
    domain.runTimers();
    const end = this.log.now();
    this.busyNs[cpu] += end - start;
    this.closedNs[cpu] += end - start;
    this.timerNs += end - start;
    this.schedule.occupy(cpu, end);
    this.noteTimer(this.timerDomain);
  }

  /** The first CPU attaches the devices elsewhere, when it is out of the DMA call it is in. */
  private runSwitch(): void {
    const at = this.switches.next;
    this.series.moveTo(at);
    this.log.begin(0, Math.max(at, this.schedule.freeAt[0]), this.liveBytes);
    const start = this.log.now();
    this.switches.run(this.log.work);
    const end = this.log.now();
    this.busyNs[0] += end - start;
    this.closedNs[0] += end - start;
    this.switchNs += end - start;
    this.schedule.occupy(0, end);
  }

  /** What the last operations left to timers. */
  private runOut(): void {
    const finish = this.schedule.freeAt.reduce((latest, time) => Math.max(latest, time), 0) + TAIL_NS;
    while (this.nextTimer <= finish) this.runTimer();
    this.rogue?.releaseUntil(finish);
  }
}

function isMap(kind: OpKind): boolean {
  return kind === OpKind.Map || kind === OpKind.Alloc;
}

function spanOf(table: OperationTable): number {
  return table.count > 0 ? table.time[table.count - 1] : 0;
}

/** The trace does not say how much memory there is: the highest address that it shows, rounded up to whole GiB. Pages. */
function topOfMemory(table: OperationTable): number {
  let top = 1;
  const { phys, size, count } = table.segments;
  for (let i = 0; i < count; i++) top = Math.max(top, phys[i] + size[i]);
  return Math.ceil(top / PAGE / GIB_PAGES) * GIB_PAGES;
}

function domainConfigs(table: OperationTable): DomainConfig[] {
  return table.domains.map((domain, index) => ({
    name: domain.name,
    devices: table.devices.flatMap((device, id) =>
      device.domain === index ? [{ id, name: device.name, ats: device.ats, untrusted: device.untrusted }] : [],
    ),
  }));
}
