import { accessOf, copiesFromDevice, copiesToDevice } from '../iommu/buffer';
import type { DomainMachine } from '../iommu/domain-machine';
import { PAGE_BYTES } from '../iommu/exposure';
import { dynamicMappings, mayDefer } from './dynamic-mappings';
import { paddedSize } from './granule';
import { PartPool } from './part-pool';
import type { DmaOperation, Policy, PolicyInstance } from './policy';

const NONE = -1;

/**
 * What the kernel does for devices behind an external port: strict, and buffers that share a page with other data are
 * copied through swiotlb, whole, in pages of their own, their padding zeroed. Lists are mapped entry by entry.
 *
 * Kernel:  dev_use_swiotlb, iommu_dma_map_swiotlb, iommu_dma_map_sg_swiotlb (drivers/iommu/dma-iommu.c).
 * Costs:   strict's, per entry of a list, and for unaligned buffers slot, copies and zeroing on top.
 * Exposes: the mapped pages, which hold nothing but the buffer.
 */
export const untrusted: Policy = {
  id: 'untrusted',
  title: 'Untrusted device',
  description:
    "Strict, and buffers that share a page with other data are bounced through swiotlb: today's kernel for external devices.",
  exposes: 'The pages of live mappings, and in them nothing but the buffers.',
  source: 'drivers/iommu/dma-iommu.c: dev_use_swiotlb, iommu_dma_map_swiotlb',
  parameters: {
    devices: {
      type: 'enum',
      default: 'all',
      values: ['all', 'marked'],
      description:
        'Treat every device as untrusted, or only those that the trace shows to be; the others are lazy where possible.',
    },
  },
  create(machine, parameters) {
    const marked = machine.devices.some(device => device.untrusted);
    if (parameters.devices === 'marked' && !marked) return dynamicMappings(machine, mayDefer(machine));
    return new UntrustedMappings(machine);
  },
};

class UntrustedMappings implements PolicyInstance {
  private readonly parts = new PartPool();
  private readonly coherent: PolicyInstance;

  constructor(private readonly machine: DomainMachine) {
    this.coherent = dynamicMappings(machine, false);
  }

  map(op: DmaOperation): void {
    if (op.coherent || op.mmio || op.segmentCount === 0) {
      this.coherent.map(op);
      return;
    }
    let head = NONE;
    for (let i = 0; i < op.segmentCount; i++) {
      const part = this.mapEntry(op, i, head);
      if (part === NONE) {
        this.release(op, head, false);
        return;
      }
      head = part;
    }
    let first = 0;
    this.parts.forEach(head, address => (first = address));
    this.machine.mappings.begin(op.mapping, first, op.pages, head);
  }

  /** Maps one entry of a list (or the one buffer); returns the list of parts with it in front, or -1 on failure. */
  private mapEntry(op: DmaOperation, i: number, head: number): number {
    const { machine } = this;
    const phys = op.segmentPhys(i);
    const bytes = op.segmentSize(i);
    const aligned = phys % PAGE_BYTES === 0 && bytes % PAGE_BYTES === 0;
    const slot = aligned ? NONE : machine.swiotlb.allocate(paddedSize(bytes), PAGE_BYTES);
    if (!aligned && slot === NONE) {
      machine.mapFailed(op.mapping, 'swiotlb buffer is full', 'Enlarge the pool (swiotlb=<slots>).');
      return NONE;
    }
    const pages = paddedSize(bytes) / PAGE_BYTES;
    const iova = machine.iova.allocate(pages);
    if (iova < 0) {
      if (slot !== NONE) machine.swiotlb.release(slot);
      machine.ioSpaceFull(op.mapping);
      return NONE;
    }
    if (aligned) {
      machine.mapPages(iova, phys / PAGE_BYTES, pages, accessOf(op));
    } else {
      machine.context.counters.bounced += 1;
      machine.copier.toDevice(bytes);
      machine.copier.zero(paddedSize(bytes) - bytes);
      machine.mapPages(iova, machine.swiotlb.pageOf(slot), pages, accessOf(op));
    }
    return this.parts.add(head, iova, pages, slot, bytes);
  }

  unmap(op: DmaOperation): void {
    const { machine } = this;
    if (op.coherent || op.mmio || op.segmentCount === 0) {
      this.coherent.unmap(op);
      return;
    }
    if (machine.mappings.end(op.mapping)) this.release(op, machine.mappings.state[op.mapping], true);
  }

  /** iommu_dma_unmap_phys for each part: walk, unmap, invalidate, then copy back and free the slot. */
  private release(op: DmaOperation, head: number, copyBack: boolean): void {
    const { machine } = this;
    this.parts.forEach(head, (iova, pages, slot, bytes) => {
      machine.pageTable.walk();
      machine.unmap(iova, pages);
      machine.invalidateRange(iova, pages);
      machine.iova.free(iova, pages);
      if (slot === NONE) return;
      if (copyBack && !op.skipCpuSync && copiesFromDevice(op.direction)) machine.copier.fromDevice(bytes);
      machine.swiotlb.release(slot);
    });
    this.parts.release(head);
  }

  syncForCpu(op: DmaOperation): void {
    if (copiesFromDevice(op.direction)) {
      this.forEachBounced(op, bytes => {
        this.machine.copier.fromDevice(bytes);
      });
    }
  }

  syncForDevice(op: DmaOperation): void {
    if (copiesToDevice(op.direction)) {
      this.forEachBounced(op, bytes => {
        this.machine.copier.toDevice(bytes);
      });
    }
  }

  private forEachBounced(op: DmaOperation, visit: (bytes: number) => void): void {
    if (op.coherent || op.mmio || op.segmentCount === 0 || !this.machine.mappings.isLive(op.mapping)) return;
    this.machine.pageTable.walk();
    this.parts.forEach(this.machine.mappings.state[op.mapping], (_iova, _pages, slot, bytes) => {
      if (slot !== NONE) visit(bytes);
    });
  }
}
