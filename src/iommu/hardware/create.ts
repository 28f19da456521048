import type { MachineContext } from '../context';
import { VfioContainer } from '../vfio-container';
import { AmdHardware } from './amd';
import type { Hardware, HardwareSite } from './hardware';
import { NestedHypervisor, ShadowingHypervisor } from './shadowing';
import { SmmuV3Hardware } from './smmuv3';
import { ViommuQueue, VirtioHardware } from './virtio';
import { VtdHardware } from './vtd';

/** What all domains of a machine share in hardware. */
export interface SharedHardware {
  readonly viommu: ViommuQueue;
  /** A container (address space) for each device, as QEMU has it, or one for each domain. */
  readonly containerPerDevice: boolean;
}

export function createSharedHardware(context: MachineContext, containerPerDevice: boolean): SharedHardware {
  return { viommu: new ViommuQueue(context), containerPerDevice };
}

export interface DomainHardware {
  hardware: Hardware;
  /** Present where a hypervisor stands behind the IOMMU. */
  container: VfioContainer | undefined;
}

/**
 * The hardware of one domain, of the platform's kind.
 * @param unmapServed the hypervisor has released a range before the guest waited for it
 */
export function createHardware(
  site: HardwareSite,
  name: string,
  shared: SharedHardware,
  unmapServed: (iovaPage: number, pages: number) => void,
): DomainHardware {
  const { context, domain } = site;
  const spaces = shared.containerPerDevice ? Math.max(1, site.devices) : 1;
  const container = (): VfioContainer => new VfioContainer(context, domain, name, spaces);
  switch (context.traits.kind) {
    case 'vtd':
      return { hardware: new VtdHardware(site, undefined, false), container: undefined };
    case 'amd':
      return { hardware: new AmdHardware(site), container: undefined };
    case 'smmuv3':
      return { hardware: new SmmuV3Hardware(site), container: undefined };
    case 'nested-vtd':
      return { hardware: new VtdHardware(site, new NestedHypervisor(site), false), container: undefined };
    case 'virtio-iommu': {
      const behind = container();
      return { hardware: new VirtioHardware(site, shared.viommu, behind, unmapServed), container: behind };
    }
    case 'emulated-vtd': {
      const behind = container();
      return {
        hardware: new VtdHardware(site, new ShadowingHypervisor(site, behind), true),
        container: behind,
      };
    }
  }
}
