import { EventKind, type EventTable } from '../events';
import { LiveExtents } from './live-extents';
import { kindOf } from './rows';

/**
 * Mapped scatter-gather lists, to find the one that a dma:dma_unmap_sg ends: it names nothing but the physical addresses
 * of its entries, and two lists may begin with the same one.
 */
export class SgLists {
  /** At dma:dma_unmap_sg rows: the dma:dma_map_sg row that they end; -1 unknown. */
  readonly mapOf: Int32Array;
  /** dma:dma_map_sg rows by their first physical address. */
  private readonly mapped: LiveExtents;
  /** At dma:dma_map_sg rows: bytes that their iommu:map events mapped and no iommu:unmap ended yet. */
  private readonly translated: Float64Array;

  constructor(private readonly events: EventTable) {
    this.mapOf = new Int32Array(events.count).fill(-1);
    this.mapped = new LiveExtents(events.count);
    this.translated = new Float64Array(events.count);
  }

  /** A list was mapped. */
  add(map: number): void {
    const { listStart, listCount, lists } = this.events;
    if (listCount[map] > 0) this.mapped.insert(map, lists.phys[listStart[map]], 1);
  }

  /** An iommu:map event is part of the call `map`. */
  translate(map: number, bytes: number): void {
    this.translated[map] = this.translated[map] + bytes;
  }

  /**
   * Ends a list of which no iommu:map event was seen: no iommu:unmap will follow.
   *
   * @returns whether `unmap` is about such a list
   */
  endUntranslated(unmap: number): boolean {
    const { listStart, listCount, lists } = this.events;
    if (kindOf(this.events, unmap) !== EventKind.DmaUnmapSg || listCount[unmap] === 0) return false;
    const phys = lists.phys[listStart[unmap]];
    const map = this.mapped.bestAt(phys, candidate => (this.isSame(candidate, unmap) ? 1 : 0));
    if (map < 0 || this.translated[map]) return false;
    this.end(map, unmap);
    return true;
  }

  /** Whether a dma:dma_unmap_sg that came before may be about the IOVA range from..to. */
  announces(unmap: number, from: number, to: number): boolean {
    const { listStart, lists } = this.events;
    const known = this.mapOf[unmap];
    if (known >= 0) return this.touches(known, from, to);
    const phys = lists.phys[listStart[unmap]];
    const map = this.mapped.bestAt(phys, candidate =>
      this.isSame(candidate, unmap) && this.touches(candidate, from, to) ? 1 : 0,
    );
    // A list mapped before the recording may be about any range.
    if (map < 0) return this.mapped.bestAt(phys, other => (this.isSame(other, unmap) ? 1 : 0)) < 0;
    this.end(map, unmap);
    return true;
  }

  /**
   * Takes away a range that an iommu:unmap ended.
   *
   * Lists of untrusted devices are unmapped segment by segment (iommu_dma_unmap_sg_swiotlb), others at once.
   *
   * @returns whether nothing of the list is left
   */
  release(unmap: number, bytes: number): boolean {
    const map = this.mapOf[unmap];
    if (map < 0) return true;
    this.translated[map] = this.translated[map] - bytes;
    return this.translated[map] <= 0;
  }

  private end(map: number, unmap: number): void {
    this.mapped.remove(map);
    this.mapOf[unmap] = map;
  }

  private isSame(map: number, unmap: number): boolean {
    const { events } = this;
    return (
      events.device[map] === events.device[unmap] &&
      events.direction[map] === events.direction[unmap] &&
      events.listCount[map] === events.listCount[unmap]
    );
  }

  /** Whether any entry of a mapped list lies in [from, to) of the IOVA space. */
  private touches(map: number, from: number, to: number): boolean {
    const { listStart, listCount, lists } = this.events;
    const end = listStart[map] + listCount[map];
    for (let entry = listStart[map]; entry < end; entry++) {
      if (lists.size[entry] > 0 && lists.address[entry] >= from && lists.address[entry] < to) return true;
    }
    return false;
  }
}
