/**
 * The vocabulary of counted work. Parts of the machine count what they do in these words; a platform profile gives each
 * word a price; replay adds clocks and locks. None of the three knows the other two's business.
 */
export enum Work {
  // IOVA allocator
  IovaCacheHit,
  IovaDepotSwap,
  IovaTreeAlloc,
  /** One node visited by the allocator's search from the top. */
  IovaTreeStep,
  IovaCacheFree,
  IovaTreeFree,
  // Page table
  /** Fixed part of one map call (iommu_map, one per physically contiguous run of a list). */
  MapCall,
  PteWrite,
  TablePageAlloc,
  UnmapCall,
  PteClear,
  TablePageFree,
  /** One iova_to_phys walk. */
  TableWalk,
  // Invalidation
  PageInvalidation,
  DomainInvalidation,
  GlobalInvalidation,
  DeviceInvalidation,
  InvalidationWait,
  /** One extra command where the hardware needs several for a range (SMMUv3 without range invalidation). */
  InvalidationCommand,
  FlushQueuePush,
  /** Handing one queued entry back to the allocator after a drain. */
  FlushQueueRelease,
  // Copies
  CopyCall,
  CopyByte,
  ZeroByte,
  SlotSearch,
  SlotFree,
  PoolHit,
  PoolMiss,
  PoolRelease,
  // Virtual machine
  /** A guest exit that reaches the hypervisor (register write, virtqueue kick). */
  Exit,
  ViommuMapRequest,
  ViommuUnmapRequest,
  /** One host mapping released while serving a virtio-iommu UNMAP. */
  ViommuUnmapPage,
  /** One page-table entry read while a hypervisor walks the guest's table. */
  ShadowWalkEntry,
  IoctlMap,
  IoctlUnmap,
  PagePin,
  PageUnpin,
  // Everything else
  CacheMaintenanceByte,
  DirtyWalkEntry,
  WriteProtect,
  OperationBase,
}

export const WORK_COUNT: number = Work.OperationBase + 1;

export type Component = 'iova' | 'pageTable' | 'invalidation' | 'lock' | 'copy' | 'exit' | 'pin' | 'other';

export const COMPONENTS: readonly Component[] = [
  'iova',
  'pageTable',
  'invalidation',
  'lock',
  'copy',
  'exit',
  'pin',
  'other',
];

/** The component that each kind of work is reported under. */
export const WORK_COMPONENT: readonly Component[] = buildComponents();

function buildComponents(): Component[] {
  const ranges: [Work, Component][] = [
    [Work.IovaTreeFree, 'iova'],
    [Work.TableWalk, 'pageTable'],
    [Work.FlushQueueRelease, 'invalidation'],
    [Work.PoolRelease, 'copy'],
    [Work.ShadowWalkEntry, 'exit'],
    [Work.PageUnpin, 'pin'],
    [Work.OperationBase, 'other'],
  ];
  const components: Component[] = [];
  for (const [last, component] of ranges) while (components.length <= last) components.push(component);
  return components;
}

/**
 * Where the machine writes its work down, and reads the time that its work has taken so far.
 * The replay's implementation prices each entry and advances the clock of the CPU at work.
 */
export interface WorkLog {
  /** `amount` units of `work`, done now on the CPU at work. */
  add(work: Work, amount: number): void;
  /** Take a lock by its number (see `LockRegistry`); waits, on the modelled clock, until it is free. */
  acquire(lock: number): void;
  release(lock: number): void;
  /** Modelled time of the CPU at work, ns. */
  now(): number;
  /** The CPU at work, dense 0 .. cpus - 1. */
  cpu(): number;
}

/** A WorkLog that only counts: for tests and for parts that need no clock. Time stands still unless set. */
export class CountingLog implements WorkLog {
  readonly totals = new Float64Array(WORK_COUNT);
  time = 0;
  currentCpu = 0;

  add(work: Work, amount: number): void {
    this.totals[work] += amount;
  }
  acquire(): void {
    // Counting needs no waiting.
  }
  release(): void {
    // Counting needs no waiting.
  }
  now(): number {
    return this.time;
  }
  cpu(): number {
    return this.currentCpu;
  }
}
