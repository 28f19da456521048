/** Made-up traces as perf script prints them, so that tests pass through the real importer and know every line. */
import { importTrace } from '../../src/trace/import';
import type { Trace } from '../../src/trace/operations';

const PAGE = 4096;

export interface MadeOperation {
  at?: number;
  cpu?: number;
  comm?: string;
  device?: string;
  direction?: string;
  iova: number;
  phys?: number;
  size?: number;
  /** Frames of the call chain, innermost first. */
  chain?: string[];
}

/** Writes operations as the events of a strict VT-d kernel. Times in ns, 1 µs apart unless given. */
export class TraceText {
  private readonly lines: string[] = [];
  private now = 0;

  /** iommu:map and dma:dma_map_page: two lines, and those of the chain. */
  map(operation: MadeOperation): this {
    const { iova, phys = iova + 0x10000000, size = PAGE } = operation;
    const end = iova + Math.ceil(size / PAGE) * PAGE;
    this.event(operation, 'iommu:map', `IOMMU: iova=${hex(iova)} - ${hex(end)} paddr=${hex(phys)} size=${end - iova}`);
    return this.event(operation, 'dma:dma_map_page', `${this.dma(operation)} phys_addr=${phys.toString(16)} attrs=`);
  }

  /** iommu:unmap, qi_submit and dma:dma_unmap_page: three lines, and those of the chain. */
  unmap(operation: MadeOperation): this {
    const { iova, size = PAGE } = operation;
    const end = iova + Math.ceil(size / PAGE) * PAGE;
    const bytes = `size=${end - iova} unmapped_size=${end - iova}`;
    this.event(operation, 'iommu:unmap', `IOMMU: iova=${hex(iova)} - ${hex(end)} ${bytes}`);
    const at = { ...operation, at: this.now };
    const mask = Math.ceil(Math.log2((end - iova) / PAGE));
    this.event(at, 'intel_iommu:qi_submit', `iotlb_inv dmar0: 0x400f2 0x${(iova + 0x40 + mask).toString(16)} 0x0 0x0`);
    return this.event(at, 'dma:dma_unmap_page', `${this.dma(operation)} attrs=`);
  }

  /** Any line as it is. */
  line(text: string): this {
    this.lines.push(text);
    return this;
  }

  event({ at, cpu = 0, comm = 'fio', chain = [] }: Partial<MadeOperation>, name: string, text: string): this {
    this.now = at ?? this.now + 1000;
    const seconds = (1 + this.now / 1e9).toFixed(9);
    this.lines.push(`${comm} 405 [00${cpu}] ${seconds}: ${name}: ${text}`);
    for (const frame of chain) this.lines.push(`\tffffffff81000000 ${frame}+0x10 ([kernel.kallsyms])`);
    if (chain.length > 0) this.lines.push('');
    return this;
  }

  get text(): string {
    return `${this.lines.join('\n')}\n`;
  }

  get bytes(): Uint8Array {
    return new TextEncoder().encode(this.text);
  }

  trace(): Trace {
    return importTrace(this.bytes);
  }

  private dma({ device = '0000:00:04.0', direction = 'FROM_DEVICE', iova, size = PAGE }: MadeOperation): string {
    return `${device} dir=${direction} dma_addr=${iova.toString(16)} size=${size}`;
  }
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(16, '0')}`;
}

/**
 * Two devices on two CPUs: a disk reads pages of 4 and 64 KiB (operations 0 to 5), a network card sends one page
 * (operations 6 and 7). 20 lines.
 */
export function smallTrace(): TraceText {
  const disk = { device: '0000:00:04.0', chain: [] };
  const card = { device: '0000:00:06.0', direction: 'TO_DEVICE', cpu: 1, comm: 'iperf' };
  return new TraceText()
    .map({ ...disk, iova: 0xfff00000 })
    .unmap({ ...disk, iova: 0xfff00000 })
    .map({ ...disk, iova: 0xffe00000, size: 65536 })
    .unmap({ ...disk, iova: 0xffe00000, size: 65536 })
    .map({ ...disk, iova: 0xfff00000 })
    .unmap({ ...disk, iova: 0xfff00000 })
    .map({ ...card, iova: 0xffd00000, size: 1500 })
    .unmap({ ...card, iova: 0xffd00000, size: 1500 });
}
