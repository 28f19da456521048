import { Direction } from '../../src/trace/events';
import { OpFlag, OpKind, type OperationTable } from '../../src/trace/operations';

export interface MadeOperation {
  kind: OpKind;
  time: number;
  mapping: number;
  cpu?: number;
  recordedNs?: number;
  device?: number;
  direction?: Direction;
  flags?: number;
  /** Bytes; default one page. */
  size?: number;
  /** Physically contiguous segments as [address, bytes]; default one of `size` bytes at an address of the mapping's own. */
  segments?: [number, number][];
}

const PAGE = 4096;
/** Buffers that a made-up workload uses in turn, as a driver's ring does. */
const BUFFERS = 1024;

/** An operation table as the importer would build it; each device is a domain of its own. */
export function makeOperations(made: readonly MadeOperation[]): OperationTable {
  const count = made.length;
  const mappings = made.reduce((most, op) => Math.max(most, op.mapping + 1), 0);
  const devices = made.reduce((most, op) => Math.max(most, (op.device ?? 0) + 1), 1);
  const table = emptyTable(count, mappings, devices);
  const maps = new Map<number, number>();
  const segments: [number, number][] = [];
  made.forEach((op, row) => {
    const isMap = op.kind === OpKind.Map || op.kind === OpKind.Alloc;
    const mapRow = maps.get(op.mapping);
    const list = op.segments ?? [[0x100000000 + op.mapping * 0x100000, op.size ?? PAGE]];
    table.kind[row] = op.kind;
    table.time[row] = op.time;
    table.recordedNs[row] = op.recordedNs ?? 0;
    table.cpu[row] = op.cpu ?? 0;
    table.device[row] = op.device ?? 0;
    table.domain[row] = op.device ?? 0;
    table.direction[row] = op.direction ?? Direction.FromDevice;
    table.flags[row] = op.flags ?? 0;
    table.mapping[row] = op.mapping;
    table.partner[row] = mapRow ?? -1;
    table.nents[row] = list.length;
    if (isMap) {
      maps.set(op.mapping, row);
      if (list.length > 1) table.flags[row] |= OpFlag.ScatterGather;
    } else if (mapRow !== undefined) {
      if (op.kind === OpKind.Unmap || op.kind === OpKind.Free) table.partner[mapRow] = row;
      copyShape(table, mapRow, row);
      return;
    }
    table.segmentStart[row] = segments.length;
    table.segmentCount[row] = list.length;
    segments.push(...list);
    table.size[row] = list.reduce((sum, [, bytes]) => sum + bytes, 0);
    table.pages[row] = list.reduce((sum, [phys, bytes]) => sum + Math.ceil(((phys % PAGE) + bytes) / PAGE), 0);
    table.address[row] = 0xfff00000 - row * 0x100000;
  });
  table.segments = {
    count: segments.length,
    phys: Float64Array.from(segments, ([phys]) => phys),
    size: Float64Array.from(segments, ([, bytes]) => bytes),
  };
  return table;
}

/** `count` maps of `size` bytes, each unmapped `lifeNs` later, one every `gapNs`, from a ring of buffers. */
export function mapsAndUnmaps(
  count: number,
  options: { gapNs?: number; lifeNs?: number; size?: number; cpus?: number; direction?: Direction } = {},
): OperationTable {
  const { gapNs = 10_000, lifeNs = 5_000, size = PAGE, cpus = 1, direction = Direction.FromDevice } = options;
  const made: MadeOperation[] = [];
  for (let i = 0; i < count; i++) {
    const segments: [number, number][] = [[0x100000000 + (i % BUFFERS) * Math.ceil(size / PAGE) * PAGE, size]];
    const common = { mapping: i, segments, cpu: i % cpus, direction };
    made.push({ ...common, kind: OpKind.Map, time: i * gapNs });
    made.push({ ...common, kind: OpKind.Unmap, time: i * gapNs + lifeNs });
  }
  return makeOperations(made.sort((a, b) => a.time - b.time));
}

function copyShape(table: OperationTable, from: number, to: number): void {
  const columns = [table.segmentStart, table.segmentCount, table.size, table.pages, table.address, table.direction];
  for (const column of columns) column[to] = column[from]!;
  table.flags[to] |= table.flags[from] & OpFlag.ScatterGather;
}

function emptyTable(count: number, mappings: number, devices: number): OperationTable {
  return {
    count,
    kind: new Uint8Array(count),
    time: new Float64Array(count),
    recordedNs: new Float64Array(count),
    cpu: new Int16Array(count),
    device: new Int32Array(count),
    domain: new Int32Array(count),
    direction: new Uint8Array(count),
    flags: new Uint16Array(count),
    address: new Float64Array(count),
    size: new Float64Array(count),
    pages: new Uint32Array(count),
    partner: new Int32Array(count),
    mapping: new Int32Array(count),
    nents: new Uint16Array(count),
    segmentStart: new Uint32Array(count),
    segmentCount: new Uint32Array(count),
    segments: { count: 0, phys: new Float64Array(0), size: new Float64Array(0) },
    eventStart: new Uint32Array(count),
    eventCount: new Uint32Array(count),
    eventList: new Uint32Array(0),
    eventOperation: new Int32Array(0),
    mappings,
    devices: Array.from({ length: devices }, (_, i) => ({
      name: `0000:00:0${i}.0`,
      assumed: false,
      ats: false,
      untrusted: false,
      domain: i,
    })),
    domains: Array.from({ length: devices }, (_, i) => ({ name: `group ${i}`, group: i, did: -1, assumed: false })),
  };
}
