/**
 * The events that make up nearly all of a trace, in the one form in which current kernels print them (see payloads/ for
 * the formats). Whatever differs in a single byte is left to the general parsers: both must give the same rows.
 */
import { EventDraft } from '../event-draft';
import { Direction, EventKind } from '../events';
import { attributeFlags } from '../payloads/dma';
import { decodeDescriptor } from '../payloads/intel-iommu';
import { hex4, HEX_DIGITS, Literal } from './words';

const TWO_16 = 2 ** 16;
const TWO_32 = 2 ** 32;
const SPACE = 32;
const LINE_FEED = 10;
const COLON = 58;
const EQUALS = 61;
/** Longer addresses exceed what a Float64 holds exactly, or mean a failed mapping. */
const MAX_HEX_DIGITS = 13;
const MAX_DECIMAL_DIGITS = 9;
/** `0000:00:04.0 ` and platform devices; longer names are left to the general parser. */
const MAX_DEVICE = 32;

const IOMMU_IOVA = new Literal('IOMMU: iova=0x');
const RANGE_END = new Literal(' - 0x');
const PADDR = new Literal(' paddr=0x');
const SIZE = new Literal(' size=');
const UNMAPPED_SIZE = new Literal(' unmapped_size=');
const DMA_ADDR = new Literal(' dma_addr=');
const PHYS_ADDR = new Literal(' phys_addr=');
const ATTRS = new Literal(' attrs=');
const HEX_PREFIX = 0x7830;

/** By the letter after ` dir=`: the whole text of the field. */
const DIRECTIONS = [
  { text: new Literal(' dir=FROM_DEVICE'), letter: 70, direction: Direction.FromDevice },
  { text: new Literal(' dir=TO_DEVICE'), letter: 84, direction: Direction.ToDevice },
  { text: new Literal(' dir=BIDIRECTIONAL'), letter: 66, direction: Direction.Bidirectional },
] as const;

/**
 * Reads the text of one event from a DataView. Methods take the position of the text and return that of the next line,
 * -1 if the text is not exactly as expected; then nothing may be used of `draft`.
 */
export class EventText {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  readonly draft = new EventDraft();
  /** Position after the number that was read last; -1 where there was none. */
  private next = 0;
  private high = 0;
  private low = 0;

  setBuffer(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** `IOMMU: iova=0x%016llx - 0x%016llx paddr=0x%016llx size=%zu` */
  iommuMap(at: number): number {
    const { view, draft } = this;
    if (!IOMMU_IOVA.matches(view, at)) return -1;
    const iova = this.hex16(at + 14);
    if (iova < 0 || !RANGE_END.matches(view, at + 30) || this.hex16(at + 35) < 0) return -1;
    if (!PADDR.matches(view, at + 51)) return -1;
    const phys = this.hex16(at + 60);
    if (phys < 0 || !SIZE.matches(view, at + 76)) return -1;
    const size = this.decimal(at + 82);
    if (size < 0 || this.bytes[this.next] !== LINE_FEED) return -1;
    draft.reset(EventKind.IommuMap);
    draft.address = iova;
    draft.phys = phys;
    draft.size = size;
    return this.next + 1;
  }

  /** `IOMMU: iova=0x%016llx - 0x%016llx size=%zu unmapped_size=%zu` */
  iommuUnmap(at: number): number {
    const { view, draft } = this;
    if (!IOMMU_IOVA.matches(view, at)) return -1;
    const iova = this.hex16(at + 14);
    if (iova < 0 || !RANGE_END.matches(view, at + 30) || this.hex16(at + 35) < 0) return -1;
    if (!SIZE.matches(view, at + 51)) return -1;
    const size = this.decimal(at + 57);
    if (size < 0 || !UNMAPPED_SIZE.matches(view, this.next)) return -1;
    if (this.decimal(this.next + 15) < 0 || this.bytes[this.next] !== LINE_FEED) return -1;
    draft.reset(EventKind.IommuUnmap);
    draft.address = iova;
    draft.size = size;
    return this.next + 1;
  }

  /** `%s dir=%s dma_addr=%llx size=%zu[ phys_addr=%llx] attrs=%s` */
  dmaSingle(at: number, kind: EventKind.DmaMap | EventKind.DmaUnmap): number {
    const { view, draft } = this;
    draft.reset(kind);
    let next = this.device(at, SPACE);
    if (next < 0) return -1;
    next = this.direction(next);
    if (next < 0 || !DMA_ADDR.matches(view, next)) return -1;
    draft.address = this.hex(next + 10);
    if (draft.address < 0 || !SIZE.matches(view, this.next)) return -1;
    draft.size = this.decimal(this.next + 6);
    if (draft.size < 0) return -1;
    if (kind === EventKind.DmaMap) {
      if (!PHYS_ADDR.matches(view, this.next)) return -1;
      draft.phys = this.hex(this.next + 11);
      if (draft.phys < 0) return -1;
    }
    return ATTRS.matches(view, this.next) ? this.attributes(this.next + 7) : -1;
  }

  /** `iotlb_inv dmar0: 0x%llx 0x%llx 0x%llx 0x%llx` */
  qiSubmit(at: number): number {
    const { bytes, draft } = this;
    let next = at;
    while (isNameByte(bytes[next]) && next - at < MAX_DEVICE) next++;
    if (next === at || bytes[next] !== SPACE) return -1;
    draft.reset(EventKind.QiSubmit);
    next = this.device(next + 1, COLON);
    if (next < 0 || !this.quadWord(next + 1)) return -1;
    const { high, low } = this;
    if (!this.quadWord(this.next)) return -1;
    decodeDescriptor(high, low, this.high, this.low, draft);
    if (!this.quadWord(this.next) || !this.quadWord(this.next)) return -1;
    return bytes[this.next] === LINE_FEED ? this.next + 1 : -1;
  }

  /** A decimal number; -1 if there is none or it is long. */
  decimal(at: number): number {
    const { bytes } = this;
    let value = 0;
    let next = at;
    for (;;) {
      const digit = bytes[next] - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      next++;
    }
    this.next = next;
    return next === at || next - at > MAX_DECIMAL_DIGITS ? -1 : value;
  }

  /** Position after the number that `decimal` read. */
  get end(): number {
    return this.next;
  }

  /** Exactly 16 hexadecimal digits; -1 otherwise. Nearest Float64. */
  private hex16(at: number): number {
    const { view } = this;
    const a = hex4(view.getInt32(at));
    const b = hex4(view.getInt32(at + 4));
    const c = hex4(view.getInt32(at + 8));
    const d = hex4(view.getInt32(at + 12));
    if ((a | b | c | d) < 0) return -1;
    return (a * TWO_16 + b) * TWO_32 + (c * TWO_16 + d);
  }

  /** A hexadecimal number without 0x; -1 if there is none or it is long. */
  private hex(at: number): number {
    const { bytes } = this;
    let value = 0;
    let next = at;
    for (;;) {
      const digit = HEX_DIGITS[bytes[next]];
      if (digit < 0) break;
      value = value * 16 + digit;
      next++;
    }
    this.next = next;
    return next === at || next - at > MAX_HEX_DIGITS ? -1 : value;
  }

  /** ` 0x%llx` into `high` and `low`. */
  private quadWord(at: number): boolean {
    const { bytes, view } = this;
    if (bytes[at] !== SPACE || view.getInt16(at + 1, true) !== HEX_PREFIX) return false;
    let high = 0;
    let low = 0;
    let next = at + 3;
    for (;;) {
      const digit = HEX_DIGITS[bytes[next]];
      if (digit < 0) break;
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
      next++;
    }
    this.next = next;
    this.high = high >>> 0;
    this.low = low >>> 0;
    return next > at + 3 && next - at <= 19;
  }

  /** The device's name up to `stop`; returns the position of `stop`, -1 if it does not come. */
  private device(at: number, stop: number): number {
    const { bytes } = this;
    let next = at;
    while (isNameByte(bytes[next]) && bytes[next] !== stop && next - at < MAX_DEVICE) next++;
    if (next === at || bytes[next] !== stop) return -1;
    this.draft.deviceStart = at;
    this.draft.deviceEnd = next;
    return next;
  }

  private direction(at: number): number {
    const letter = this.bytes[at + 5];
    for (const choice of DIRECTIONS) {
      if (choice.letter !== letter) continue;
      this.draft.direction = choice.direction;
      return choice.text.matches(this.view, at) ? at + choice.text.length : -1;
    }
    return -1;
  }

  /** Names up to the line's end. A further key, or text that is no list of names, is left to the general parser. */
  private attributes(at: number): number {
    const { bytes } = this;
    let next = at;
    while (isNameByte(bytes[next])) next++;
    if (bytes[next] !== LINE_FEED) return -1;
    if (next > at) this.draft.flags |= attributeFlags(bytes, at, next);
    return next + 1;
  }
}

/** Neither blank nor control character, nor the sign that would make the name a key. */
function isNameByte(byte: number): boolean {
  return byte > SPACE && byte !== EQUALS;
}
