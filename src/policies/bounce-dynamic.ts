import { BouncePools } from '../iommu/bounce-pools';
import { accessOf, copiesFromDevice, copiesToDevice } from '../iommu/buffer';
import { PAGE_BYTES } from '../iommu/exposure';
import type { DomainMachine } from '../iommu/domain-machine';
import { dynamicMappings, mayDefer } from './dynamic-mappings';
import { paddedSize, sharesAPage } from './granule';
import type { DmaOperation, Parameters, Policy, PolicyInstance } from './policy';

/** Buffer sizes in 4 KiB pages: v1 has 4, 16 and 128 KiB, v2 all powers of two up to 512 KiB. */
const CLASSES: Readonly<Record<string, readonly number[]>> = { v1: [1, 4, 32], v2: [1, 2, 4, 8, 16, 32, 64, 128] };
const NOT_BOUNCED = -1;

/**
 * Dynamic bounce buffers: small streaming mappings are copied through pools of buffers that stay mapped and grow on demand.
 *
 * Kernel:  "Add dynamic iommu backed bounce buffers", v1 (July 2021, io-buffer-pool.c) and v2 (August 2021,
 *          io-bounce-buffers.c, io-buffer-manager.c); not merged, carried by Chrome OS kernels.
 * Costs:   a copy by direction; page-table work only when a pool grows or an idle buffer is evicted.
 * Exposes: bounce pages, for as long as they are kept; of other memory only buffers above the threshold.
 */
export const bounceDynamic: Policy = {
  id: 'bounce-dynamic',
  title: 'Dynamic bounce buffers',
  description: 'Small streaming mappings are copied through bounce buffers that stay mapped; pools grow on demand.',
  exposes: 'Bounce pages only (with the data last copied there); buffers above the threshold as under strict or lazy.',
  source: 'iommu list: Add dynamic iommu backed bounce buffers, v1 2021-07-07, v2 2021-08-06',
  parameters: {
    version: {
      type: 'enum',
      default: 'v2',
      values: ['v1', 'v2'],
      description: 'v1: classes of 4, 16 and 128 KiB, page offset kept; v2: powers of two up to 512 KiB, single pages.',
    },
    threshold: {
      type: 'integer',
      default: 128,
      minimum: 0,
      maximum: 512,
      unit: 'KiB',
      description: 'Largest mapping that is bounced. v1 bounces what its largest class holds; v2 ships with 4 KiB.',
    },
    slots: {
      type: 'integer',
      default: 1024,
      minimum: 1,
      maximum: 65536,
      description: 'Most buffers of a class; beyond it mappings take the normal path.',
    },
    eviction: {
      type: 'integer',
      default: 5000,
      minimum: 1,
      maximum: 600000,
      unit: 'ms',
      description: 'Period of the eviction: a buffer is unmapped after one to two of them without use.',
    },
    permissionLists: {
      type: 'boolean',
      default: true,
      description: 'Separate buffers for reading, writing and both; otherwise every buffer is mapped for both.',
    },
    untrusted: {
      type: 'boolean',
      default: false,
      description:
        'Treat devices as untrusted: buffers that share a page with other data are bounced at any size, padding zeroed.',
    },
    fallback: {
      type: 'enum',
      default: 'strict',
      values: ['strict', 'lazy'],
      description: 'How mappings that are not bounced are unmapped.',
    },
  },
  create: (machine, parameters) => new DynamicBouncing(machine, parameters),
};

class DynamicBouncing implements PolicyInstance {
  private readonly pools: BouncePools;
  private readonly direct: PolicyInstance;
  private readonly keepsOffset: boolean;
  private readonly thresholdBytes: number;
  private readonly untrusted: boolean;

  constructor(
    private readonly machine: DomainMachine,
    parameters: Parameters,
  ) {
    const version = String(parameters.version);
    this.keepsOffset = version === 'v1';
    this.thresholdBytes = Number(parameters.threshold) * 1024;
    this.untrusted = parameters.untrusted === true || machine.devices.some(device => device.untrusted);
    this.direct = dynamicMappings(machine, parameters.fallback === 'lazy' && mayDefer(machine));
    this.pools = new BouncePools(machine, {
      classes: CLASSES[version],
      slotsPerClass: Number(parameters.slots),
      scatteredPages: version === 'v2',
      evictionNs: Number(parameters.eviction) * 1e6,
      permissionLists: parameters.permissionLists === true,
    });
  }

  setUp(): void {
    this.pools.setUp();
  }

  map(op: DmaOperation): void {
    const buffer = this.shouldBounce(op) ? this.takeBuffer(op) : NOT_BOUNCED;
    if (buffer === NOT_BOUNCED) {
      this.direct.map(op);
      this.machine.mappings.state[op.mapping] = NOT_BOUNCED;
      return;
    }
    const { machine, pools } = this;
    machine.context.counters.bounced += 1;
    if (this.untrusted) machine.copier.zero(paddedSize(op.size) - op.size);
    if (!op.skipCpuSync && copiesToDevice(op.direction)) machine.copier.toDevice(op.size);
    machine.mappings.begin(op.mapping, pools.address(buffer), op.pages, buffer);
  }

  private shouldBounce(op: DmaOperation): boolean {
    if (op.coherent || op.mmio) return false;
    return op.size <= this.thresholdBytes || this.mustBounce(op);
  }

  /** An untrusted device must not see what else lies in the buffer's pages. */
  private mustBounce(op: DmaOperation): boolean {
    return this.untrusted && sharesAPage(op);
  }

  private takeBuffer(op: DmaOperation): number {
    const pooled = this.takePooled(op);
    if (pooled !== NOT_BOUNCED || !this.mustBounce(op)) return pooled;
    return this.pools.takeSingle(paddedSize(op.size) / PAGE_BYTES, accessOf(op));
  }

  private takePooled(op: DmaOperation): number {
    const offset = this.keepsOffset && !op.scatterGather ? op.pageOffset : 0;
    const cls = this.pools.classOf(offset + op.size);
    return cls < 0 ? NOT_BOUNCED : this.pools.take(cls, accessOf(op), Math.ceil((offset + op.size) / PAGE_BYTES));
  }

  unmap(op: DmaOperation): void {
    const { machine } = this;
    const buffer = machine.mappings.state[op.mapping];
    if (buffer === NOT_BOUNCED) {
      this.direct.unmap(op);
      return;
    }
    if (!machine.mappings.end(op.mapping)) return;
    if (!op.skipCpuSync && copiesFromDevice(op.direction)) machine.copier.fromDevice(op.size);
    this.pools.put(buffer);
  }

  syncForCpu(op: DmaOperation): void {
    if (this.isBounced(op) && copiesFromDevice(op.direction)) this.machine.copier.fromDevice(op.size);
  }

  syncForDevice(op: DmaOperation): void {
    if (this.isBounced(op) && copiesToDevice(op.direction)) this.machine.copier.toDevice(op.size);
  }

  private isBounced(op: DmaOperation): boolean {
    const { mappings } = this.machine;
    return mappings.isLive(op.mapping) && mappings.state[op.mapping] !== NOT_BOUNCED;
  }
}
