import type { DomainMachine } from '../iommu/domain-machine';
import { NO_ADDRESS } from '../iommu/mapping-table';
import { finishLazily, finishStrictly, mapDynamically, unmapDynamically } from './dma-iommu';
import type { DmaOperation, PolicyInstance } from './policy';

/** Plain dynamic mappings: what strict and lazy do with everything, and other policies with what they do not care for. */
export function dynamicMappings(machine: DomainMachine, lazily: boolean): PolicyInstance {
  const finish = lazily ? finishLazily : finishStrictly;
  return {
    map(op: DmaOperation) {
      mapDynamically(machine, op);
    },
    unmap(op: DmaOperation) {
      const iova = unmapDynamically(machine, op);
      if (iova !== NO_ADDRESS) finish(machine, op.mapping, iova);
    },
  };
}

/**
 * Whether the kernel would defer invalidations in this domain if asked to; tells the user when not.
 *
 * Kernel: iommu_get_def_domain_type, iommu_dma_init_fq: untrusted devices are strict, and so is hardware without
 * IOMMU_CAP_DEFERRED_FLUSH.
 */
export function mayDefer(machine: DomainMachine): boolean {
  const untrusted = machine.devices.some(device => device.untrusted);
  if (machine.deferredFlush && !untrusted) return true;
  const why = untrusted ? 'it has an untrusted device' : 'this platform cannot defer invalidations';
  machine.tell(
    'info',
    `Domain ${machine.name} is strict where lazy was asked for: ${why}`,
    'The kernel decides so as well; compare with strict.',
  );
  return false;
}
