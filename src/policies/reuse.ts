import { FROM_DEVICE } from '../iommu/buffer';
import type { DomainMachine } from '../iommu/domain-machine';
import { dynamicMappings, mayDefer } from './dynamic-mappings';
import type { DmaOperation, Parameters, ParameterSchema, Policy, PolicyInstance } from './policy';
import { ReuseCache } from './reuse-cache';

/** Parameters of page reuse, shared with policies that can be combined with it. */
export const reuseLimitParameter: ParameterSchema = {
  type: 'integer',
  default: 0,
  minimum: 0,
  maximum: 2 ** 24,
  unit: 'pages',
  description:
    'Most 4 KiB pages kept mapped without a user; beyond it the least recently used are unmapped. 0: no limit.',
};

/**
 * Driver page reuse: receive buffers are mapped once and recycled, so that later maps and unmaps cost nothing.
 *
 * Kernel:  page_pool (PP_FLAG_DMA_MAP), ixgbevf page reuse. No generic cache of this kind is in the kernel: drivers do it.
 * Costs:   a map at first use, an unmap and invalidation when the limit is exceeded; otherwise as strict or lazy.
 * Exposes: every page that was ever a receive buffer, writable, while it is kept.
 */
export const reuse: Policy = {
  id: 'reuse',
  title: 'Driver page reuse',
  description: 'Buffers of the chosen directions stay mapped after their unmap and are found again by their pages.',
  exposes: 'Live mappings, and every recycled page for as long as it is kept mapped.',
  source: 'net/core/page_pool.c (PP_FLAG_DMA_MAP); drivers/net/ethernet/intel/ixgbevf',
  parameters: {
    limit: reuseLimitParameter,
    directions: {
      type: 'enum',
      default: 'from-device',
      values: ['from-device', 'all'],
      description: 'Which buffers are recycled: receive buffers only, as network drivers do, or all.',
    },
    dynamic: {
      type: 'enum',
      default: 'strict',
      values: ['strict', 'lazy'],
      description: 'How the other mappings are unmapped.',
    },
  },
  create(machine, parameters) {
    const rest = dynamicMappings(machine, parameters.dynamic === 'lazy' && mayDefer(machine));
    const all = parameters.directions === 'all';
    return withReuse(machine, parameters, rest, op => all || op.direction === FROM_DEVICE);
  },
};

/**
 * Puts page reuse in front of other mappings.
 * @param parameters with `limit`
 * @param wants which buffers are to be recycled, if they can be
 */
export function withReuse(
  machine: DomainMachine,
  parameters: Parameters,
  rest: PolicyInstance,
  wants: (op: DmaOperation) => boolean,
): PolicyInstance {
  const limit = Number(parameters.limit);
  const cache = new ReuseCache(machine, limit === 0 ? Infinity : limit);
  const recycles = (op: DmaOperation): boolean => cache.takes(op) && wants(op);
  return {
    map(op) {
      if (!recycles(op)) {
        rest.map(op);
        return;
      }
      const entry = cache.map(op);
      if (entry < 0) machine.ioSpaceFull(op.mapping);
      else machine.mappings.begin(op.mapping, cache.address(entry), op.pages, entry);
    },
    unmap(op) {
      if (!recycles(op)) rest.unmap(op);
      else if (machine.mappings.end(op.mapping)) cache.unmap(machine.mappings.state[op.mapping]);
    },
  };
}
