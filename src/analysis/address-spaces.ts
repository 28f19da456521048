/**
 * What a QEMU trace log tells of the device's address space: which view it has (RAM, or an IOMMU domain), what is
 * mapped and therefore locked at any time, how many VFIO ioctls that took, and what each switch of view cost.
 *
 * Rules (QEMU hw/vfio/common.c and hw/i386/intel_iommu.c, drivers/vfio/vfio_iommu_type1.c): a RAM region added is one
 * MAP ioctl that pins all of it; a MAP notification is one for a leaf of the guest's table; a region removed is one
 * UNMAP. All of a container is charged to the VMM's locked memory; device memory mapped into it is not.
 */
import type { EventTable } from '../trace/events';
import { EventFlag, EventKind } from '../trace/events';

/** Live mappings of the container over time: one row for each change. */
export interface LockedMemory {
  count: number;
  /** ns since the first event. */
  time: Float64Array;
  /** Locked bytes from that moment on. */
  bytes: Float64Array;
  /** type1 entries (mappings) from that moment on. */
  entries: Uint32Array;
}

export type View = 'ram' | 'domain' | 'none';

/** A change of what the device sees: the old view's mappings removed, the new view's made. */
export interface ViewSwitch {
  timeNs: number;
  /** 1-based line of the first region event. */
  line: number;
  from: View;
  to: View;
  /** ioctls that the switch itself took: regions removed, RAM added, mappings replayed. */
  unmapIoctls: number;
  mapIoctls: number;
  releasedBytes: number;
  lockedBytes: number;
  /** Rows of the guest's table walked without effect while replaying it. */
  skippedRows: number;
  /** From the first region event to the last event of the switch, as recorded. */
  recordedNs: number;
}

export interface LockFailure {
  timeNs: number;
  line: number;
  reason: 'locked-memory' | 'entries';
  wanted: number;
  limit: number;
}

export interface AddressSpaceReport {
  locked: LockedMemory;
  peakBytes: number;
  peakEntries: number;
  mapIoctls: number;
  unmapIoctls: number;
  mapNotifications: number;
  unmapNotifications: number;
  switches: ViewSwitch[];
  /** First mapping beyond a limit, when limits were given. */
  failure?: LockFailure;
  /** RAM that the guest has, from the RAM view: what each container locks when translation is off. */
  guestRamBytes: number;
}

export interface LockLimits {
  /** RLIMIT_MEMLOCK of the VMM, bytes. */
  lockedBytes?: number;
  /** type1's dma_entry_limit. */
  entries?: number;
}

/** Interrupt controllers and firmware begin here on x86; PCI device memory lies between the end of low RAM and this. */
const PCI_HOLE_END = 0xfec00000;
const MIB = 2 ** 20;
const FOUR_GIB = 2 ** 32;
/** QEMU's q35 keeps at least 2 GiB of RAM below 4 GiB before it puts any above. */
const LOW_RAM_FULL = 2 ** 31;

/** Region events this far apart, ns, belong to two switches. QEMU changes a view in one go, under its big lock. */
const SWITCH_GAP_NS = 200e6;

/**
 * Follows the region and notification events of a log. One container is assumed: notifications name no device.
 *
 * @param limits with a limit given, the first mapping that exceeds it is reported; following events are still counted
 */
export function addressSpaces(events: EventTable, limits: LockLimits = {}): AddressSpaceReport {
  const follower = new ContainerFollower(events, limits);
  for (let row = 0; row < events.count; row++) follower.step(row);
  return follower.finish();
}

/** Locked bytes at a moment, ns since the first event. */
export function lockedBytesAt(locked: LockedMemory, timeNs: number): number {
  let low = 0;
  let high = locked.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (locked.time[middle] <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : locked.bytes[low - 1];
}

class ContainerFollower {
  /** Live RAM regions and mappings: start address to length. */
  private readonly ram = new Map<number, number>();
  private readonly mapped = new Map<number, number>();
  private iommuRegions = 0;
  private lowRamEnd = 0;
  private highRamEnd = FOUR_GIB;
  private lockedNow = 0;
  private readonly rows: { time: number; bytes: number; entries: number }[] = [];
  private readonly switches: ViewSwitch[] = [];
  private open: ViewSwitch | undefined;
  private counts = { mapIoctls: 0, unmapIoctls: 0, maps: 0, unmaps: 0, guestRam: 0 };
  private failure: LockFailure | undefined;

  constructor(
    private readonly events: EventTable,
    private readonly limits: LockLimits,
  ) {}

  step(row: number): void {
    const { events } = this;
    const start = events.address[row];
    const size = events.size[row];
    switch (events.kind[row] as EventKind) {
      case EventKind.QemuVfioRegionAdd:
        this.addRegion(row, start, size, (events.flags[row] & EventFlag.On) !== 0);
        break;
      case EventKind.QemuVfioRegionDel:
        this.removeRegion(row, start, size, (events.flags[row] & EventFlag.On) !== 0);
        break;
      case EventKind.QemuVfioMap:
        this.counts.maps++;
        this.map(row, this.mapped, start, size);
        break;
      case EventKind.QemuVfioUnmap:
        this.counts.unmaps++;
        this.unmap(row, this.mapped, start, size);
        break;
      case EventKind.QemuVtdWalkSkip:
        if (this.open) this.open.skippedRows++;
        break;
      case EventKind.QemuVtdInvalidate:
      case EventKind.QemuViommuMap:
      case EventKind.QemuViommuUnmap:
        // The guest at work again: what follows is its doing, not the switch's.
        this.closeSwitch();
        break;
      default:
    }
  }

  finish(): AddressSpaceReport {
    this.closeSwitch();
    const { rows, counts } = this;
    const locked: LockedMemory = {
      count: rows.length,
      time: Float64Array.from(rows, row => row.time),
      bytes: Float64Array.from(rows, row => row.bytes),
      entries: Uint32Array.from(rows, row => row.entries),
    };
    return {
      locked,
      peakBytes: rows.reduce((peak, row) => Math.max(peak, row.bytes), 0),
      peakEntries: rows.reduce((peak, row) => Math.max(peak, row.entries), 0),
      mapIoctls: counts.mapIoctls,
      unmapIoctls: counts.unmapIoctls,
      mapNotifications: counts.maps,
      unmapNotifications: counts.unmaps,
      switches: this.switches.filter(change => change.from !== change.to),
      ...(this.failure ? { failure: this.failure } : {}),
      guestRamBytes: counts.guestRam,
    };
  }

  private view(): View {
    if (this.iommuRegions > 0) return 'domain';
    return this.ram.size > 0 ? 'ram' : 'none';
  }

  private addRegion(row: number, start: number, size: number, iommu: boolean): void {
    this.touchSwitch(row);
    if (iommu) {
      this.iommuRegions++;
      return;
    }
    const device = this.isDeviceMemory(start, size);
    if (!device && start >= FOUR_GIB) this.highRamEnd = Math.max(this.highRamEnd, start + size);
    else if (!device && start < PCI_HOLE_END) this.lowRamEnd = Math.max(this.lowRamEnd, start + size);
    this.map(row, this.ram, start, device ? 0 : size);
    this.counts.guestRam = Math.max(this.counts.guestRam, this.lockedNow);
  }

  private removeRegion(row: number, start: number, size: number, iommu: boolean): void {
    this.touchSwitch(row);
    if (!iommu) {
      this.unmap(row, this.ram, start, size);
      return;
    }
    // QEMU logs the removal a second time, as a plain range: that one is the ioctl.
    this.iommuRegions = Math.max(0, this.iommuRegions - 1);
  }

  /**
   * Low RAM begins at 0 and goes on without holes but for firmware; what begins beyond it and below the interrupt
   * controllers is a BAR. Right at its end only a large piece is more RAM. Above 4 GiB there is RAM only on machines
   * whose low RAM is full, and then without holes from there on.
   */
  private isDeviceMemory(start: number, size: number): boolean {
    if (this.lowRamEnd === 0 || start < MIB) return false;
    if (start >= FOUR_GIB) return this.lowRamEnd < LOW_RAM_FULL || start > this.highRamEnd;
    if (start >= PCI_HOLE_END) return false;
    return start > this.lowRamEnd || (start === this.lowRamEnd && size < MIB);
  }

  private map(row: number, live: Map<number, number>, start: number, charged: number): void {
    this.counts.mapIoctls++;
    if (this.open) {
      this.open.mapIoctls++;
      this.open.lockedBytes += charged;
    }
    live.set(start, charged);
    this.change(row, charged);
    this.checkLimits(row);
  }

  private unmap(row: number, live: Map<number, number>, start: number, size: number): void {
    this.counts.unmapIoctls++;
    if (this.open) this.open.unmapIoctls++;
    let released = 0;
    const exact = live.get(start);
    if (exact !== undefined && size <= Math.max(exact, 4096)) {
      released = exact;
      live.delete(start);
    } else {
      for (const [at, charged] of live) {
        if (at < start || at >= start + size) continue;
        released += charged;
        live.delete(at);
      }
    }
    if (this.open) this.open.releasedBytes += released;
    this.change(row, -released);
  }

  private change(row: number, bytes: number): void {
    this.lockedNow += bytes;
    const entries = this.ram.size + this.mapped.size;
    this.rows.push({ time: this.events.time[row], bytes: this.lockedNow, entries });
    if (this.open) this.open.recordedNs = this.events.time[row] - this.open.timeNs;
  }

  private checkLimits(row: number): void {
    if (this.failure) return;
    const { lockedBytes, entries } = this.limits;
    const at = { timeNs: this.events.time[row], line: this.events.line[row] };
    const live = this.ram.size + this.mapped.size;
    if (lockedBytes !== undefined && this.lockedNow > lockedBytes)
      this.failure = { ...at, reason: 'locked-memory', wanted: this.lockedNow, limit: lockedBytes };
    else if (entries !== undefined && live > entries)
      this.failure = { ...at, reason: 'entries', wanted: live, limit: entries };
  }

  /** Region events close together are one switch; it ends when they stop. */
  private touchSwitch(row: number): void {
    const timeNs = this.events.time[row];
    if (this.open && timeNs - (this.open.timeNs + this.open.recordedNs) > SWITCH_GAP_NS) this.closeSwitch();
    if (this.open) {
      this.open.recordedNs = timeNs - this.open.timeNs;
      return;
    }
    const view = this.view();
    this.open = {
      timeNs,
      line: this.events.line[row],
      from: view,
      to: view,
      unmapIoctls: 0,
      mapIoctls: 0,
      releasedBytes: 0,
      lockedBytes: 0,
      skippedRows: 0,
      recordedNs: 0,
    };
  }

  private closeSwitch(): void {
    if (!this.open) return;
    this.open.to = this.view();
    this.switches.push(this.open);
    this.open = undefined;
  }
}
