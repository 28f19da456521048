/** The static bounce pool once more: one flag per slot, searched from end to end. */

const SLOT = 2048;
const SEGMENT = 128;
const PAGE = 4096;

export class ReferenceSwiotlb {
  private readonly used: boolean[];
  private readonly areas: { next: number }[];
  private readonly perArea: number;
  private readonly taken = new Map<number, number>();

  constructor(cpus: number, bytes: number) {
    const count = 2 ** Math.ceil(Math.log2(cpus));
    this.perArea = Math.max(1, Math.ceil(bytes / (SLOT * SEGMENT) / count)) * SEGMENT;
    this.areas = Array.from({ length: count }, () => ({ next: 0 }));
    this.used = Array.from({ length: count * this.perArea }, () => false);
  }

  get usedSlots(): number {
    return this.used.filter(Boolean).length;
  }

  allocate(bytes: number, align: number, cpu: number): number | undefined {
    const count = Math.ceil(bytes / SLOT);
    if (count > SEGMENT) return undefined;
    const stride = Math.max(1, Math.ceil((bytes >= PAGE ? Math.max(align, PAGE) : align) / SLOT));
    for (let i = 0; i < this.areas.length; i++) {
      const area = (cpu + i) % this.areas.length;
      const slot = this.search(area, count, stride);
      if (slot !== undefined) return slot;
    }
    return undefined;
  }

  private search(area: number, count: number, stride: number): number | undefined {
    const { next } = this.areas[area];
    const starts: number[] = [];
    for (let at = 0; at < this.perArea; at += stride) starts.push(at);
    const from = starts.findIndex(at => at >= next);
    const order = from < 0 ? starts : [...starts.slice(from), ...starts.slice(0, from)];
    for (const at of order) {
      const slot = area * this.perArea + at;
      if (!this.isFree(slot, count)) continue;
      for (let i = 0; i < count; i++) this.used[slot + i] = true;
      this.taken.set(slot, count);
      this.areas[area].next = (at + count) % this.perArea;
      return slot;
    }
    return undefined;
  }

  private isFree(slot: number, count: number): boolean {
    if (Math.floor(slot / SEGMENT) !== Math.floor((slot + count - 1) / SEGMENT)) return false;
    for (let i = 0; i < count; i++) if (this.used[slot + i]) return false;
    return true;
  }

  release(slot: number): void {
    const count = this.taken.get(slot)!;
    this.taken.delete(slot);
    for (let i = 0; i < count; i++) this.used[slot + i] = false;
  }
}
