import { BOUNCE_PAGES, DOMAIN_PAGES, UNKNOWN_PAGES } from './address-map';
import type { DmaBuffer } from './buffer';
import { runsOf } from './buffer-runs';
import type { MachineContext } from './context';
import { Copier } from './copier';
import type { DirtyTracking } from './dirty/dirty-tracking';
import { createHardware, type SharedHardware } from './hardware/create';
import type { Hardware, HardwareSite } from './hardware/hardware';
import { FlushQueue } from './flush-queue';
import { Access, PAGE_BYTES, type Exposure } from './exposure';
import type { Failure } from './failures';
import type { GatedLog } from './gated-log';
import { IovaAllocator } from './iova-allocator';
import { LiveMappings } from './live-mappings';
import { type MappingTable, NO_ADDRESS } from './mapping-table';
import { PageTable } from './page-table';
import { PasidTable } from './pasid-table';
import { NO_RUN, RunPool } from './run-pool';
import { SharedMappings } from './shared-mappings';
import { StaleWindows, WindowHistory } from './stale-windows';
import type { Swiotlb } from './swiotlb';
import { Timers } from './timers';
import type { VfioContainer } from './vfio-container';
import { attachContainer, switchContainer, type DomainView } from './domain-view';
import type { DomainConfig } from './machine';
import { AccessOutcome } from './access-outcome';

/**
 * One IOMMU domain at work: its IOVA space, page table, hardware and flush queue, and what its devices can reach.
 * IOVA and physical addresses are 4 KiB page numbers.
 */
export class DomainMachine {
  readonly name: string;
  readonly devices: DomainConfig['devices'];
  readonly log: GatedLog;
  readonly mappings: MappingTable;
  readonly swiotlb: Swiotlb;
  readonly exposure: Exposure;
  readonly copier: Copier;
  readonly timers = new Timers();
  readonly iova: IovaAllocator;
  readonly pageTable: PageTable;
  readonly flushQueue: FlushQueue;
  readonly pasids: PasidTable;
  /** Mappings at kernel virtual addresses. */
  readonly shared: SharedMappings;
  /** Behind the domain in a virtual machine; undefined on bare metal. */
  readonly container: VfioContainer | undefined;
  private readonly runs = new RunPool();
  private readonly live: LiveMappings;
  private readonly stale: StaleWindows;
  private readonly history: WindowHistory | undefined;
  private readonly hardware: Hardware;
  private openAccess = 0;
  private identity = { leafPages: 1, tag: 0 };

  /** Ranges that a pool set aside, and live mappings in them. */
  readonly pooled = { ranges: 0, mappings: 0 };

  constructor(
    readonly context: MachineContext,
    readonly index: number,
    config: DomainConfig,
    exposure: Exposure,
    shared: SharedHardware,
  ) {
    this.name = config.name;
    this.devices = config.devices;
    this.log = context.log;
    this.mappings = context.mappings;
    this.swiotlb = context.swiotlb;
    this.exposure = exposure;
    this.copier = new Copier(context);
    this.live = new LiveMappings(this.runs);
    this.history = context.trackRogueWrites ? new WindowHistory() : undefined;
    this.stale = new StaleWindows(context.stale, context.gauges, exposure, this.runs, this.history);
    const { kind } = context.traits;
    this.iova = new IovaAllocator(context, index, this.timers, {
      limit: DOMAIN_PAGES,
      start: 1,
      below4GFirst: true,
      msiWindow: kind !== 'smmuv3',
    });
    this.pageTable = new PageTable(context);
    const site: HardwareSite = {
      context,
      domain: index,
      devices: config.devices.length,
      atsDevices: config.devices.filter(device => device.ats).length,
      pasids: 0,
      runs: this.runs,
      pageTable: this.pageTable,
    };
    this.pasids = new PasidTable(site);
    const parts = createHardware(site, config.name, shared, (iovaPage, pages) => {
      this.invalidated(iovaPage, pages);
    });
    this.hardware = parts.hardware;
    this.container = parts.container;
    this.shared = new SharedMappings({
      log: this.log,
      runs: this.runs,
      pageTable: this.pageTable,
      exposure,
      stale: this.stale,
      hardware: this.hardware,
      dirty: context.dirty,
      touch: (page, pages) => {
        this.touch(page, pages);
      },
    });
    this.flushQueue = new FlushQueue(context, index, this.iova, this.timers, () => {
      this.invalidateAll();
    });
    if (context.dirty?.rules.readsAtIntervals) this.readDirtyAtIntervals(context.dirty);
  }

  /** Whether the kernel lets this domain defer invalidations. */
  get deferredFlush(): boolean {
    return this.context.traits.deferredFlush;
  }

  /**
   * Maps a buffer at an IOVA range of `buffer.pages`: each physically contiguous run by one iommu_map, then one
   * iotlb_sync_map for all.
   *
   * Kernel: iommu_map, iommu_map_sg (drivers/iommu/iommu.c).
   */
  map(iovaPage: number, buffer: DmaBuffer): void {
    const elsewhere = UNKNOWN_PAGES + this.index * DOMAIN_PAGES + iovaPage;
    this.mapRuns(iovaPage, buffer.pages, runsOf(buffer, iovaPage, this.runs, elsewhere));
  }

  /**
   * Maps memory of the kernel's own (bounce pages): one contiguous run, no other data in it.
   * @param physPage its first page
   */
  mapPages(iovaPage: number, physPage: number, pages: number, access: number): void {
    this.mapRuns(iovaPage, pages, this.runs.create(iovaPage, physPage, pages, 0, pages * PAGE_BYTES, access));
  }

  /** As `mapPages`, where no two of the pages are neighbours: they are taken as every second one from `physPage` on. */
  mapScattered(iovaPage: number, physPage: number, pages: number, access: number): void {
    const { runs } = this;
    let head = NO_RUN;
    for (let i = pages - 1; i >= 0; i--) {
      const run = runs.create(iovaPage + i, physPage + 2 * i, 1, 0, PAGE_BYTES, access);
      runs.next[run] = head;
      head = run;
    }
    this.mapRuns(iovaPage, pages, head);
  }

  private mapRuns(iovaPage: number, pages: number, head: number): void {
    const { runs } = this;
    for (let run = head; run !== NO_RUN; run = runs.next[run]!) {
      this.pageTable.map(runs.iovaPage[run], runs.physPage[run], runs.pages[run]);
      this.exposure.add(runs.physPage[run], runs.pages[run], runs.access[run], runs.offset[run], runs.bytes[run]);
      this.hardware.runMapped(run);
    }
    this.live.insert(head);
    if (this.context.dirty) this.noteDirty(head, this.context.dirty, true);
    this.hardware.mapFinished(iovaPage, pages);
    this.touchAt('first', iovaPage, pages);
  }

  /**
   * Maps all of memory at its own addresses, for good.
   * @param leafPages largest leaf to be used, 4 KiB pages
   * @param ownTable in a domain and a table of its own, to which the devices are bound as well
   */
  mapIdentity(access: number, leafPages: number, ownTable: boolean): void {
    const { ramPages, domains } = this.context;
    this.expectReuse();
    const table = ownTable ? new PageTable(this.context) : this.pageTable;
    this.identity = { leafPages, tag: ownTable ? domains + this.index : this.index };
    const run = this.runs.create(0, 0, ramPages, 0, ramPages * PAGE_BYTES, access);
    this.runs.leafLimit[run] = leafPages;
    table.map(0, 0, ramPages, leafPages);
    this.hardware.runMapped(run);
    this.hardware.mapFinished(0, ramPages);
    this.exposure.open(ramPages, access);
    this.context.dirty?.opened(access);
    this.openAccess |= access;
  }

  /** The device accesses pages of the identity region once each. */
  touchIdentity(page: number, pages: number): void {
    const { tag, leafPages } = this.identity;
    this.context.deviceSide.touch(tag, page, pages, leafPages);
  }

  /** Live mappings will be accessed again: the IOTLB's contents matter. */
  expectReuse(): void {
    this.context.deviceSide.expectReuse();
  }

  /** The pages that the device accesses when their mapping begins, or just before it ends. */
  private touchAt(moment: 'first' | 'last', iovaPage: number, pages: number): void {
    const { deviceAccess = 'first' } = this.context.traits;
    const half = Math.ceil(pages / 2);
    if (deviceAccess === moment) this.touch(iovaPage, pages);
    else if (deviceAccess !== 'spread') return;
    else if (moment === 'first') this.touch(iovaPage, half);
    else if (half < pages) this.touch(iovaPage + half, pages - half);
  }

  /** The device accesses each page of a live mapping once. */
  touch(iovaPage: number, pages: number): void {
    this.context.deviceSide.touch(this.index, iovaPage, pages, 1);
  }

  /**
   * Takes a mapping out of the page table; its stale window begins. One iommu_unmap, whatever its runs.
   * @param iovaPage first page, as mapped
   * @returns false when no mapping starts there
   */
  unmap(iovaPage: number, pages: number): boolean {
    const head = this.live.remove(iovaPage);
    if (head === NO_RUN) return false;
    this.touchAt('last', iovaPage, pages);
    const { runs } = this;
    if (this.context.dirty) this.collectDirty(iovaPage, pages, head, this.context.dirty);
    for (let run = head; run !== NO_RUN; run = runs.next[run]!) {
      this.pageTable.clear(runs.iovaPage[run], runs.physPage[run], runs.pages[run]);
    }
    this.pageTable.finishUnmap(iovaPage, pages);
    this.stale.begin(iovaPage, pages, head, this.log.now());
    this.hardware.unmapped(iovaPage, pages, head);
    return true;
  }

  private noteDirty(head: number, dirty: DirtyTracking, isMap: boolean): void {
    const { runs } = this;
    for (let run = head; run !== NO_RUN; run = runs.next[run]!) {
      if (isMap) dirty.mapped(runs.physPage[run], runs.pages[run], runs.access[run]);
      else dirty.unmapped(runs.physPage[run], runs.pages[run], runs.access[run]);
    }
  }

  private collectDirty(iovaPage: number, pages: number, head: number, dirty: DirtyTracking): void {
    const { runs } = this;
    let leaves = 0;
    for (let run = head; run !== NO_RUN; run = runs.next[run]!) {
      leaves += this.pageTable.leavesOf(runs.iovaPage[run], runs.physPage[run], runs.pages[run], runs.leafLimit[run]);
    }
    dirty.collect(runs.access[head], leaves, () => {
      this.hardware.flushRange(iovaPage, pages, 1);
    });
    this.noteDirty(head, dirty, false);
  }

  /** A hypervisor reads and clears the dirty bits of all live entries at intervals. */
  private readDirtyAtIntervals(dirty: DirtyTracking): void {
    const { dirtyIntervalNs, domains } = this.context;
    const timer = this.timers.create(() => {
      dirty.readTable(this.pageTable.liveLeaves, () => {
        this.invalidateAll();
      });
      // The domains' timers are due together; pages are those of all of them.
      if (this.index === domains - 1) dirty.reportRead();
      this.timers.arm(timer, this.log.now() + dirtyIntervalNs, 0);
    });
    this.timers.arm(timer, dirtyIntervalNs, 0);
  }

  /** Invalidates a range that was unmapped and waits until it is done. */
  invalidateRange(iovaPage: number, pages: number): void {
    this.hardware.flushRange(iovaPage, pages, 1);
    this.invalidated(iovaPage, pages);
  }

  private invalidated(iovaPage: number, pages: number): void {
    this.context.deviceSide.invalidateRange(this.index, iovaPage, pages);
    this.stale.endRange(iovaPage, pages, this.log.now());
  }

  /** Invalidates all of the domain and waits until it is done. */
  invalidateAll(): void {
    this.hardware.flushAll();
    this.context.deviceSide.invalidateDomain(this.index);
    this.stale.endAll(this.log.now());
  }

  /** Translation is off for the domain's devices: they reach all memory; a hypervisor maps and pins it for them. */
  openAllMemory(): void {
    this.openAccess = Access.Both;
    this.exposure.open(this.context.ramPages, Access.Both);
    this.context.dirty?.opened(Access.Both);
    this.container?.mapRam(this.context.ramPages);
  }

  /**
   * The guest turns translation of the domain's devices off or on, or moves them to another domain with the same mappings.
   * @returns false where that changes nothing: nobody maps memory for the devices, or they see it so already
   */
  switchView(to: DomainView): boolean {
    const view = this.view();
    return view !== undefined && switchContainer(view, to);
  }

  /**
   * The guest attaches the domain's devices to another domain.
   * @returns false where that changes nothing: as for `switchView`
   */
  attachTo(other: DomainMachine): boolean {
    const [from, to] = [this.view(), other.view()];
    return from !== undefined && to !== undefined && attachContainer(from, to);
  }

  /** What a hypervisor shows to the domain's devices; undefined where nobody maps memory for them page by page. */
  private view() {
    const { container, context, exposure, pageTable } = this;
    if (!container || this.openAccess === Access.Both) return undefined;
    return { container, context, exposure, pageTable };
  }

  /** Whether nothing restrains the domain's devices from such an access to memory that is not mapped for them. */
  isOpenFor(access: number): boolean {
    return (this.openAccess & access) === access;
  }

  /** A driver's map found no room in the IOVA space. */
  ioSpaceFull(mapping: number): void {
    this.mapFailed(
      mapping,
      `The IOVA space of domain ${this.name} is full`,
      'Look for mappings that are never unmapped.',
    );
  }

  /** A driver's map could not be served: the driver sees an error. */
  mapFailed(mapping: number, reason: string, advice: string): void {
    this.context.counters.failedMaps += 1;
    this.context.failures.tell('error', reason, advice, mapping);
  }

  /** Tells the user what the domain does otherwise than the policy's name says. */
  tell(severity: Failure['severity'], reason: string, advice: string): void {
    this.context.failures.tell(severity, reason, advice);
  }

  nextTimer(): number {
    return this.timers.next;
  }

  timerCpu(): number {
    return this.timers.cpu;
  }

  runTimers(): void {
    this.timers.run(this.log.now());
  }

  /**
   * What an access to the first page of the address that a mapping was given meets, at time `at`.
   * The machine must not have gone further than the first event after `at`.
   */
  probe(mapping: number, at: number, write: boolean): AccessOutcome {
    const outcome = this.meet(this.mappings.address[mapping], at, write ? Access.Write : Access.Read);
    if (outcome === AccessOutcome.Faulted) this.context.counters.faults += 1;
    return outcome;
  }

  private meet(page: number, at: number, wanted: number): AccessOutcome {
    if (page === NO_ADDRESS) return AccessOutcome.Faulted;
    if (this.history?.covers(page, at, wanted)) return AccessOutcome.StaleHit;
    const run = this.live.covering(page);
    if (run !== NO_RUN && this.runs.access[run] & wanted) {
      return this.runs.physPage[run] >= BOUNCE_PAGES ? AccessOutcome.Blocked : AccessOutcome.Hit;
    }
    if (this.shared.accessTo(page) & wanted) return AccessOutcome.Hit;
    if (page >= BOUNCE_PAGES && this.openAccess & wanted) return AccessOutcome.Blocked;
    return this.openAccess & wanted ? AccessOutcome.Hit : AccessOutcome.Faulted;
  }

  /**
   * When the address that a mapping was given was last taken out of the page table, ns; -1 where it never was. Needs
   * `trackRogueWrites`.
   */
  unmappedAt(mapping: number): number {
    return this.history?.since(this.mappings.address[mapping]) ?? -1;
  }

  /** Violated invariants, in words. */
  check(): string[] {
    return [...this.iova.check(), ...this.pageTable.check(), ...this.checkRanges()].map(
      problem => `domain ${this.name}: ${problem}`,
    );
  }

  /** Every range of IOVA space is that of a live mapping, waits in the flush queue, or is set aside for a pool. */
  private checkRanges(): string[] {
    const { iova, live, flushQueue, pooled } = this;
    const expected = live.size - pooled.mappings + flushQueue.queued + pooled.ranges;
    if (iova.liveRanges === expected) return [];
    return [
      `${iova.liveRanges} IOVA ranges are in use, but ${live.size} mappings are live (${pooled.mappings} in ` +
        `${pooled.ranges} ranges of pools) and ${flushQueue.queued} ranges are queued`,
    ];
  }
}
