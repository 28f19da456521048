/** System 5: emulated VT-d with VFIO behind it. */
import { describe, expect, it } from 'vitest';
import { addressSpaces } from '../../src/analysis/address-spaces';
import { replay } from '../../src/replay/replay';
import type { ViewChange } from '../../src/replay/scenario';
import { buildScenario, refusalOf } from '../../src/replay/scenario-build';
import { OpKind, type OperationTable } from '../../src/trace/operations';
import { importTrace } from '../../src/trace/import';
import { fixtureTrace } from '../support/fixture-traces';
import { guestReplay, hostTruth, logOf, MEMLOCK_06A } from '../validation/machines';
import { commandLine, openTrace, operationsOf, play, told } from './support';

const EMULATED = { platform: 'emulated-vtd' } as const;
const QEMU_LOG = 'samples/vfio-emulated-vtd.qemu.log.xz';
/** RAM that the platform's guest has. */
const RAM = 4 * 2 ** 30;
/** RAM of the recorded guest and its firmware's 256 KiB. */
const RECORDED_RAM = 2 ** 28 + 2 ** 18;

/** The recording with a second device in the first one's domain, as two functions of one group have it. */
async function withSecondDevice(): Promise<OperationTable> {
  const operations = await operationsOf('nestedGuest');
  const [first] = operations.devices;
  return { ...operations, devices: [first, { ...first, name: '0000:00:04.1' }] };
}

/** The recording with every other mapping made by a second device, in a domain of its own. */
async function withSecondDomain(): Promise<OperationTable> {
  const operations = await operationsOf('nestedGuest');
  const [first] = operations.devices;
  const parity = (column: Int32Array | Uint16Array) => column.map((_, row) => operations.mapping[row] % 2);
  return {
    ...operations,
    domains: [...operations.domains, { ...operations.domains[0], name: 'second' }],
    devices: [first, { ...first, name: '0000:00:05.0', domain: 1 }],
    domain: parity(operations.domain) as typeof operations.domain,
    device: parity(operations.device) as typeof operations.device,
  };
}

/** Leaves mapped at a time, by domain. */
function liveLeaves(operations: OperationTable, time: number): number[] {
  const leaves = [0, 0];
  for (let row = 0; row < operations.count && operations.time[row] <= time; row++) {
    const by = operations.kind[row] === OpKind.Map ? 1 : operations.kind[row] === OpKind.Unmap ? -1 : 0;
    leaves[operations.domain[row]] += by * operations.pages[row];
  }
  return leaves;
}

describe('emulated VT-d with VFIO behind it', () => {
  it('5.1 emulated-vtd: an invalidation per map, a page walk, one type1 ioctl and pinned pages per leaf, one container per address space', async () => {
    const bare = await play('nestedGuest', 'strict');
    const guest = await play('nestedGuest', 'strict', EMULATED);
    expect(bare.counters).toMatchObject({ exits: 0, ioctls: 0, invalidations: { page: 240 } });
    expect(guest.counters).toMatchObject({
      invalidations: { page: 2 * 240 },
      exits: 2 * 240,
      ioctls: guest.counters.pteWrites + guest.counters.pteClears,
    });
    expect(guest.time.components.pin).toBeGreaterThan(guest.time.cpuNs / 2);
    expect(guest.memory.lockedBytesPeak).toBe(16 * 4096);
    const two = replay(await withSecondDevice(), buildScenario({ policy: 'strict', ...EMULATED }));
    expect(two.counters.ioctls).toBe(2 * guest.counters.ioctls);
    expect(two.memory.lockedBytesPeak).toBe(2 * guest.memory.lockedBytesPeak);
  });

  it('5.1 emulated-vtd: the notifications that QEMU logged and the ioctls that the host counted, from the guest’s own trace', async () => {
    const truth = hostTruth('01-strict-1dev-bb');
    expect(await guestReplay('01-strict-1dev-bb')).toEqual({
      mapIoctls: truth.vfio_map_notify,
      unmapIoctls: truth.vtd_page_walk_one_unmap,
    });
  });

  it('5.2 domain switches: A to none maps all memory, back replays the mappings, A to B replays them in the new view', async () => {
    const at = (ms: number, to: 'off' | 'on' | 'swap') => ({ atNs: ms * 1e6, to });
    const operations = await operationsOf('nestedGuest');
    // A moment with requests in flight, so that there is something to replay.
    const busy = operations.time[100] + 1;
    const swap = await play('nestedGuest', 'strict', { ...EMULATED, switches: [{ atNs: busy, to: 'swap' }] });
    const still = await play('nestedGuest', 'strict', EMULATED);
    expect(told(swap, 'info')).toMatch(
      /to another domain with the same mappings, which are replayed\): 2 unmap ioctls release [1-9]\d* KiB, [1-9]/,
    );
    expect(swap.counters.exits).toBe(still.counters.exits + 1);
    const away = await play('nestedGuest', 'strict', { ...EMULATED, switches: [at(1000, 'off'), at(2000, 'on')] });
    const ram = (RAM / 1024).toString();
    expect(told(away, 'info')).toContain(`2 map ioctls lock ${ram} KiB`);
    expect(told(away, 'info')).toContain(`2 unmap ioctls release ${ram} KiB`);
    expect(away.memory.lockedBytesPeak).toBe(RAM);
    expect(away.exposure.writablePagesPeak).toBe(RAM / 4096);
    expect(away.time.cpuNs).toBeGreaterThan(still.time.cpuNs);
    expect(told(away, 'error')).toBe('');
    const locked = away.series.find(({ id }) => id.toLowerCase().includes('locked'));
    expect(locked?.values.at(-1)).toBeLessThan(1e6);
    const passthrough = await play('nestedGuest', 'passthrough', { ...EMULATED, switches: [at(1000, 'off')] });
    expect(told(passthrough, 'info')).toContain('nothing changes');
  });

  it('5.2 domain switches: A to a domain B of the trace removes what A shows, replays what B maps at that time, and later maps are made in B', async () => {
    const operations = await withSecondDomain();
    const middle = operations.time[100] + 1;
    const run = (switches: ViewChange[]) =>
      replay(operations, buildScenario({ policy: 'strict', ...EMULATED, switches }));
    const still = run([]);
    const moved = run([{ atNs: middle, to: 'attach', domain: '0000:00:05.0' }]);
    expect(told(moved, 'error')).toBe('');
    const [, released, calls, locked] =
      /whose mappings are replayed\): 2 unmap ioctls release (\d+) KiB, (\d+) map ioctls lock (\d+) KiB/.exec(
        told(moved, 'info'),
      )!;
    const inFlight = liveLeaves(operations, middle);
    expect([Number(released) / 4, Number(calls), Number(locked) / 4]).toEqual([inFlight[0], inFlight[1], inFlight[1]]);
    expect(moved.counters).toMatchObject({ maps: still.counters.maps, exits: still.counters.exits + 1 });
    // Two address spaces follow domain B now: each leaf is mapped in both.
    const later = Array.from(operations.time).filter(
      (time, row) => time > middle && operations.kind[row] === OpKind.Map,
    );
    expect(moved.counters.ioctls - still.counters.ioctls).toBeGreaterThan(later.length);
    const back = run([
      { atNs: middle, to: 'attach', domain: '0000:00:05.0' },
      { atNs: middle + 1, to: 'attach', domain: operations.domains[0].name },
    ]);
    expect(told(back, 'error')).toBe('');
    expect(refusalOf(operations, moved.scenario)).toBeUndefined();
    expect(
      refusalOf(operations, { ...moved.scenario, switches: [{ atNs: 0, to: 'attach', domain: 'none such' }] }),
    ).toContain('no domain or device called "none such"');
  });

  it('5.2 domain switches: recorded by QEMU, each with what it took', async () => {
    const { switches } = await logOf('05-switch-1dev');
    expect(switches.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      ...['none → ram', 'ram → domain', 'domain → ram', 'ram → domain', 'domain → ram'],
    ]);
    expect(switches[2]).toMatchObject({ unmapIoctls: 2, mapIoctls: 8, lockedBytes: RECORDED_RAM, releasedBytes: 0 });
    expect(switches[3]).toMatchObject({ releasedBytes: RECORDED_RAM, lockedBytes: 0 });
  });

  it('5.2 domain switches: interrupt remapping stays apart, turned on, off and invalidated it changes no view', async () => {
    const bytes = await fixtureTrace('nested/05-switch-1dev/qemu-trace.log.xz');
    const lines = new TextDecoder().decode(bytes).split('\n');
    const prefix = /^\S*?(?=vtd_)/.exec(lines.find(line => line.includes('vtd_'))!)?.[0] ?? '';
    const interrupts = [
      'vtd_ir_enable enable 1',
      'vtd_inv_desc_iec granularity 0 index 0 mask 0',
      'vtd_ir_enable enable 0',
    ];
    const mixed = lines.flatMap((line, i) =>
      i % 5000 === 4999 ? [...interrupts.map(text => prefix + text), line] : [line],
    );
    const viewsOf = (text: string) =>
      addressSpaces(importTrace(new TextEncoder().encode(text)).events).switches.map(({ from, to, releasedBytes }) => ({
        from,
        to,
        releasedBytes,
      }));
    expect(mixed.length).toBeGreaterThan(lines.length);
    expect(viewsOf(mixed.join('\n'))).toEqual(viewsOf(lines.join('\n')));
  });

  it('5.3 locked memory: per container, over time, its peak; N devices × RAM when translation is off or identity', async () => {
    const alone = await play('nestedGuest', 'passthrough', EMULATED);
    expect(alone.memory.lockedBytesPeak).toBe(RAM);
    const two = replay(await withSecondDevice(), buildScenario({ policy: 'passthrough', ...EMULATED }));
    expect(two.memory.lockedBytesPeak).toBe(2 * RAM);
    const identity = await play('receive', 'ro-identity', EMULATED);
    expect(identity.memory.lockedBytesPeak).toBeGreaterThan(RAM);
    const { code, out } = await commandLine(['locked', QEMU_LOG, '--devices', '4', '--json']);
    expect(code).toBe(0);
    const { limits } = JSON.parse(out) as { limits: object };
    expect(limits).toEqual({ devices: 4, containerPerDevice: 4 * RECORDED_RAM, containerPerDomain: RECORDED_RAM });
  });

  it('5.3 locked memory: ENOMEM when the limit is too low, ENOSPC beyond the entry limit, where the host failed as well', async () => {
    const low = await play('nestedGuest', 'passthrough', { ...EMULATED, machine: { lockedMemoryLimit: RAM - 4096 } });
    expect(low.counters.failedMaps).toBe(1);
    expect(told(low, 'error')).toContain('ENOMEM');
    const enough = await play('nestedGuest', 'passthrough', { ...EMULATED, machine: { lockedMemoryLimit: RAM } });
    expect(enough.counters.failedMaps).toBe(0);
    const shipped = await play('nestedGuest', 'strict', EMULATED);
    expect(shipped.scenario.platform.machine.dmaEntryLimit).toBe(65535);
    const full = await play('nestedGuest', 'strict', { ...EMULATED, machine: { dmaEntryLimit: 8 } });
    expect(told(full, 'error')).toContain('ENOSPC');
    const { failure } = await logOf('06a-memlock-intel-1dev', MEMLOCK_06A);
    expect(failure).toMatchObject({ reason: 'locked-memory', wanted: 2 ** 28, limit: 2 ** 27 });
  });

  it('5.4 one container per guest domain: pages are counted once', async () => {
    const operations = await withSecondDevice();
    const locked = (policy: string, containerPerDevice: boolean) => {
      const scenario = buildScenario({ policy, ...EMULATED, machine: { containerPerDevice } });
      const { memory, counters } = replay(operations, scenario);
      return { bytes: memory.lockedBytesPeak, ioctls: counters.ioctls };
    };
    for (const policy of ['strict', 'passthrough']) {
      const apart = locked(policy, true);
      const shared = locked(policy, false);
      expect(apart.bytes).toBe(2 * shared.bytes);
      expect(apart.ioctls).toBe(2 * shared.ioctls);
    }
  });

  it('5.5 the verdict in figures: type1 is fit for static mappings, poor for dynamic ones', async () => {
    const perOperation = async (policy: string) => {
      const { time, operations } = await play('nestedGuest', policy, EMULATED);
      return time.cpuNs / operations;
    };
    const dynamic = await perOperation('strict');
    expect(dynamic).toBeGreaterThan(100 * (await perOperation('passthrough')));
    expect(dynamic).toBeGreaterThan(10 * (await perOperation('bounce-dynamic')));
    const bare = await play('nestedGuest', 'strict');
    expect(dynamic).toBeGreaterThan(20 * (bare.time.cpuNs / bare.operations));
  });

  it.each([
    ['01-strict-1dev-bb', 'vtd_'],
    ['07-virtio-iommu-1dev', 'virtio_iommu_'],
  ])('5.6 QEMU logs are an input format: %s', async (run, family) => {
    const path = `test/fixtures/traces/nested/${run}/qemu-trace.log.xz`;
    const { code, out } = await commandLine(['import', path, '--json']);
    expect(code).toBe(0);
    const report = JSON.parse(out) as { format: string; bytes: number; accountedBytes: number; events: object };
    expect(report.format).toBe('qemu-log');
    expect(report.accountedBytes).toBe(report.bytes);
    const names = Object.keys(report.events).join(' ');
    expect(names).toContain(family);
    expect(names).toContain('vfio_');
    const { events, operations } = await openTrace(path);
    expect(addressSpaces(events).peakBytes).toBeGreaterThan(0);
    expect(operations.count).toBeGreaterThan(0);
  });
});
