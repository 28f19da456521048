import { Direction, EventFlag, EventKind, FAILED_ADDRESS, Invalidation, type EventTable } from '../../src/trace/events';

/** One event of a made-up trace; what is not given is what a reader fills in where the text says nothing. */
export interface MadeEvent {
  kind: EventKind;
  /** ns; by default 1 µs after the event before. */
  time?: number;
  cpu?: number;
  pid?: number;
  device?: string;
  direction?: Direction;
  address?: number;
  phys?: number;
  size?: number;
  flags?: number;
  detail?: number;
  domainId?: number;
  /** Entries of a scatter-gather list as [dma address, physical address, bytes]; 0 where the event does not print it. */
  list?: [number, number, number][];
}

const PAGE = 4096;
export const NVME = '0000:00:04.0';
export const NIC = '0000:00:06.0';

export const iommuMap = (address: number, phys: number, size = PAGE): MadeEvent => ({
  kind: EventKind.IommuMap,
  address,
  phys,
  size,
});

export const iommuUnmap = (address: number, size = PAGE): MadeEvent => ({ kind: EventKind.IommuUnmap, address, size });

export const dmaMap = (
  address: number,
  phys: number,
  size = PAGE,
  device = NVME,
  direction = Direction.FromDevice,
): MadeEvent => ({ kind: EventKind.DmaMap, address, phys, size, device, direction });

export const failedMap = (phys: number, size = PAGE): MadeEvent => ({
  ...dmaMap(FAILED_ADDRESS, phys, size),
  flags: EventFlag.Failed,
});

export const dmaUnmap = (address: number, size = PAGE, device = NVME, direction = Direction.FromDevice): MadeEvent => ({
  kind: EventKind.DmaUnmap,
  address,
  size,
  device,
  direction,
});

export const dmaMapSg = (list: [number, number, number][], device = NVME): MadeEvent => ({
  kind: EventKind.DmaMapSg,
  list,
  address: list[0][0],
  phys: list[0][1],
  size: list.reduce((sum, [, , size]) => sum + size, 0),
  device,
  direction: Direction.FromDevice,
});

export const dmaUnmapSg = (phys: number[], device = NVME): MadeEvent => ({
  kind: EventKind.DmaUnmapSg,
  list: phys.map(address => [0, address, 0]),
  phys: phys[0],
  device,
  direction: Direction.FromDevice,
});

export const dmaSync = (kind: EventKind.DmaSyncForCpu | EventKind.DmaSyncForDevice, address: number): MadeEvent => ({
  kind,
  address,
  size: 512,
  device: NVME,
  direction: Direction.FromDevice,
});

export const bounced = (phys: number, size = PAGE, device = NVME): MadeEvent => ({
  kind: EventKind.SwiotlbBounced,
  address: phys,
  size,
  device,
});

export const flushPages = (address: number, domainId: number, size = PAGE): MadeEvent => ({
  kind: EventKind.QiSubmit,
  detail: Invalidation.Page,
  address,
  size,
  domainId,
  device: 'dmar0',
});

export const flushDevice = (address: number, size = PAGE): MadeEvent => ({
  kind: EventKind.QiSubmit,
  detail: Invalidation.Device,
  address,
  size,
  domainId: 0x20,
  device: 'dmar0',
});

export const flushDomain = (domainId: number): MadeEvent => ({
  kind: EventKind.QiSubmit,
  detail: Invalidation.Domain,
  size: Infinity,
  domainId,
  device: 'dmar0',
});

/** The same events on another CPU, by another task. */
export const on = (cpu: number, pid: number, ...events: MadeEvent[]): MadeEvent[] =>
  events.map(event => ({ ...event, cpu, pid }));

/** An event table as the reader would build it from a trace with these events. */
export function makeEvents(made: readonly MadeEvent[]): EventTable {
  const strings: string[] = [];
  const intern = (text: string | undefined): number => {
    if (text === undefined) return -1;
    const known = strings.indexOf(text);
    return known >= 0 ? known : strings.push(text) - 1;
  };
  const numbers = (value: (event: MadeEvent, row: number) => number): number[] => made.map(value);
  const starts: number[] = [];
  const entries: [number, number, number][] = [];
  for (const event of made) {
    starts.push(entries.length);
    entries.push(...(event.list ?? []));
  }
  const times: number[] = [];
  for (const event of made) times.push(event.time ?? (times.at(-1) ?? -1000) + 1000);
  return {
    count: made.length,
    kind: Uint8Array.from(numbers(event => event.kind)),
    line: Uint32Array.from(numbers((_, row) => row + 1)),
    offset: Float64Array.from(numbers((_, row) => row * 100)),
    time: Float64Array.from(times),
    cpu: Int16Array.from(numbers(event => event.cpu ?? 0)),
    pid: Int32Array.from(numbers(event => event.pid ?? 100)),
    comm: new Int32Array(made.length).fill(-1),
    device: Int32Array.from(numbers(event => intern(event.device))),
    direction: Uint8Array.from(numbers(event => event.direction ?? Direction.Unknown)),
    address: Float64Array.from(numbers(event => event.address ?? 0)),
    phys: Float64Array.from(numbers(event => event.phys ?? 0)),
    size: Float64Array.from(numbers(event => event.size ?? 0)),
    flags: Uint8Array.from(numbers(event => event.flags ?? 0)),
    detail: Int32Array.from(numbers(event => event.detail ?? 0)),
    domainId: Int32Array.from(numbers(event => event.domainId ?? -1)),
    nents: Uint16Array.from(numbers(event => event.list?.length ?? 0)),
    listStart: Uint32Array.from(starts),
    listCount: Uint16Array.from(numbers(event => event.list?.length ?? 0)),
    lists: {
      count: entries.length,
      address: Float64Array.from(entries, ([address]) => address),
      phys: Float64Array.from(entries, ([, phys]) => phys),
      size: Float64Array.from(entries, ([, , size]) => size),
    },
    callChain: new Int32Array(made.length).fill(-1),
    strings,
  };
}
