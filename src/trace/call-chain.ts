import { startsWith } from './cursor';
import type { EventTableBuilder } from './event-table';

/** Enough to reach the driver through the DMA API: __iommu_map … dma_map_page_attrs, the driver, the block or network layer. */
const MAX_FRAMES = 12;
const SEMICOLON = 59;

/** Functions of the tracer itself, innermost in every chain (kernel/trace, include/trace). */
const TRACER = ['__traceiter_', 'trace_event_', 'perf_trace_', '__bpf_trace_', 'perf_tp_event', 'ftrace_', '__ftrace_'];

/** Where an interrupt was taken (arch/x86/entry, arch/arm64/kernel/entry.S): frames further out are what it interrupted. */
const INTERRUPT_ENTRIES = ['asm_', 'el1h_64_'];

/** Collects the frames of one event's call chain and gives the row their names, innermost first, joined by `;`. */
export class CallChain {
  private row = -1;
  private frames = 0;
  private isInterrupted = false;
  private text = new Uint8Array(512);
  private length = 0;

  constructor(private readonly table: EventTableBuilder) {}

  /** Frames that follow belong to `row`; -1: to no event of use. A row keeps its first chain. */
  begin(row: number): void {
    this.end();
    this.row = row >= 0 && this.table.columns.callChain[row] === -1 ? row : -1;
  }

  /** The next outer frame. */
  frame(bytes: Uint8Array, start: number, end: number): void {
    if (this.row < 0 || this.isInterrupted || this.frames >= MAX_FRAMES || end <= start) return;
    if (this.frames === 0 && beginsWithAny(TRACER, bytes, start, end)) return;
    this.reserve(end - start + 1);
    if (this.frames++ > 0) this.text[this.length++] = SEMICOLON;
    this.text.set(bytes.subarray(start, end), this.length);
    this.length += end - start;
    this.isInterrupted = beginsWithAny(INTERRUPT_ENTRIES, bytes, start, end);
  }

  /** No more frames. */
  end(): void {
    if (this.row >= 0 && this.frames > 0) {
      this.table.columns.callChain[this.row] = this.table.strings.intern(this.text, 0, this.length);
    }
    this.row = -1;
    this.frames = 0;
    this.isInterrupted = false;
    this.length = 0;
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.text.length) return;
    const grown = new Uint8Array((this.length + bytes) * 2);
    grown.set(this.text);
    this.text = grown;
  }
}

function beginsWithAny(names: readonly string[], bytes: Uint8Array, start: number, end: number): boolean {
  return names.some(name => startsWith(bytes, start, end, name));
}
