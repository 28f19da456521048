import { describe, expect, it } from 'vitest';
import { FAILED_ADDRESS } from '../../../src/trace/events';
import { ftraceRow, perfRow } from '../../support/read-lines';

const none = { phys: 0, flags: [], detail: 0, domainId: -1, nents: 0, list: [] };
const DEVICE = '0000:00:04.0';

describe('dma_map_page, dma_map_phys, dma_map_resource', () => {
  it.each(['dma_map_page', 'dma_map_phys', 'dma_map_resource'])('%s is one mapping', name => {
    expect(
      perfRow(`dma:${name}`, `${DEVICE} dir=FROM_DEVICE dma_addr=fffbe010 size=42 phys_addr=17b07010 attrs=`),
    ).toEqual({
      ...none,
      kind: 'DmaMap',
      device: DEVICE,
      direction: 'FROM_DEVICE',
      address: 0xfffbe010,
      phys: 0x17b07010,
      size: 42,
    });
  });

  it.each([
    ['BIDIRECTIONAL', 'BIDIRECTIONAL'],
    ['TO_DEVICE', 'TO_DEVICE'],
    ['NONE', 'NONE'],
    ['1', 'TO_DEVICE'],
    ['0x2 (2)', 'FROM_DEVICE'],
  ])('direction %s', (printed, direction) => {
    const text = `${DEVICE} dir=${printed} dma_addr=fffbe000 size=42 phys_addr=17b07000 attrs=`;
    expect(perfRow('dma:dma_map_page', text)?.direction).toBe(direction);
  });

  it.each([
    ['', []],
    ['NO_WARN', []],
    ['WEAK_ORDERING|SKIP_CPU_SYNC', ['SkipCpuSync']],
    ['SKIP_CPU_SYNC|MMIO|0x8000', ['SkipCpuSync', 'Mmio']],
    ['0x420', ['SkipCpuSync', 'Mmio']],
    ['0x100 (256)', []],
    ['SKIP_CPU_SYNC ffffffff819877aa __traceiter_dma_map_page', ['SkipCpuSync']],
    [' ffffffff819877aa __traceiter_dma_map_page', []],
  ])('attributes %j', (attrs, flags) => {
    const text = `${DEVICE} dir=TO_DEVICE dma_addr=fffbe000 size=42 phys_addr=17b07000 attrs=${attrs}`;
    expect(perfRow('dma:dma_map_page', text)?.flags).toEqual(flags);
  });

  it('that failed says so', () => {
    expect(
      ftraceRow(
        'dma_map_page',
        '0000:01:00.0 dir=FROM_DEVICE dma_addr=ffffffffffffffff size=1522 phys_addr=4ae4040 attrs=',
      ),
    ).toMatchObject({ address: FAILED_ADDRESS, flags: ['Failed'] });
  });

  it('is read from binary fields in any order', () => {
    const text = `device=${DEVICE} phys_addr=17b07000 dma_addr=fffbe000 size=4096 dir=2 attrs=0x0`;
    expect(ftraceRow('dma_map_page', text)).toMatchObject({ device: DEVICE, direction: 'FROM_DEVICE', size: 4096 });
    const failed = `[FAILED TO PARSE] device=${DEVICE} phys_addr=397438976 dma_addr=4294696960 size=4096 dir=2 attrs=0x0`;
    expect(perfRow('dma:dma_map_page', failed)).toMatchObject({ address: 0xfffbe000, phys: 0x17b07000 });
  });

  it.each([
    `${DEVICE} dir=FROM_DEVICE dma_addr=fffbe000 size=4096`,
    `${DEVICE} dir=FROM_DEVICE dma_addr= size=4096 phys_addr=17b07000 attrs=`,
    `${DEVICE} dma_addr=fffbe000 size=4096 phys_addr=17b07000 attrs=`,
    'dir=FROM_DEVICE dma_addr=fffbe000 size=4096 phys_addr=17b07000 attrs=',
    '',
  ])('with a field missing is no event: %j', text => {
    expect(perfRow('dma:dma_map_page', text)).toBeNull();
  });
});

describe('dma_unmap_page and dma_sync_single', () => {
  it('have no physical address', () => {
    const text = `${DEVICE} dir=FROM_DEVICE dma_addr=fffbe000 size=4096 attrs=`;
    const expected = { ...none, device: DEVICE, direction: 'FROM_DEVICE', address: 0xfffbe000, size: 4096 };
    for (const name of ['dma_unmap_page', 'dma_unmap_phys', 'dma_unmap_resource']) {
      expect(perfRow(`dma:${name}`, text)).toEqual({ ...expected, kind: 'DmaUnmap' });
    }
    expect(ftraceRow('dma_sync_single_for_cpu', text.slice(0, -7))).toEqual({ ...expected, kind: 'DmaSyncForCpu' });
    expect(ftraceRow('dma_sync_single_for_device', text.slice(0, -7))).toMatchObject({ kind: 'DmaSyncForDevice' });
  });

  it('call the address addr in their binary fields', () => {
    expect(ftraceRow('dma_unmap_page', `device=${DEVICE} addr=fffbe000 size=4096 dir=2 attrs=0x0`)).toMatchObject({
      address: 0xfffbe000,
    });
  });
});

describe('coherent memory', () => {
  it('dma_alloc of 6.12 prints no direction, later kernels BIDIRECTIONAL', () => {
    const rest = 'dma_addr=fe980000 size=524288 virt_addr=000000006cadbcb1 flags=GFP_KERNEL attrs=';
    const expected = { kind: 'DmaAlloc', direction: 'BIDIRECTIONAL', address: 0xfe980000, size: 524288, flags: [] };
    expect(ftraceRow('dma_alloc', `0000:c2:00.0 ${rest}`)).toMatchObject(expected);
    expect(ftraceRow('dma_alloc', `0000:c2:00.0 dir=BIDIRECTIONAL ${rest}`)).toMatchObject(expected);
  });

  it('an early 6.12 names the physical address', () => {
    const text = '0000:c2:00.0 dma_addr=fe980000 size=4096 phys_addr=10ec80000 flags=GFP_KERNEL attrs=';
    expect(ftraceRow('dma_alloc', text)?.phys).toBe(0x10ec80000);
  });

  it.each(['0000000000000000', '(null)', '(nil)'])('without an address (%s) it failed', virt => {
    const text = `${DEVICE} dir=BIDIRECTIONAL dma_addr=0 size=4096 virt_addr=${virt} flags=GFP_ATOMIC attrs=`;
    expect(perfRow('dma:dma_alloc', text)?.flags).toEqual(['Failed']);
  });

  it('a hashed or hidden virtual address is none of the kernel’s failures', () => {
    for (const virt of ['(____ptrval____)', '00000000b24adfde', '0xffff8bcd1dc10000']) {
      const text = `${DEVICE} dir=BIDIRECTIONAL dma_addr=6d50000 size=4096 virt_addr=${virt} flags=GFP_ATOMIC attrs=`;
      expect(perfRow('dma:dma_alloc', text)?.flags).toEqual([]);
    }
  });

  it('dma_free and the scatter-gather tables', () => {
    const free = `${DEVICE} dir=BIDIRECTIONAL dma_addr=fffff000 size=4096 virt_addr=00000000b24adfde attrs=`;
    expect(perfRow('dma:dma_free', free)).toMatchObject({ kind: 'DmaFree', address: 0xfffff000 });
    const table = `${DEVICE} dir=TO_DEVICE dma_addr=fffe0000 size=8192 phys_addrs={0x1000,0x9000} flags=GFP_KERNEL attrs=`;
    expect(perfRow('dma:dma_alloc_sgt', table)).toMatchObject({
      kind: 'DmaAlloc',
      direction: 'TO_DEVICE',
      phys: 0x1000,
      list: [
        [0, 0x1000, 0],
        [0, 0x9000, 0],
      ],
    });
    const failure = `${DEVICE} dir=BIDIRECTIONAL dma_addr=0 size=8192 virt_addr=(null) flags=GFP_KERNEL attrs=`;
    expect(perfRow('dma:dma_alloc_sgt_err', failure)).toMatchObject({ address: FAILED_ADDRESS, flags: ['Failed'] });
  });
});

describe('dma_map_sg', () => {
  const expected = {
    kind: 'DmaMapSg',
    device: DEVICE,
    direction: 'FROM_DEVICE',
    address: 0xfff90000,
    phys: 0x17bfc000,
    size: 0x10000,
    nents: 2,
    list: [
      [0xfff90000, 0x17bfc000, 0x10000],
      [0, 0x1f400000, 0],
    ],
  };
  const head = `${DEVICE} dir=FROM_DEVICE`;

  it.each([
    [
      'ftrace',
      `${head} nents=2/2 ents=1/1 dma_addrs={0xfff90000} sizes={0x10000} phys_addrs={0x17bfc000,0x1f400000} attrs=NO_WARN`,
    ],
    [
      '6.12 without counts',
      `${head} dma_addrs={0xfff90000} sizes={0x10000} phys_addrs={0x17bfc000,0x1f400000} attrs=NO_WARN`,
    ],
    ['libtraceevent, decimal', `${head} dma_addrs=4294508544 sizes=65536 phys_addrs=398442496 524288000 attrs=NO_WARN`],
    [
      'bytes',
      `[FAILED TO PARSE] device=${DEVICE} full_nents=2 full_ents=1 truncated=0 phys_addrs=ARRAY[00, c0, bf, 17, 00, 00, 00, 00, 00, 00, 40, 1f, 00, 00, 00, 00] dma_addrs=ARRAY[00, 00, f9, ff, 00, 00, 00, 00] lengths=ARRAY[00, 00, 01, 00] dir=2 attrs=0x100`,
    ],
    [
      'fields',
      `device=${DEVICE} full_nents=0x2 (2) full_ents=0x1 (1) truncated=(0) phys_addrs=00,c0,bf,17,00,00,00,00,00,00,40,1f,00,00,00,00 dma_addrs=00,00,f9,ff,00,00,00,00 lengths=00,00,01,00 dir=0x2 (2) attrs=0x100 (256)`,
    ],
  ])('has the same lists in every rendering: %s', (_, text) => {
    expect(ftraceRow('dma_map_sg', text)).toMatchObject({ ...expected, flags: [] });
  });

  it('longer than the kernel records tells how many entries there were', () => {
    const text = `${head} nents=128/300 ents=2/2 [TRUNCATED] dma_addrs={0x1000,0x9000} sizes={0x1000,0x2000} phys_addrs={0x5000,0x7000} attrs=`;
    expect(ftraceRow('dma_map_sg', text)).toMatchObject({ nents: 300, size: 0x3000, flags: ['Truncated'] });
    const binary = `[FAILED TO PARSE] device=${DEVICE} full_nents=300 truncated=1 phys_addrs=ARRAY[00, 10, 00, 00, 00, 00, 00, 00] dma_addrs=ARRAY[] lengths=ARRAY[] dir=1 attrs=0x0`;
    expect(perfRow('dma:dma_map_sg', binary)).toMatchObject({ nents: 300, phys: 0x1000, flags: ['Truncated'] });
  });

  it('that failed lists physical addresses under dma_addrs', () => {
    expect(perfRow('dma:dma_map_sg_err', `${head} dma_addrs={0x1000,0x2000} err=-5 attrs=`)).toMatchObject({
      kind: 'DmaMapSg',
      address: FAILED_ADDRESS,
      phys: 0x1000,
      nents: 2,
      flags: ['Failed'],
    });
  });
});

describe('dma_unmap_sg and dma_sync_sg', () => {
  it.each([
    `${DEVICE} dir=FROM_DEVICE phys_addrs={0x17bfc000,0x1f400000} attrs=`,
    `${DEVICE} dir=FROM_DEVICE phys_addrs=398442496 524288000 attrs= ffffffff81987e8a __traceiter_dma_unmap_sg`,
    `device=${DEVICE} addrs=ARRAY[00, c0, bf, 17, 00, 00, 00, 00, 00, 00, 40, 1f, 00, 00, 00, 00] dir=2 attrs=0x0`,
  ])('an unmap lists physical addresses only: %s', text => {
    expect(perfRow('dma:dma_unmap_sg', text)).toMatchObject({
      kind: 'DmaUnmapSg',
      address: 0,
      size: 0,
      phys: 0x17bfc000,
      nents: 2,
      list: [
        [0, 0x17bfc000, 0],
        [0, 0x1f400000, 0],
      ],
    });
  });

  it('a sync lists DMA addresses and sizes, with perf’s symbol behind them ignored', () => {
    const text = `${DEVICE} dir=TO_DEVICE dma_addrs=4096 36864 sizes=4096 512 ffffffff81987e8a __traceiter_dma_sync_sg`;
    expect(perfRow('dma:dma_sync_sg_for_device', text)).toMatchObject({
      kind: 'DmaSyncForDevice',
      size: 4608,
      list: [
        [4096, 0, 4096],
        [36864, 0, 512],
      ],
    });
  });
});
