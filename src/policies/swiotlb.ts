import { Access, PAGE_BYTES } from '../iommu/exposure';
import { copiesFromDevice, copiesToDevice } from '../iommu/buffer';
import type { DomainMachine } from '../iommu/domain-machine';
import { SWIOTLB_DEFAULT_BYTES, SWIOTLB_MAX_BYTES } from '../iommu/swiotlb';
import { dynamicMappings } from './dynamic-mappings';
import { physicalPage } from './direct-mappings';
import { PartPool } from './part-pool';
import type { DmaOperation, Parameters, Policy, PolicyInstance } from './policy';

const NO_PART = -1;
const MIB = 2 ** 20;

/**
 * Static bounce buffers: every streaming mapping is copied through a pool that was set aside at boot.
 *
 * Kernel:  swiotlb=force; swiotlb_map, swiotlb_tbl_map_single, swiotlb_tbl_unmap_single (kernel/dma/swiotlb.c). The copy at
 *          map is made for every direction (since 5.18), so that a short device write leaves the rest of the buffer intact.
 * Costs:   a slot search and a copy per map, a copy back per unmap from the device; no IOMMU work.
 * Exposes: all of memory without an IOMMU; only the pool when it is mapped once in the IOMMU (`premapped`).
 */
export const swiotlb: Policy = {
  id: 'swiotlb',
  title: 'Static bounce pool (swiotlb)',
  description: 'Every streaming mapping is copied through a bounce pool of fixed size.',
  exposes: 'All of memory, for nothing restrains the device; with the pool mapped in the IOMMU, the pool alone.',
  source: 'swiotlb=force; kernel/dma/swiotlb.c, kernel/dma/direct.c',
  parameters: {
    poolMiB: {
      type: 'integer',
      default: SWIOTLB_DEFAULT_BYTES / MIB,
      minimum: 1,
      maximum: 16384,
      unit: 'MiB',
      description: 'Size of the pool (swiotlb=<slots>); the kernel sets 64 MiB aside.',
    },
    areas: {
      type: 'integer',
      default: 0,
      minimum: 0,
      maximum: 1024,
      description: 'Areas with a lock each (swiotlb=,<areas>); 0: one for each CPU.',
    },
    premapped: {
      type: 'boolean',
      default: false,
      description: 'Map the pool once in the IOMMU and let the device reach nothing else.',
    },
  },
  create: (machine, parameters) => new StaticBouncing(machine, parameters),
};

class StaticBouncing implements PolicyInstance {
  private readonly parts = new PartPool();
  private readonly coherent: PolicyInstance | undefined;
  /** First page of the pool as the device sees it. */
  private poolAddress: number;

  constructor(
    private readonly machine: DomainMachine,
    parameters: Parameters,
  ) {
    machine.swiotlb.resize(Number(parameters.poolMiB) * MIB, Number(parameters.areas));
    this.poolAddress = machine.swiotlb.pageOf(0);
    this.coherent = parameters.premapped === true ? dynamicMappings(machine, false) : undefined;
  }

  setUp(): void {
    const { machine } = this;
    if (!this.coherent) {
      machine.openAllMemory();
      return;
    }
    const { pages } = machine.swiotlb;
    machine.expectReuse();
    this.poolAddress = machine.iova.allocate(pages);
    machine.mapPages(this.poolAddress, machine.swiotlb.pageOf(0), pages, Access.Both);
  }

  map(op: DmaOperation): void {
    if (op.coherent || op.mmio) this.mapDirectly(op);
    else this.bounce(op);
  }

  private mapDirectly(op: DmaOperation): void {
    if (this.coherent) this.coherent.map(op);
    else this.machine.mappings.begin(op.mapping, physicalPage(op), op.pages);
  }

  /** A list is bounced entry by entry, each in slots of its own. */
  private bounce(op: DmaOperation): void {
    const { machine } = this;
    let head = NO_PART;
    for (let i = 0; i < Math.max(1, op.segmentCount); i++) {
      const bytes = op.segmentCount > 0 ? op.segmentSize(i) : op.size;
      const slot = machine.swiotlb.allocate(bytes, 1);
      if (slot < 0) {
        this.release(head);
        this.fail(op.mapping, bytes);
        return;
      }
      const page = machine.swiotlb.pageOf(slot) - machine.swiotlb.pageOf(0) + this.poolAddress;
      const pages = Math.ceil(bytes / PAGE_BYTES);
      head = this.parts.add(head, page, pages, slot, bytes);
      machine.context.counters.bounced += 1;
      machine.copier.toDevice(bytes);
      if (this.coherent) machine.touch(page, pages);
    }
    let address = 0;
    this.parts.forEach(head, page => (address = page));
    machine.mappings.begin(op.mapping, address, op.pages, head);
  }

  private fail(mapping: number, bytes: number): void {
    if (bytes > SWIOTLB_MAX_BYTES) {
      this.machine.mapFailed(
        mapping,
        `swiotlb cannot bounce more than ${SWIOTLB_MAX_BYTES} bytes at once`,
        'The driver should ask dma_max_mapping_size; the block layer splits requests by it.',
      );
    } else {
      this.machine.mapFailed(
        mapping,
        'swiotlb buffer is full',
        'Enlarge the pool (swiotlb=<slots>, parameter poolMiB).',
      );
    }
  }

  unmap(op: DmaOperation): void {
    const { machine } = this;
    if (op.coherent || op.mmio) {
      if (this.coherent) this.coherent.unmap(op);
      else machine.mappings.end(op.mapping);
      return;
    }
    if (!machine.mappings.end(op.mapping)) return;
    const head = machine.mappings.state[op.mapping];
    if (!op.skipCpuSync && copiesFromDevice(op.direction)) {
      this.parts.forEach(head, (_page, _pages, _slot, bytes) => {
        machine.copier.fromDevice(bytes);
      });
    }
    this.release(head);
  }

  private release(head: number): void {
    this.parts.forEach(head, (_page, _pages, slot) => {
      this.machine.swiotlb.release(slot);
    });
    this.parts.release(head);
  }

  syncForCpu(op: DmaOperation): void {
    if (this.isBounced(op) && copiesFromDevice(op.direction)) this.machine.copier.fromDevice(op.size);
  }

  syncForDevice(op: DmaOperation): void {
    if (this.isBounced(op) && copiesToDevice(op.direction)) this.machine.copier.toDevice(op.size);
  }

  private isBounced(op: DmaOperation): boolean {
    return !op.coherent && !op.mmio && this.machine.mappings.isLive(op.mapping);
  }
}
