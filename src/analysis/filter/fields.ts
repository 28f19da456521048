/** The fields of the filter language: where each value is found, and in what unit it is written. */
import { OpFlag, OpKind, type Trace } from '../../trace/operations';
import { CallSites } from '../call-site';
import { lifetimeNs } from '../explain';
import { firstLine } from '../lines';
import { directionWords } from '../words';

/** What a filter can ask about: the trace, and the costs of a run when one is chosen. */
export interface FilterContext {
  trace: Trace;
  operationNs?: Float32Array;
}

export interface NumberField {
  type: 'number';
  description: string;
  /** Multipliers by suffix; '' is the bare number. */
  units: Readonly<Record<string, number>>;
  /** undefined: this operation has no such number, so that no comparison holds. */
  get(context: FilterContext): (operation: number) => number | undefined;
}

export interface NameField {
  type: 'name';
  description: string;
  /** The only values there are, for completion and for telling a wrong one. */
  values?: readonly string[];
  /** Names that a value is compared with: equal for fields with `values`, contained otherwise. */
  get(context: FilterContext): (operation: number) => readonly string[];
}

export type FilterField = NumberField | NameField;

const COUNT = { '': 1 };
const BYTES = { '': 1, b: 1, k: 1024, kb: 1024, kib: 1024, m: 1024 ** 2, mb: 1024 ** 2, mib: 1024 ** 2, g: 1024 ** 3 };
const TIME = { '': 1, ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };

const KINDS: Readonly<Record<OpKind, readonly string[]>> = {
  [OpKind.Map]: ['map'],
  [OpKind.Unmap]: ['unmap'],
  [OpKind.SyncForCpu]: ['sync', 'sync-cpu'],
  [OpKind.SyncForDevice]: ['sync', 'sync-device'],
  [OpKind.Alloc]: ['alloc'],
  [OpKind.Free]: ['free'],
};

const DIRECTIONS: Readonly<Record<string, readonly string[]>> = {
  TO_DEVICE: ['to'],
  FROM_DEVICE: ['from'],
  BIDIRECTIONAL: ['both'],
  NONE: ['none'],
};

const FLAGS: Readonly<Record<string, number>> = {
  failed: OpFlag.Failed,
  'mapped-before': OpFlag.MappedBefore,
  'still-mapped': OpFlag.StillMapped,
  lost: OpFlag.Lost,
  bounced: OpFlag.Bounced,
  sg: OpFlag.ScatterGather,
  partial: OpFlag.Partial,
  assumed: OpFlag.DeviceAssumed | OpFlag.DirectionAssumed,
  'skip-sync': OpFlag.SkipCpuSync,
  mmio: OpFlag.Mmio,
};

function column(
  description: string,
  units: Readonly<Record<string, number>>,
  get: (trace: Trace, operation: number) => number | undefined,
): NumberField {
  return {
    type: 'number',
    description,
    units,
    get:
      ({ trace }) =>
      operation =>
        get(trace, operation),
  };
}

function eventString(trace: Trace, operation: number, strings: Int32Array): readonly string[] {
  const { eventStart, eventList } = trace.operations;
  const index = strings[eventList[eventStart[operation]]];
  return index < 0 ? [] : [trace.events.strings[index]];
}

function deviceNames({ operations }: Trace, operation: number): readonly string[] {
  return [operations.devices[operations.device[operation]].name];
}

function flagNames(flags: number): string[] {
  return Object.keys(FLAGS).filter(name => (flags & FLAGS[name]) !== 0);
}

/** By name; `text` is what a bare word asks about. */
export const FIELDS: Readonly<Record<string, FilterField>> = {
  op: {
    type: 'name',
    description: 'kind of operation',
    values: ['map', 'unmap', 'sync', 'sync-cpu', 'sync-device', 'alloc', 'free'],
    get:
      ({ trace }) =>
      operation =>
        KINDS[trace.operations.kind[operation] as OpKind],
  },
  device: {
    type: 'name',
    description: 'part of the device name',
    get:
      ({ trace }) =>
      operation =>
        deviceNames(trace, operation),
  },
  domain: {
    type: 'name',
    description: 'part of the domain name',
    get:
      ({ trace }) =>
      operation => [trace.operations.domains[trace.operations.domain[operation]]?.name ?? ''],
  },
  dir: {
    type: 'name',
    description: 'direction',
    values: ['to', 'from', 'both', 'none'],
    get:
      ({ trace }) =>
      operation =>
        DIRECTIONS[directionWords(trace.operations.direction[operation])] ?? [],
  },
  flag: {
    type: 'name',
    description: 'something special about the operation',
    values: Object.keys(FLAGS),
    get:
      ({ trace }) =>
      operation =>
        flagNames(trace.operations.flags[operation]),
  },
  comm: {
    type: 'name',
    description: 'part of the command name',
    get:
      ({ trace }) =>
      operation =>
        eventString(trace, operation, trace.events.comm),
  },
  site: {
    type: 'name',
    description: 'part of the call chain',
    get:
      ({ trace }) =>
      operation =>
        eventString(trace, operation, trace.events.callChain),
  },
  text: {
    type: 'name',
    description: 'part of command, device or call site',
    get: ({ trace }) => {
      const sites = new CallSites(trace);
      return operation => [
        ...deviceNames(trace, operation),
        ...eventString(trace, operation, trace.events.comm),
        sites.labelOf(operation),
      ];
    },
  },
  size: column('bytes', BYTES, ({ operations }, i) => operations.size[i]),
  pages: column('4 KiB pages', COUNT, ({ operations }, i) => operations.pages[i]),
  segments: column('physically contiguous segments', COUNT, ({ operations }, i) => operations.segmentCount[i]),
  cpu: column('CPU', COUNT, ({ operations }, i) => operations.cpu[i]),
  pid: column(
    'thread id',
    COUNT,
    ({ operations, events }, i) => events.pid[operations.eventList[operations.eventStart[i]]],
  ),
  line: column('line, from 1', COUNT, (trace, i) => firstLine(trace, i)),
  time: column('time since the first event', TIME, ({ operations }, i) => operations.time[i]),
  life: column('time from map to unmap', TIME, (trace, i) => lifetimeNs(trace, i)),
  iova: column('recorded IOVA', COUNT, ({ operations }, i) => operations.address[i]),
  cost: {
    type: 'number',
    description: 'modelled cost in the chosen run',
    units: TIME,
    get:
      ({ operationNs }) =>
      operation =>
        operationNs?.[operation],
  },
};

/** Other spellings of field names. */
export const FIELD_ALIASES: Readonly<Record<string, string>> = {
  kind: 'op',
  dev: 'device',
  direction: 'dir',
  is: 'flag',
  command: 'comm',
  stack: 'site',
  'call-site': 'site',
  lifetime: 'life',
  address: 'iova',
  ns: 'cost',
};
