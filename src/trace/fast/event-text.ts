/**
 * The events that make up nearly all of a trace, in the one form in which current kernels print them (see payloads/ for
 * the formats). Whatever differs in a single byte is left to the general parsers: both must give the same rows.
 */
import type { ByteInterner } from '../byte-interner';
import { EventDraft } from '../event-draft';
import type { EventColumns } from '../event-table';
import { Direction, EventKind } from '../events';
import { attributeFlags } from '../payloads/dma';
import { decodeDescriptor } from '../payloads/intel-iommu';
import { NameCache } from './name-cache';
import { hex4, HEX_DIGITS, Literal } from './words';

const TWO_16 = 2 ** 16;
const TWO_32 = 2 ** 32;
const SPACE = 32;
const LINE_FEED = 10;
const COLON = 58;
const EQUALS = 61;
const HEX_PREFIX = 0x7830;
/** Longer addresses exceed what a Float64 holds exactly, or mean a failed mapping. */
const MAX_HEX_DIGITS = 13;
/** Digits that fit into a 32-bit integer. */
const SMALL_HEX_DIGITS = 7;
const MAX_DECIMAL_DIGITS = 9;
const MAX_DEVICE = 32;
/** `0000:00:04.0` */
const PCI_NAME = 12;

const IOMMU_IOVA = new Literal('IOMMU: iova=0x');
const RANGE_END = new Literal(' - 0x');
const PADDR = new Literal(' paddr=0x');
const SIZE = new Literal(' size=');
const UNMAPPED_SIZE = new Literal(' unmapped_size=');
const DMA_ADDR = new Literal(' dma_addr=');
const PHYS_ADDR = new Literal(' phys_addr=');
const ATTRS = new Literal(' attrs=');
const FROM_DEVICE = new Literal(' dir=FROM_DEVICE');
const TO_DEVICE = new Literal(' dir=TO_DEVICE');
const BIDI = new Literal(' dir=BIDI');
const RECTIONAL = new Literal('RECTIONAL');
const ZERO_WORDS = new Literal(' 0x0 0x0\n');

/**
 * Reads the text of one event straight into a row: numbers that leave 32 bits are never held in between, which would put
 * each of them on the heap. Methods take the position of the text and return that of the next line, -1 if the text is not
 * exactly as expected; then the row means nothing, and whoever takes the line overwrites it. Flags and details, zero in
 * most rows and in fresh ones, are only written for lines read to their end.
 */
export class EventText {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Position behind the number that was read last. */
  end = 0;
  private high = 0;
  private low = 0;
  private deviceStart = 0;
  private deviceEnd = 0;
  private deviceId = -1;
  private readonly descriptor = new EventDraft();
  private readonly devices: NameCache;

  constructor(private readonly strings: ByteInterner) {
    this.devices = new NameCache(strings);
  }

  setBuffer(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** `IOMMU: iova=0x%016llx - 0x%016llx paddr=0x%016llx size=%zu` */
  iommuMap(at: number, to: EventColumns, row: number): number {
    if (!this.range(at, to.address, row) || !PADDR.matches(this.view, at + 51)) return -1;
    if (!this.hex16(at + 60, to.phys, row) || !SIZE.matches(this.view, at + 76)) return -1;
    const size = this.decimal(at + 82);
    to.size[row] = size;
    fillIommu(to, row, EventKind.IommuMap);
    return size >= 0 && this.bytes[this.end] === LINE_FEED ? this.end + 1 : -1;
  }

  /** `IOMMU: iova=0x%016llx - 0x%016llx size=%zu unmapped_size=%zu` */
  iommuUnmap(at: number, to: EventColumns, row: number): number {
    if (!this.range(at, to.address, row) || !SIZE.matches(this.view, at + 51)) return -1;
    const size = this.decimal(at + 57);
    if (size < 0 || !UNMAPPED_SIZE.matches(this.view, this.end)) return -1;
    to.size[row] = size;
    to.phys[row] = 0;
    fillIommu(to, row, EventKind.IommuUnmap);
    const unmapped = this.decimal(this.end + 15);
    return unmapped >= 0 && this.bytes[this.end] === LINE_FEED ? this.end + 1 : -1;
  }

  /** `%s dir=%s dma_addr=%llx size=%zu phys_addr=%llx attrs=%s` */
  dmaMap(at: number, to: EventColumns, row: number): number {
    if (!this.dmaSpan(at, to, row) || !PHYS_ADDR.matches(this.view, this.end)) return -1;
    if (!this.hex(this.end + 11, to.phys, row)) return -1;
    to.kind[row] = EventKind.DmaMap;
    return this.attributes(this.end, to, row);
  }

  /** `%s dir=%s dma_addr=%llx size=%zu attrs=%s` */
  dmaUnmap(at: number, to: EventColumns, row: number): number {
    if (!this.dmaSpan(at, to, row)) return -1;
    to.kind[row] = EventKind.DmaUnmap;
    to.phys[row] = 0;
    return this.attributes(this.end, to, row);
  }

  /** `%s dir=%s dma_addr=%llx size=%zu` */
  dmaSync(at: number, to: EventColumns, row: number, kind: EventKind): number {
    if (!this.dmaSpan(at, to, row)) return -1;
    to.kind[row] = kind;
    to.phys[row] = 0;
    return this.bytes[this.end] === LINE_FEED ? this.end + 1 : -1;
  }

  /** `iotlb_inv dmar0: 0x%llx 0x%llx 0x%llx 0x%llx` */
  qiSubmit(at: number, to: EventColumns, row: number): number {
    const { descriptor } = this;
    const type = this.word(at, SPACE);
    const iommu = type < 0 ? -1 : this.device(type + 1, COLON);
    if (iommu < 0 || !this.quadWord(iommu + 1)) return -1;
    const { high, low } = this;
    if (!this.quadWord(this.end)) return -1;
    if (!ZERO_WORDS.matches(this.view, this.end)) return -1;
    descriptor.reset(EventKind.QiSubmit);
    decodeDescriptor(high, low, this.high, this.low, descriptor);
    to.kind[row] = EventKind.QiSubmit;
    to.direction[row] = Direction.Unknown;
    to.address[row] = descriptor.address;
    to.phys[row] = 0;
    to.size[row] = descriptor.size;
    to.detail[row] = descriptor.detail;
    to.domainId[row] = descriptor.domainId;
    return this.end + ZERO_WORDS.length;
  }

  /** Index of the name of the last event's device, -1 if it has none. */
  internDevice(): number {
    const { bytes, view, deviceStart, deviceEnd } = this;
    if (this.deviceId >= 0 || deviceEnd === 0) return this.deviceId;
    if (deviceEnd - deviceStart !== PCI_NAME) return this.strings.intern(bytes, deviceStart, deviceEnd);
    const w0 = view.getInt32(deviceStart, true);
    const w1 = view.getInt32(deviceStart + 4, true);
    const w2 = view.getInt32(deviceStart + 8, true);
    return this.devices.add(w0, w1, w2, 0, bytes, deviceStart, deviceEnd);
  }

  /** A decimal number; -1 if there is none or it is long. */
  decimal(at: number): number {
    const { bytes } = this;
    let value = 0;
    let next = at;
    for (let digit = bytes[next] - 48; digit >= 0 && digit <= 9; digit = bytes[++next] - 48) value = value * 10 + digit;
    this.end = next;
    return next === at || next - at > MAX_DECIMAL_DIGITS ? -1 : value;
  }

  /** `IOMMU: iova=0x%016llx - 0x%016llx`; the end of the range follows from the size. */
  private range(at: number, address: Float64Array, row: number): boolean {
    const { view } = this;
    if (!IOMMU_IOVA.matches(view, at) || !RANGE_END.matches(view, at + 30)) return false;
    this.deviceId = -1;
    this.deviceEnd = 0;
    return this.hex16(at + 14, address, row) && this.isHex16(at + 35, at + 14);
  }

  /** `%s dir=%s dma_addr=%llx size=%zu` */
  private dmaSpan(at: number, to: EventColumns, row: number): boolean {
    const { view } = this;
    const addressAt = this.readDirection(this.device(at, SPACE), to.direction, row);
    if (addressAt < 0 || !DMA_ADDR.matches(view, addressAt)) return false;
    if (!this.hex(addressAt + 10, to.address, row) || !SIZE.matches(view, this.end)) return false;
    const size = this.decimal(this.end + 6);
    to.size[row] = size;
    to.domainId[row] = -1;
    return size >= 0;
  }

  /** Stores exactly 16 hexadecimal digits, as the nearest Float64. */
  private hex16(at: number, column: Float64Array, row: number): boolean {
    const { view } = this;
    const a = hex4(view.getInt32(at));
    const b = hex4(view.getInt32(at + 4));
    const c = hex4(view.getInt32(at + 8));
    const d = hex4(view.getInt32(at + 12));
    column[row] = (a * TWO_16 + b) * TWO_32 + (c * TWO_16 + d);
    return (a | b | c | d) >= 0;
  }

  /** Whether 16 hexadecimal digits stand at `at`; most words are those of a similar number at `like`. */
  private isHex16(at: number, like: number): boolean {
    const { view } = this;
    for (let i = 0; i < 16; i += 4) {
      const digits = view.getInt32(at + i);
      if (digits !== view.getInt32(like + i) && hex4(digits) < 0) return false;
    }
    return true;
  }

  /** Stores a hexadecimal number without 0x. False if there is none or it is long. */
  private hex(at: number, column: Float64Array, row: number): boolean {
    const { bytes } = this;
    let next = at;
    let value = 0;
    let digit = HEX_DIGITS[bytes[next]];
    for (; digit >= 0 && next < at + SMALL_HEX_DIGITS; digit = HEX_DIGITS[bytes[++next]]!) value = (value << 4) | digit;
    let rest = 0;
    let scale = 1;
    for (; digit >= 0 && next < at + MAX_HEX_DIGITS; digit = HEX_DIGITS[bytes[++next]]!) {
      rest = (rest << 4) | digit;
      scale <<= 4;
    }
    column[row] = value * scale + rest;
    this.end = next;
    return next > at && digit < 0;
  }

  /** ` 0x%llx` into `high` and `low`. */
  private quadWord(at: number): boolean {
    const { bytes } = this;
    if (bytes[at] !== SPACE || this.view.getInt16(at + 1, true) !== HEX_PREFIX) return false;
    const start = at + 3;
    let high = 0;
    let low = 0;
    let next = start;
    for (let digit = HEX_DIGITS[bytes[next]]; digit >= 0; digit = HEX_DIGITS[bytes[++next]]!) {
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
    }
    this.end = next;
    this.high = high >>> 0;
    this.low = low >>> 0;
    return next > start && next - start <= 16;
  }

  /** The device's name up to `stop`; returns the position of `stop`, -1 if it does not come. */
  private device(at: number, stop: number): number {
    this.deviceId = this.bytes[at + PCI_NAME] === stop ? this.devices.find12(this.view, at) : -1;
    this.deviceStart = at;
    this.deviceEnd = this.deviceId >= 0 ? at + PCI_NAME : this.word(at, stop);
    return this.deviceEnd;
  }

  /** Position of the `stop` that ends the word at `at`, -1 if there is no such word. */
  private word(at: number, stop: number): number {
    const { bytes } = this;
    let next = at;
    while (isNameByte(bytes[next]) && bytes[next] !== stop && next - at < MAX_DEVICE) next++;
    return next > at && bytes[next] === stop ? next : -1;
  }

  /** ` dir=%s`; returns the position behind it, -1 if it is none. */
  private readDirection(at: number, column: Uint8Array, row: number): number {
    if (at < 0) return -1;
    const { view } = this;
    if (FROM_DEVICE.matches(view, at)) {
      column[row] = Direction.FromDevice;
      return at + FROM_DEVICE.length;
    }
    if (TO_DEVICE.matches(view, at)) {
      column[row] = Direction.ToDevice;
      return at + TO_DEVICE.length;
    }
    if (!BIDI.matches(view, at) || !RECTIONAL.matches(view, at + BIDI.length)) return -1;
    column[row] = Direction.Bidirectional;
    return at + BIDI.length + RECTIONAL.length;
  }

  /** ` attrs=%s`. A further key, or text that is no list of names, is left to the general parser. */
  private attributes(at: number, to: EventColumns, row: number): number {
    const { bytes } = this;
    if (!ATTRS.matches(this.view, at)) return -1;
    const start = at + ATTRS.length;
    if (bytes[start] === LINE_FEED) return start + 1;
    let next = start;
    while (isNameByte(bytes[next])) next++;
    if (bytes[next] !== LINE_FEED) return -1;
    to.flags[row] = attributeFlags(bytes, start, next);
    return next + 1;
  }
}

/** What iommu:map and iommu:unmap do not tell. */
function fillIommu(to: EventColumns, row: number, kind: EventKind): void {
  to.kind[row] = kind;
  to.direction[row] = Direction.Unknown;
  to.domainId[row] = -1;
}

/** Neither blank nor control character, nor the sign that would make the name a key. */
function isNameByte(byte: number): boolean {
  return byte > SPACE && byte !== EQUALS;
}
