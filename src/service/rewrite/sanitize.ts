/**
 * A trace to hand to others: addresses are moved, names of commands replaced, and everything that is no event of use is
 * left out (headers hold host names and command lines; events of other families anything).
 */
import { EventKind, Invalidation, type EventTable } from '../../trace/events';
import type { CallOptions } from '../api';
import type { OpenTrace } from '../open-trace';
import { Pacer } from '../pacing';
import { ByteWriter, linesOfSource } from './lines';

const PAGE = 4096;
const MIB_2 = 2 ** 21;
/** Larger addresses are not known to the byte; those of failed mappings are all ones. */
const EXACT = 2 ** 53;
/** So that the top of memory, which policies with an identity map reach up to, moves by less than a GiB. */
const SHIFTS = 511;

/**
 * All addresses move by the same multiple of 2 MiB: offsets in pages, alignment of large pages and contiguity stay, so
 * the replay counts the same. The distance follows from the fingerprint: the same trace is always rewritten alike.
 */
export async function sanitizeTrace(open: OpenTrace, options: CallOptions): Promise<Uint8Array> {
  const { events, report } = open.trace;
  const step = 1 + (parseInt(open.summary.fingerprint.slice(0, 8), 16) % SHIFTS);
  // A QEMU log shows addresses of the guest only, and regions that begin at 0 must stay where they are.
  const rewriter = new LineRewriter(events, report.format === 'qemu-log' ? 0 : step * MIB_2);
  const gapLines = new Set(report.lost.map(gap => gap.line).filter(line => line > 0));
  const writer = new ByteWriter();
  const pacer = new Pacer(options, 'Sanitising the trace');
  for await (const line of linesOfSource(open.reopen(), open.trace, pacer)) {
    if (gapLines.has(line.number)) writer.write(line.bytes);
    else {
      const text = rewriter.rewrite(Buffer.from(line.bytes).toString('latin1'), line.row, line.lastRow);
      if (text !== undefined) writer.write(Buffer.from(text, 'latin1'));
    }
  }
  return writer.finish();
}

const STACK_HEADER = /<stack trace>|<user stack trace>/;
/** A frame of perf's or ftrace's stacks is an address and a function. */
const STACK_FRAME = /^(\s+|\s*=>\s*)(?:([0-9a-f]+)\s+)?(\S+?)(\+0x[0-9a-f/x]+)?(\s+[[(].*)?\s*$/;

/** Where QEMU holds a RAM region in its own memory. */
const HOST_POINTER = /\[0x[0-9a-f]{9,16}\]/g;

class LineRewriter {
  private readonly tasks = new Map<number, string>();

  constructor(
    private readonly events: EventTable,
    private readonly shift: number,
  ) {}

  /** The line as it may leave; undefined: not at all. */
  rewrite(text: string, row: number, lastRow: number): string | undefined {
    if (row >= 0) return this.eventLine(text, row);
    // The one header line that names the format.
    if (lastRow < 0) return text.startsWith('# tracer: ') ? text : undefined;
    if (text.trim() === '') return text;
    const hasChain = this.events.callChain[lastRow] >= 0;
    return hasChain ? stackLine(text) : undefined;
  }

  private eventLine(text: string, row: number): string {
    if (this.events.kind[row] === EventKind.QiSubmit) return this.withoutCommand(this.moveDescriptor(text, row), row);
    const addresses = this.addressesOf(row);
    const moved = text
      .replace(HOST_POINTER, pointer => `[0x${'0'.repeat(pointer.length - 4)}]`)
      .replace(/ARRAY\[([0-9a-f, ]*)\]/g, (_, bytes: string) => `ARRAY[${this.moveBytes(bytes, addresses)}]`)
      .replace(/\b(0x)?([0-9a-f]{4,16})\b/g, (token, prefix: string | undefined, digits: string) => {
        const value = parseInt(digits, 16);
        const isAddress = addresses.has(value) || (addresses.has(pageOf(value)) && prefix !== undefined);
        return isAddress ? (prefix ?? '') + (value + this.shift).toString(16).padStart(digits.length, '0') : token;
      });
    return this.withoutCommand(moved, row);
  }

  /** The second word of an invalidation of pages is their address, with size and hint in its low bits. */
  private moveDescriptor(text: string, row: number): string {
    const ofPages = this.events.detail[row] === Invalidation.Page || this.events.detail[row] === Invalidation.Device;
    if (!ofPages || this.events.address[row] >= EXACT) return text;
    return text.replace(/(: 0x[0-9a-f]+ 0x)([0-9a-f]+)/, (_, before: string, digits: string) => {
      return before + (parseInt(digits, 16) + this.shift).toString(16);
    });
  }

  /** What the event's numbers would be taken for an address by: every start and end that its columns know. */
  private addressesOf(row: number): Set<number> {
    const { kind, address, phys, size, listStart, listCount, lists } = this.events;
    // Only iommu events print an IOVA of 0 at full width; elsewhere a small number may be anything.
    const hasFullWidth = kind[row] === EventKind.IommuMap || kind[row] === EventKind.IommuUnmap;
    const addresses = new Set<number>();
    const add = (start: number, bytes: number): void => {
      if ((start < PAGE && !hasFullWidth) || start >= EXACT) return;
      addresses.add(start);
      addresses.add(pageOf(start));
      if (bytes > 0 && bytes < EXACT) addresses.add(start + bytes);
    };
    add(address[row], size[row]);
    add(phys[row], size[row]);
    for (let i = listStart[row]; i < listStart[row] + listCount[row]; i++) {
      add(lists.address[i], lists.size[i]);
      add(lists.phys[i], lists.size[i]);
    }
    return addresses;
  }

  /** Little-endian 64-bit numbers, as libtraceevent prints arrays that it cannot parse. */
  private moveBytes(text: string, addresses: ReadonlySet<number>): string {
    const bytes = text.split(',').map(byte => parseInt(byte, 16));
    if (bytes.length % 8 !== 0 || bytes.some(Number.isNaN)) return text;
    const buffer = Buffer.from(bytes);
    for (let at = 0; at < buffer.length; at += 8) {
      const value = Number(buffer.readBigUInt64LE(at));
      if (addresses.has(value)) buffer.writeBigUInt64LE(BigInt(value + this.shift), at);
    }
    return Array.from(buffer, byte => byte.toString(16).padStart(2, '0')).join(', ');
  }

  private withoutCommand(text: string, row: number): string {
    const comm = this.events.comm[row];
    if (comm < 0) return text;
    const name = this.events.strings[comm];
    const at = text.indexOf(name);
    if (name === '' || at < 0) return text;
    let task = this.tasks.get(comm);
    if (task === undefined) {
      task = `task${this.tasks.size + 1}`;
      this.tasks.set(comm, task);
    }
    return text.slice(0, at) + task + text.slice(at + name.length);
  }
}

/** A frame keeps its function and loses its address, which tells where the kernel was loaded, and its file. */
function stackLine(text: string): string | undefined {
  if (STACK_HEADER.test(text)) return undefined;
  const frame = STACK_FRAME.exec(text);
  if (frame === null) return undefined;
  const [, indent, address, name, offset, file] = frame as unknown as [
    string,
    string,
    string?,
    string?,
    string?,
    string?,
  ];
  const where = address === undefined ? '' : `${'0'.repeat(address.length)} `;
  return `${indent}${where}${name ?? ''}${offset ?? ''}${file === undefined ? '' : ' ([unknown])'}\n`;
}

function pageOf(address: number): number {
  return Math.floor(address / PAGE) * PAGE;
}
