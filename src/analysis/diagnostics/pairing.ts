/** Maps and unmaps that do not fit together, as the kernel's DMA debugging would tell (kernel/dma/debug.c). */
import { Direction } from '../../trace/events';
import { OpFlag, OpKind, type Trace } from '../../trace/operations';
import { firstLine } from '../lines';
import { formatAddress, formatNs } from '../units';
import { directionWords, operationTitle } from '../words';
import { Findings } from './diagnostic';

/** A mapping that outlives the others this many times over, and is never ended, is told as a leak. */
const OVERLONG = 10;
/** Lifetimes needed before anything can be called overlong. */
const ENOUGH_LIFETIMES = 16;

/**
 * Streaming maps without an unmap. I/O in flight when the recording stopped is not a leak: only those are told that had
 * been mapped ten times longer than the longest-lived finished mapping of their device. Devices that keep their
 * buffers (page pools) have no finished mappings, or long ones, and are left alone.
 */
export function leakedMaps(trace: Trace, cap: number): Findings {
  const found = new Findings('leaked-map', 'warning', cap);
  const { count, kind, flags, time, device, devices } = trace.operations;
  const longest = longestLifetimes(trace);
  for (let operation = 0; operation < count; operation++) {
    if (kind[operation] !== OpKind.Map || (flags[operation] & OpFlag.StillMapped) === 0) continue;
    if (flags[operation] & (OpFlag.Failed | OpFlag.Lost | OpFlag.EndNotRecorded)) continue;
    const of = longest[device[operation]];
    const age = trace.report.spanNs - time[operation];
    if (of.count < ENOUGH_LIFETIMES || age <= OVERLONG * of.ns) continue;
    found.add(operation, firstLine(trace, operation), () => ({
      text: `Leaked map? ${operationTitle(trace, operation)} is never unmapped: it stayed for ${formatNs(age)}, while no finished mapping of ${devices[device[operation]].name} lived longer than ${formatNs(of.ns)}.`,
      advice:
        'Look for an error path of the driver that drops the buffer without dma_unmap_*; CONFIG_DMA_API_DEBUG names the call.',
    }));
  }
  return found;
}

function longestLifetimes(trace: Trace): { ns: number; count: number }[] {
  const { count, kind, time, device, partner, devices } = trace.operations;
  const longest = devices.map(() => ({ ns: 0, count: 0 }));
  for (let operation = 0; operation < count; operation++) {
    const of = longest[device[operation]];
    if (kind[operation] !== OpKind.Unmap || partner[operation] < 0) continue;
    of.count++;
    of.ns = Math.max(of.ns, time[operation] - time[partner[operation]]);
  }
  return longest;
}

/**
 * Unmaps of an address that an earlier unmap in the same domain has already ended, with no map in between. An unmap of
 * something mapped before the recording began is not one: its address has not been seen.
 */
export function doubleUnmaps(trace: Trace, cap: number): Findings {
  const found = new Findings('double-unmap', 'error', cap);
  const { count, kind, flags, domain, address, domains } = trace.operations;
  const ended = domains.map(() => new Map<number, number>());
  for (let operation = 0; operation < count; operation++) {
    const addresses = ended[domain[operation]];
    const opKind = kind[operation];
    if (opKind === OpKind.Map || opKind === OpKind.Alloc) addresses.delete(address[operation]);
    if (opKind !== OpKind.Unmap || flags[operation] & (OpFlag.Lost | OpFlag.Partial)) continue;
    const before = addresses.get(address[operation]);
    addresses.set(address[operation], operation);
    if (before === undefined || trace.operations.partner[operation] >= 0) continue;
    found.add(operation, firstLine(trace, operation), () => ({
      text: `Double unmap? ${formatAddress(address[operation])} was already unmapped on line ${firstLine(trace, before)}, and no map of it was recorded in between.`,
      advice:
        'If events were lost here, record with larger buffers; otherwise the driver frees an address twice: CONFIG_DMA_API_DEBUG names the call.',
    }));
  }
  return found;
}

/** Unmaps and syncs whose direction is not that of their map; Documentation/core-api/dma-api.rst asks for the same. */
export function directionMismatches(trace: Trace, cap: number): Findings {
  const found = new Findings('direction-mismatch', 'warning', cap);
  const { count, kind, flags, partner, direction } = trace.operations;
  for (let operation = 0; operation < count; operation++) {
    const map = partner[operation];
    if (map < 0 || kind[operation] === OpKind.Map || kind[operation] === OpKind.Alloc) continue;
    if ((flags[operation] | flags[map]) & OpFlag.DirectionAssumed) continue;
    const isSync = kind[operation] !== OpKind.Unmap && kind[operation] !== OpKind.Free;
    if (direction[operation] === direction[map] || (isSync && direction[map] === (Direction.Bidirectional as number)))
      continue;
    found.add(operation, firstLine(trace, operation), () => ({
      text: `Direction mismatch: ${operationTitle(trace, operation)}, but the buffer was mapped ${directionWords(direction[map])} on line ${firstLine(trace, map)}.`,
      advice:
        'Pass the same direction to map, sync and unmap: bounce buffers and cache maintenance copy by it, and data is lost where they disagree.',
    }));
  }
  return found;
}
