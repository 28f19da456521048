/** The trace itself, whatever the policy: how much, how fast, how large, how long. */
import { OpFlag, OpKind, type Trace } from '../trace/operations';
import { traceDistributions, type Distribution } from './distributions';

export interface WorkloadFact {
  title: string;
  value: number;
  unit: string;
  note?: string;
}

export interface Workload {
  facts: WorkloadFact[];
  distributions: Distribution[];
}

/** Counted facts about the operations selected, and how their sizes and lifetimes are spread. */
export function workload(trace: Trace, selected: Uint32Array): Workload {
  const { kind, size, time, flags, pages, segmentCount } = trace.operations;
  const counts = new Array<number>(Object.keys(OpKind).length / 2).fill(0);
  const sum = { bytes: 0, pages: 0, segments: 0, failed: 0, assumed: 0 };
  for (const operation of selected) {
    counts[kind[operation]]++;
    if (flags[operation] & OpFlag.Failed) sum.failed++;
    if (flags[operation] & (OpFlag.DeviceAssumed | OpFlag.DirectionAssumed)) sum.assumed++;
    if (kind[operation] !== OpKind.Map) continue;
    sum.bytes += size[operation];
    sum.pages += pages[operation];
    sum.segments += segmentCount[operation];
  }
  const spanNs = selected.length < 2 ? 0 : time[selected[selected.length - 1]] - time[selected[0]];
  const facts: WorkloadFact[] = [
    { title: 'maps', value: counts[OpKind.Map], unit: '' },
    { title: 'unmaps', value: counts[OpKind.Unmap], unit: '' },
    { title: 'syncs', value: counts[OpKind.SyncForCpu] + counts[OpKind.SyncForDevice], unit: '' },
    { title: 'coherent allocations', value: counts[OpKind.Alloc], unit: '' },
    { title: 'bytes mapped', value: sum.bytes, unit: 'bytes' },
    { title: '4 KiB pages mapped', value: sum.pages, unit: 'pages' },
    { title: 'segments mapped', value: sum.segments, unit: '', note: 'physically contiguous runs' },
    { title: 'span', value: spanNs, unit: 'ns', note: 'first to last operation, recorded' },
  ];
  if (spanNs > 0)
    facts.push({ title: 'rate', value: (selected.length * 1e9) / spanNs, unit: '/s', note: 'operations, recorded' });
  if (sum.failed > 0) facts.push({ title: 'failed maps', value: sum.failed, unit: '', note: 'as recorded' });
  if (sum.assumed > 0)
    facts.push({
      title: 'with assumptions',
      value: sum.assumed,
      unit: '',
      note: 'device or direction is not in the trace',
    });
  return { facts, distributions: traceDistributions(trace, selected) };
}
