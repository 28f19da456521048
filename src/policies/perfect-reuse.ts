import { dynamicMappings } from './dynamic-mappings';
import type { Policy } from './policy';

/**
 * A bound: each page is mapped the first time that it is seen and never unmapped.
 *
 * Kernel:  none; what a cache of mappings with perfect foresight and no limit would do.
 * Costs:   one page-table write for each page of the trace and kind of access; no address, no unmap, no invalidation.
 * Exposes: every page that was ever mapped, for good.
 */
export const perfectReuse: Policy = {
  id: 'perfect-reuse',
  title: 'Perfect reuse (bound)',
  description: 'Each page is mapped once and never unmapped: no policy that translates can do less.',
  exposes: 'Every page that was ever mapped, from its first use on.',
  source: 'A bound, not a kernel setting to recommend',
  bound: true,
  parameters: {},
  create(machine) {
    machine.expectReuse();
    const rest = dynamicMappings(machine, false);
    return {
      map(op) {
        if (op.segmentCount === 0) {
          rest.map(op);
          return;
        }
        machine.shared.mapForGood(op);
        machine.mappings.begin(op.mapping, machine.shared.addressOf(op), op.pages);
      },
      unmap(op) {
        if (op.segmentCount === 0) rest.unmap(op);
        else machine.mappings.end(op.mapping);
      },
    };
  },
};
