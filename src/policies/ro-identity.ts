import { TO_DEVICE } from '../iommu/buffer';
import type { DomainMachine } from '../iommu/domain-machine';
import { Access, PAGE_BYTES } from '../iommu/exposure';
import { physicalPage } from './direct-mappings';
import { dynamicMappings, mayDefer } from './dynamic-mappings';
import type { DmaOperation, Parameters, Policy, PolicyInstance } from './policy';
import { reuseLimitParameter, withReuse } from './reuse';

const LEAF_BYTES: Readonly<Record<string, number>> = { '4K': 4096, '2M': 2 ** 21, '1G': 2 ** 30 };

/**
 * Direction-split identity mapping: all of memory is mapped read-only at its own addresses and serves every TO_DEVICE
 * mapping; what the device may write is mapped dynamically, at IOVAs above the top of memory.
 *
 * Kernel:  proposed on the iommu list in February 2018, not merged; a layer above the IOMMU drivers.
 * Costs:   the identity region once; then nothing for TO_DEVICE, and strict's or lazy's work for the rest.
 * Exposes: all of memory for reading; for writing only the mapped pages.
 */
export const roIdentity: Policy = {
  id: 'ro-identity',
  title: 'Read-only identity',
  description:
    'TO_DEVICE mappings use a read-only 1:1 region of all memory; only writable buffers are mapped dynamically.',
  exposes:
    'All of memory for reading, at any time; for writing the pages of live FROM_DEVICE and BIDIRECTIONAL mappings.',
  source: 'iommu list, February 2018: read-only identity for DMA_TO_DEVICE, dynamic mappings for the rest',
  parameters: {
    dynamic: {
      type: 'enum',
      default: 'strict',
      values: ['strict', 'lazy'],
      description: 'How writable mappings are unmapped; a mock-up through the plain IOMMU API has no deferred unmap.',
    },
    domains: {
      type: 'enum',
      default: 'one',
      values: ['one', 'two'],
      description: 'One domain with both regions, or a read-only and a read-write domain chosen by direction.',
    },
    identityPage: {
      type: 'enum',
      default: '1G',
      values: ['4K', '2M', '1G'],
      description: 'Largest page of the identity region: decides its set-up cost and its reach in the IOTLB.',
    },
    reuse: {
      type: 'boolean',
      default: false,
      description: 'Combine with driver page reuse: writable buffers are mapped once and recycled.',
    },
    limit: reuseLimitParameter,
  },
  refuses: traits =>
    traits.directionKnown
      ? undefined
      : 'ro-identity decides by direction, and this trace does not tell the direction of every mapping; record dma:* events (kernel 6.12 or newer) as well.',
  create: (machine, parameters) => new ReadOnlyIdentity(machine, parameters),
};

class ReadOnlyIdentity implements PolicyInstance {
  private readonly writable: PolicyInstance;
  private readonly leafPages: number;
  private readonly sharesSpace: boolean;

  constructor(
    private readonly machine: DomainMachine,
    parameters: Parameters,
  ) {
    const largest = LEAF_BYTES[String(parameters.identityPage)];
    const fitting = machine.context.traits.pageSizes.filter(size => size <= largest);
    this.leafPages = Math.max(...fitting) / PAGE_BYTES;
    this.sharesSpace = parameters.domains === 'one';
    if (this.sharesSpace) machine.iova.startAbove(machine.context.ramPages);
    const dynamic = dynamicMappings(machine, parameters.dynamic === 'lazy' && mayDefer(machine));
    this.writable = parameters.reuse === true ? withReuse(machine, parameters, dynamic, () => true) : dynamic;
  }

  setUp(): void {
    this.machine.mapIdentity(Access.Read, this.leafPages, !this.sharesSpace);
  }

  map(op: DmaOperation): void {
    if (!usesIdentity(op)) {
      this.writable.map(op);
      return;
    }
    const { machine } = this;
    machine.mappings.begin(op.mapping, physicalPage(op), op.pages);
    for (let i = 0; i < op.segmentCount; i++) {
      const first = Math.floor(op.segmentPhys(i) / PAGE_BYTES);
      const end = Math.ceil((op.segmentPhys(i) + op.segmentSize(i)) / PAGE_BYTES);
      machine.touchIdentity(first, end - first);
    }
  }

  unmap(op: DmaOperation): void {
    if (usesIdentity(op)) this.machine.mappings.end(op.mapping);
    else this.writable.unmap(op);
  }

  /** The identity region and the dynamic IOVAs must not meet. */
  check(): string[] {
    const { machine } = this;
    const { ramPages } = machine.context;
    if (!this.sharesSpace || machine.iova.lowest >= ramPages) return [];
    return [`ro-identity: dynamic IOVA page ${machine.iova.lowest} lies in the identity region (${ramPages} pages)`];
  }
}

/** Device memory is not part of the identity region, and coherent memory is written by both sides. */
function usesIdentity(op: DmaOperation): boolean {
  return op.direction === TO_DEVICE && !op.coherent && !op.mmio;
}
