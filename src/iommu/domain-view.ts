import type { MachineContext } from './context';
import { Access, type Exposure } from './exposure';
import type { PageTable } from './page-table';
import type { VfioContainer } from './vfio-container';
import { Work } from './work';

/** What a guest makes of its device: translation off, on again, or another domain with the same mappings. */
export type DomainView = 'off' | 'on' | 'swap';

const TABLE_ENTRIES = 512;

interface Parts {
  container: VfioContainer;
  context: MachineContext;
  exposure: Exposure;
  pageTable: PageTable;
}

/**
 * Changes what the hypervisor shows to a device: the old view's mappings are removed, the new view's made. All of the
 * guest's memory is mapped when translation is off; a domain's mappings are replayed by a walk of its table.
 *
 * QEMU: vtd_switch_address_space, vtd_address_space_unmap and vtd_iommu_replay (hw/i386/intel_iommu.c), whose region
 * events VFIO's listener follows (hw/vfio). Interrupt remapping has a region of its own and stays as it is.
 * @returns false when the view is the one asked for already
 */
export function switchContainer({ container, context, exposure, pageTable }: Parts, to: DomainView): boolean {
  if (container.copies === 0) return false;
  const off = container.showsRam;
  if (off === (to === 'off') && to !== 'swap') return false;
  if (off && to === 'swap') return false;
  const { log, counters } = context;
  // The guest's context-cache invalidation is what the hypervisor notices.
  log.add(Work.Exit, 1);
  counters.exits += 1;
  if (to === 'off') {
    container.hideDomain();
    container.mapRam(context.ramPages);
    exposure.open(context.ramPages, Access.Both);
    return true;
  }
  if (to === 'on') {
    container.unmapRam(context.ramPages);
    exposure.close(Access.Both);
  } else {
    container.hideDomain();
  }
  log.add(Work.ShadowWalkEntry, TABLE_ENTRIES * (1 + pageTable.tablePages));
  container.showDomain();
  return true;
}

/**
 * Attaches the devices of a domain to another one: their old view is removed, the other domain's mappings are replayed to
 * them by a walk of its table. What the old domain maps is no device's business from then on.
 *
 * QEMU: as for `switchContainer`; the guest changes the context entry, of which its invalidation tells.
 * @returns false when the domain has no devices (any more) or shows them all of memory
 */
export function attachContainer(from: Parts, to: Parts): boolean {
  if (from.container.copies === 0 || from.container.showsRam || to.container.showsRam) return false;
  const { log, counters } = from.context;
  log.add(Work.Exit, 1);
  counters.exits += 1;
  from.container.hideDomain();
  log.add(Work.ShadowWalkEntry, from.container.copies * TABLE_ENTRIES * (1 + to.pageTable.tablePages));
  to.container.join(from.container);
  return true;
}
