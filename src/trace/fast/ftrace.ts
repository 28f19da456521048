import { COMM_COLUMNS, FastEvent, FastLines } from './fast-lines';
import { Literal } from './words';

const SPACE = 32;
const DASH = 45;
const OPEN_ROUND = 40;
const CLOSE_ROUND = 41;
/** `(%7d)` or `(-------)` */
const TGID_COLUMNS = 9;
const MIN_FLAGS = 4;
const MAX_FLAGS = 8;

const LETTER_D = 100;
const LETTER_M = 109;
const LETTER_Q = 113;
const LETTER_U = 117;

const MAP = new Literal('map: ');
const UNMAP = new Literal('unmap: ');
const QI_SUBMIT = new Literal('qi_submit: ');
const DMA_SYNC = new Literal('dma_sync_single_');
const CPU = new Literal('for_cpu: ');
const DEVICE = new Literal('for_device: ');
const DMA_EVENTS = [
  { literal: new Literal('dma_map_page: '), event: FastEvent.DmaMap },
  { literal: new Literal('dma_unmap_page: '), event: FastEvent.DmaUnmap },
  { literal: new Literal('dma_map_phys: '), event: FastEvent.DmaMapPhys },
  { literal: new Literal('dma_unmap_phys: '), event: FastEvent.DmaUnmapPhys },
] as const;

/** `%16s-%-7d [(%7d) ][%03d] [flags ]sec.usec: event: text` */
export class FastFtrace extends FastLines {
  protected override prefix(at: number): boolean {
    const { text } = this;
    const { bytes } = text;
    if (bytes[at + COMM_COLUMNS] !== DASH || !this.takeComm(at)) return false;
    this.pid = text.decimal(at + COMM_COLUMNS + 1);
    if (this.pid < 0 || bytes[text.end] !== SPACE) return false;
    let next = this.skipBlanks(text.end);
    if (bytes[next] === OPEN_ROUND) next = this.skipGroup(next);
    return next > 0 && this.takeCpu(next) && this.takeTime(this.skipFlags(this.skipBlanks(this.next)));
  }

  protected override name(at: number): FastEvent {
    switch (this.text.bytes[at]) {
      case LETTER_M:
        return this.ifMatches(at, MAP, FastEvent.IommuMap);
      case LETTER_U:
        return this.ifMatches(at, UNMAP, FastEvent.IommuUnmap);
      case LETTER_Q:
        return this.ifMatches(at, QI_SUBMIT, FastEvent.QiSubmit);
      case LETTER_D:
        return this.dmaName(at);
      default:
        return FastEvent.None;
    }
  }

  private dmaName(at: number): FastEvent {
    const { view } = this.text;
    if (DMA_SYNC.matches(view, at)) {
      const suffix = at + DMA_SYNC.length;
      return CPU.matches(view, suffix)
        ? this.ifMatches(suffix, CPU, FastEvent.DmaSyncForCpu)
        : this.ifMatches(suffix, DEVICE, FastEvent.DmaSyncForDevice);
    }
    for (const { literal, event } of DMA_EVENTS) if (this.ifMatches(at, literal, event) === event) return event;
    return FastEvent.None;
  }

  /** Over the process in parentheses; -1 if it is none. */
  private skipGroup(at: number): number {
    const { bytes } = this.text;
    const end = at + TGID_COLUMNS;
    for (let i = at + 1; i < end - 1; i++) {
      const byte = bytes[i];
      if (byte !== SPACE && byte !== DASH && (byte < 48 || byte > 57)) return -1;
    }
    return bytes[end - 1] === CLOSE_ROUND && bytes[end] === SPACE ? end + 1 : -1;
  }

  /** Over the irq-info columns; where there are none, or too many, time is expected at once. */
  private skipFlags(at: number): number {
    const { bytes } = this.text;
    let end = at;
    while (bytes[end] > SPACE && end - at <= MAX_FLAGS) end++;
    const width = end - at;
    const isDigit = bytes[at] >= 48 && bytes[at] <= 57;
    if (isDigit || width < MIN_FLAGS || width > MAX_FLAGS || bytes[end] !== SPACE) return at;
    return this.skipBlanks(end);
  }
}
