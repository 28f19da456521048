import type { DmaOperation } from '../policies/policy';
import { OpFlag, OpKind, type OperationTable } from '../trace/operations';

const PAGE = 4096;

/** A row of the operation columns as policies see it; one object for a whole replay. */
export class OperationCursor implements DmaOperation {
  cpu = 0;
  mapping = 0;
  device = 0;
  direction = 0;
  size = 0;
  pages = 0;
  pageOffset = 0;
  skipCpuSync = false;
  mmio = false;
  coherent = false;
  scatterGather = false;
  nents = 1;
  segmentCount = 1;
  /** Made-up memory for operations whose physical address the trace does not show. */
  private readonly standIns: StandIns;
  private row = 0;
  private firstSegment = 0;
  private standIn = 0;
  private physBase = 0;

  /**
   * @param ramPages of memory; the copies of a trace have theirs one after the other
   */
  constructor(
    private readonly operations: OperationTable,
    ramPages: number,
  ) {
    this.standIns = standInAddresses(operations, ramPages);
  }

  /** Point at a row, as run on `cpu` by a copy of the trace, which has mappings and memory of its own. */
  moveTo(row: number, cpu: number, replica: number): void {
    const operations = this.operations;
    const flags = operations.flags[row];
    const kind = operations.kind[row];
    this.row = row;
    this.cpu = cpu;
    this.physBase = replica * this.standIns.end;
    this.mapping = operations.mapping[row] + replica * operations.mappings;
    this.device = operations.device[row];
    this.direction = operations.direction[row]!;
    this.size = operations.size[row]!;
    this.pages = operations.pages[row]!;
    this.skipCpuSync = (flags & OpFlag.SkipCpuSync) !== 0;
    this.mmio = (flags & OpFlag.Mmio) !== 0;
    this.coherent = kind === (OpKind.Alloc as number) || kind === (OpKind.Free as number);
    this.scatterGather = (flags & OpFlag.ScatterGather) !== 0;
    this.nents = operations.nents[row]!;
    this.firstSegment = operations.segmentStart[row]!;
    const segments = operations.segmentCount[row];
    if (segments === 0) {
      this.segmentCount = 1;
      this.standIn = this.standIns.byMapping.get(operations.mapping[row]) ?? 0;
      this.pageOffset = offsetInPage(operations.address[row]);
    } else {
      this.segmentCount = segments;
      this.standIn = -1;
      this.pageOffset = offsetInPage(operations.segments.phys[this.firstSegment]);
    }
  }

  segmentPhys(i: number): number {
    const phys =
      this.standIn >= 0 ? this.standIn + this.pageOffset : this.operations.segments.phys[this.firstSegment + i];
    return phys + this.physBase;
  }

  segmentSize(i: number): number {
    return this.standIn >= 0 ? this.operations.size[this.row] : this.operations.segments.size[this.firstSegment + i];
  }
}

/** As `address % 4096`, which is slow on doubles. */
function offsetInPage(address: number): number {
  return address - Math.floor(address / PAGE) * PAGE;
}

/** Addresses, bytes, by mapping, and where they end. */
interface StandIns {
  byMapping: ReadonlyMap<number, number>;
  end: number;
}

/**
 * Addresses above `ramPages` for mappings whose physical memory the trace does not show: distinct, so that pages are
 * counted once each.
 */
function standInAddresses(operations: OperationTable, ramPages: number): StandIns {
  const addresses = new Map<number, number>();
  let next = ramPages * PAGE;
  for (let row = 0; row < operations.count; row++) {
    if (operations.segmentCount[row] !== 0 || addresses.has(operations.mapping[row])) continue;
    addresses.set(operations.mapping[row], next);
    next += (operations.pages[row] + 1) * PAGE;
  }
  return { byMapping: addresses, end: next };
}
