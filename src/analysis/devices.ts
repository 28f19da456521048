import { DIRECTION_NAMES } from '../trace/events';
import { OpKind, type Trace } from '../trace/operations';
import type { DeviceSummary } from './run';

/** What each device mapped: counts by direction, bytes. Coherent allocations do not count. */
export function summariseDevices(trace: Trace): DeviceSummary[] {
  const operations = trace.operations;
  const summaries = operations.devices.map((device): DeviceSummary => ({
    name: device.name,
    assumed: device.assumed,
    ats: device.ats,
    untrusted: device.untrusted,
    domain: operations.domains[device.domain]?.name ?? '',
    maps: 0,
    unmaps: 0,
    mappedBytes: 0,
    directions: {},
  }));
  for (let i = 0; i < operations.count; i++) {
    const summary = summaries[operations.device[i]];
    if (operations.kind[i] === OpKind.Map) {
      summary.maps++;
      summary.mappedBytes += operations.size[i];
      const direction = DIRECTION_NAMES[operations.direction[i]];
      summary.directions[direction] = (summary.directions[direction] ?? 0) + 1;
    } else if (operations.kind[i] === OpKind.Unmap) summary.unmaps++;
  }
  return summaries;
}
