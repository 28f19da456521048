import { Ascii, Cursor, hexDigit, isDigit, startsWith } from '../cursor';

/**
 * Keys of `key=value` pairs that any known event prints, in any of its spellings: the label of the kernel's text, or the
 * name of the binary field that libtraceevent and ftrace's `fields` option print instead.
 */
const FIELD_NAMES = [
  'iova', 'paddr', 'size', 'unmapped_size', 'dev', 'device', 'driver', 'groupID', 'gid', 'flags', // iommu
  'dir', 'dma_addr', 'addr', 'phys_addr', 'attrs', 'virt_addr', 'dma_addrs', 'phys_addrs', 'addrs', 'sizes', 'lengths', // dma
  'nents', 'ents', 'full_nents', 'full_ents', 'truncated', 'err', // dma, lists
  'dev_name', 'dev_addr', 'force', // swiotlb
  'qw0', 'qw1', 'iommu', 'type', 'domain_id', 'start', 'end', 'mask', // intel_iommu
  'domain', 'endpoint', 'mr', 'virt_start', 'virt_end', 'phys_start', // virtio-iommu
] as const; // prettier-ignore

export type FieldName = (typeof FIELD_NAMES)[number];

const LOOKUP_SLOTS = 1024;
const TWO_32 = 2 ** 32;
const EQUALS = 61;
const UNDERSCORE = 95;
const COMMA = 44;
const BRACE = 123;
const FAILED_TO_PARSE = '[FAILED TO PARSE]';

/** Field number by the hash of its name; -1 none. */
const LOOKUP = buildLookup();
const NUMBER_OF = new Map<FieldName, number>(FIELD_NAMES.map((name, i) => [name, i]));

/**
 * The `key=value` pairs of one event's text. A value runs to the next known key, because libtraceevent prints arrays with
 * blanks between their elements. One is reused for all lines.
 *
 * Numbers: sizes are decimal unless they carry 0x. Addresses are hexadecimal with or without 0x, except after libtraceevent's
 * `[FAILED TO PARSE]`, which prints binary fields: 64-bit ones in decimal, `long` ones with 0x.
 */
export class Fields {
  private bytes: Uint8Array = new Uint8Array(0);
  private readonly starts = new Int32Array(FIELD_NAMES.length);
  private readonly ends = new Int32Array(FIELD_NAMES.length);
  private readonly lines = new Int32Array(FIELD_NAMES.length);
  private line = 0;
  private plainIsDecimal = false;
  private readonly cursor = new Cursor();
  /** Where the first known key begins; the end of the text if there is none. */
  firstKey = 0;

  /** Finds all known keys of `bytes[start..end)`. */
  scan(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.line++;
    this.firstKey = end;
    this.plainIsDecimal = startsWith(bytes, start, end, FAILED_TO_PARSE);
    let word = start;
    let hash = 0;
    let open = -1;
    for (let i = start; i < end; i++) {
      const byte = bytes[i];
      if (IS_WORD_BYTE[byte] === 1) {
        hash = (Math.imul(hash, 31) + byte) | 0;
        continue;
      }
      if (byte === EQUALS) {
        const field = fieldAt(bytes, word, i, hash);
        if (field >= 0 && (word === start || isSeparator(bytes[word - 1]))) {
          if (open >= 0) this.ends[open] = trimEnd(bytes, word);
          else this.firstKey = word;
          this.begin(field, i + 1);
          open = field;
        }
      }
      word = i + 1;
      hash = 0;
    }
    if (open >= 0) this.ends[open] = end;
  }

  has(name: FieldName): boolean {
    return this.lines[NUMBER_OF.get(name)!] === this.line;
  }

  /** Whether the first known key of the text is `name` and nothing but libtraceevent's remark stands before it. */
  beginsWith(name: FieldName, textStart: number): boolean {
    if (!this.has(name)) return false;
    const start = this.start(name) - name.length - 1;
    const lead = this.plainIsDecimal ? FAILED_TO_PARSE.length + 1 : 0;
    return start - textStart <= lead;
  }

  start(name: FieldName): number {
    return this.starts[NUMBER_OF.get(name)!];
  }

  end(name: FieldName): number {
    return this.ends[NUMBER_OF.get(name)!];
  }

  /** Address; -1 where the field is missing or no number. Bytes. */
  address(name: FieldName): number {
    if (!this.has(name)) return -1;
    const cursor = this.value(name);
    return this.plainIsDecimal && !cursor.sees('0x') ? cursor.decimal() : cursor.hex();
  }

  /** Size or count; -1 where the field is missing or no number. */
  number(name: FieldName): number {
    if (!this.has(name)) return -1;
    const cursor = this.value(name);
    // ftrace's `fields` option prints one-byte fields as `(1)`.
    cursor.take(40);
    return cursor.sees('0x') ? cursor.hex() : cursor.decimal();
  }

  /** A cursor over the value of a field that is there. */
  value(name: FieldName): Cursor {
    this.cursor.reset(this.bytes, this.start(name), this.end(name));
    return this.cursor;
  }

  /**
   * Reads an array into `into[0..)`; returns its length, 0 where the field is missing. Renderings:
   * - `{0x1000,0x2000}`: the kernel's __print_array, and newer libtraceevent;
   * - `4096 8192`: older libtraceevent, decimal;
   * - `ARRAY[00, 10, ...]`: libtraceevent where it cannot parse the format, bytes in little-endian order;
   * - `00,10,...`: ftrace's `fields` option, the same bytes.
   *
   * @param elementBytes width of an element where bytes are printed
   */
  array(name: FieldName, elementBytes: number, into: number[]): number {
    if (!this.has(name)) return 0;
    const cursor = this.value(name);
    if (cursor.peek() === BRACE) return hexElements(cursor, into);
    if (cursor.literal('ARRAY[')) return byteElements(cursor, elementBytes, into);
    if (cursor.bytes[cursor.at + 2] === COMMA && cursor.at + 2 < cursor.end) {
      return byteElements(cursor, elementBytes, into);
    }
    return decimalElements(cursor, into);
  }

  private begin(field: number, valueStart: number): void {
    this.starts[field] = valueStart;
    this.lines[field] = this.line;
  }
}

function hexElements(cursor: Cursor, into: number[]): number {
  let count = 0;
  cursor.at++;
  for (;;) {
    const value = cursor.hex();
    if (value < 0) return count;
    into[count++] = value;
    if (!cursor.take(COMMA)) return count;
  }
}

/** `hh, hh, ...` or `hh,hh,...`: an element is complete with its last byte. */
function byteElements(cursor: Cursor, elementBytes: number, into: number[]): number {
  const { bytes, end } = cursor;
  let count = 0;
  let low = 0;
  let high = 0;
  let position = 0;
  for (let at = cursor.at; at + 1 < end;) {
    const byte = (hexDigit(bytes[at]) << 4) | hexDigit(bytes[at + 1]);
    if (byte < 0) break;
    if (position < 4) low |= byte << (8 * position);
    else high |= byte << (8 * (position - 4));
    if (++position === elementBytes) {
      into[count++] = (high >>> 0) * TWO_32 + (low >>> 0);
      low = 0;
      high = 0;
      position = 0;
    }
    at += 2;
    if (at >= end || bytes[at] !== COMMA) break;
    at += bytes[at + 1] === Ascii.Space ? 2 : 1;
  }
  return count;
}

/** Ends at the first word that is no number: perf's `-F +ip,sym` appends an address and a symbol to the line. */
function decimalElements(cursor: Cursor, into: number[]): number {
  let count = 0;
  while (!cursor.done) {
    const value = cursor.decimal();
    const next = cursor.peek();
    if (value < 0 || (next !== -1 && next !== Ascii.Space)) return count;
    into[count++] = value;
    cursor.skipSpaces();
  }
  return count;
}

/** 1 for bytes that names of fields consist of. */
const IS_WORD_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => {
  const lower = byte | 32;
  return (lower >= 97 && lower <= 122) || isDigit(byte) || byte === UNDERSCORE ? 1 : 0;
});

function isSeparator(byte: number): boolean {
  return byte === Ascii.Space || byte === COMMA || byte === Ascii.Tab;
}

/** End of the value that precedes the key at `word`. */
function trimEnd(bytes: Uint8Array, word: number): number {
  let end = word;
  while (isSeparator(bytes[end - 1])) end--;
  return end;
}

function hashName(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  return hash;
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (LOOKUP_SLOTS - 1);
}

/** Open addressing, built once; names are few, so probes are short. */
function buildLookup(): Int8Array {
  const lookup = new Int8Array(LOOKUP_SLOTS).fill(-1);
  FIELD_NAMES.forEach((name, field) => {
    let slot = slotOf(hashName(name));
    while (lookup[slot] !== -1) slot = (slot + 1) & (LOOKUP_SLOTS - 1);
    lookup[slot] = field;
  });
  return lookup;
}

function fieldAt(bytes: Uint8Array, start: number, end: number, hash: number): number {
  if (start === end) return -1;
  for (let slot = slotOf(hash); ; slot = (slot + 1) & (LOOKUP_SLOTS - 1)) {
    const field = LOOKUP[slot];
    if (field < 0) return -1;
    const name = FIELD_NAMES[field];
    if (name.length === end - start && startsWith(bytes, start, end, name)) return field;
  }
}
