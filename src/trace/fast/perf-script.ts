import { COMM_COLUMNS, FastEvent, FastLines } from './fast-lines';
import { Literal } from './words';

const SPACE = 32;
const SLASH = 47;
const LETTER_A = 97;
const LETTER_M = 109;
const LETTER_S = 115;
const LETTER_U = 117;

const IOMMU_MAP = new Literal('iommu:map: ');
const IOMMU_UNMAP = new Literal('iommu:unmap: ');
const DMA_MAP = new Literal('dma:dma_map_');
const DMA_UNMAP = new Literal('dma:dma_unmap_');
const DMA_SYNC = new Literal('dma:dma_sync_');
const INTEL_IOMMU = new Literal('intel_iommu:');
const QI_SUBMIT = new Literal('qi_submit: ');
const SINGLE_FOR = new Literal('single_for_');
const CPU = new Literal('cpu: ');
const DEVICE = new Literal('device: ');
const PAGE = new Literal('page: ');
const PHYS = new Literal('phys: ');

/** `%16s %7d [%03d] %5lu.%06lu: %*s: text`, and `pid/tid` in place of tid. */
export class FastPerfScript extends FastLines {
  protected override prefix(at: number): boolean {
    const { text } = this;
    const { bytes } = text;
    if (bytes[at + COMM_COLUMNS] !== SPACE || !this.takeComm(at)) return false;
    this.pid = text.decimal(this.skipBlanks(at + COMM_COLUMNS + 1));
    if (bytes[text.end] === SLASH) this.pid = text.decimal(text.end + 1);
    if (this.pid < 0 || bytes[text.end] !== SPACE) return false;
    return this.takeCpu(this.skipBlanks(text.end)) && this.takeTime(this.skipBlanks(this.next));
  }

  protected override name(at: number): FastEvent {
    const { view, bytes } = this.text;
    switch (bytes[at + 6]) {
      case LETTER_M:
        return this.ifMatches(at, IOMMU_MAP, FastEvent.IommuMap);
      case LETTER_U:
        return this.ifMatches(at, IOMMU_UNMAP, FastEvent.IommuUnmap);
      case LETTER_A:
        return bytes[at + 8] === LETTER_S ? this.syncName(at) : this.mapName(at);
      default:
        return INTEL_IOMMU.matches(view, at)
          ? this.ifMatches(at + INTEL_IOMMU.length, QI_SUBMIT, FastEvent.QiSubmit)
          : FastEvent.None;
    }
  }

  /** `dma:dma_map_page: ` and its like. */
  private mapName(at: number): FastEvent {
    const { view } = this.text;
    if (DMA_MAP.matches(view, at)) {
      const suffix = at + DMA_MAP.length;
      return PAGE.matches(view, suffix)
        ? this.ifMatches(suffix, PAGE, FastEvent.DmaMap)
        : this.ifMatches(suffix, PHYS, FastEvent.DmaMapPhys);
    }
    const suffix = at + DMA_UNMAP.length;
    if (!DMA_UNMAP.matches(view, at)) return FastEvent.None;
    return PAGE.matches(view, suffix)
      ? this.ifMatches(suffix, PAGE, FastEvent.DmaUnmap)
      : this.ifMatches(suffix, PHYS, FastEvent.DmaUnmapPhys);
  }

  /** `dma:dma_sync_single_for_cpu: ` and `..._for_device: `. */
  private syncName(at: number): FastEvent {
    const { view } = this.text;
    const suffix = at + DMA_SYNC.length + SINGLE_FOR.length;
    if (!DMA_SYNC.matches(view, at) || !SINGLE_FOR.matches(view, at + DMA_SYNC.length)) return FastEvent.None;
    return CPU.matches(view, suffix)
      ? this.ifMatches(suffix, CPU, FastEvent.DmaSyncForCpu)
      : this.ifMatches(suffix, DEVICE, FastEvent.DmaSyncForDevice);
  }
}
