import { Work } from '../work';
import type { Hardware, HardwareSite } from './hardware';

/** Largest multiple of a power of two that one range command covers (CMDQ_TLBI_RANGE_NUM_MAX). */
const RANGE_NUM_MAX = 31;

/**
 * Arm SMMUv3: TLBI commands for each leaf of the range, or few when the unit can invalidate ranges; batches of 64 go out
 * without waiting and the last one ends in CMD_SYNC. Devices with ATS need an ATC_INV batch with its own CMD_SYNC.
 *
 * The queue is written by all CPUs at once; `smmu-cmdq` stands for what they wait for each other there. Each then waits
 * for its own CMD_SYNC while others write: the published rates (J. Garry, 2020-08-21, 16 CPUs of the patched kernel, one
 * pair per 324 ns in all) are higher than waits one after the other would allow.
 *
 * Kernel: __arm_smmu_tlb_inv_range, arm_smmu_cmdq_issue_cmdlist, arm_smmu_atc_inv_domain (drivers/iommu/arm/arm-smmu-v3).
 */
export class SmmuV3Hardware implements Hardware {
  private readonly queueLock: number;

  constructor(private readonly site: HardwareSite) {
    this.queueLock = site.context.locks.number('smmu-cmdq');
  }

  runMapped(): void {
    // Hardware does not cache absent entries: nothing to tell.
  }

  mapFinished(): void {
    // As above.
  }

  unmapped(): void {
    // The flush that follows says it.
  }

  flushRange(_iovaPage: number, pages: number, leafPages: number): void {
    const { context, pasids } = this.site;
    const leaves = Math.ceil(pages / leafPages);
    const commands = (context.traits.rangeInvalidation ? rangeCommands(leaves) : leaves) * (1 + pasids);
    this.issue(Work.PageInvalidation, commands);
    context.counters.invalidations.page += 1 + pasids;
    context.counters.invalidatedPages += pages * (1 + pasids);
    this.invalidateDevices();
  }

  flushAll(): void {
    const { context, pasids } = this.site;
    this.issue(Work.DomainInvalidation, 1 + pasids);
    context.counters.invalidations.domain += 1 + pasids;
    this.invalidateDevices();
  }

  private invalidateDevices(): void {
    const { context, atsDevices, pasids } = this.site;
    if (atsDevices === 0) return;
    const commands = atsDevices * (1 + pasids);
    this.issue(Work.DeviceInvalidation, commands);
    context.counters.invalidations.device += commands;
  }

  /** The first command is the invalidation itself; what the hardware needs beyond it is counted as further commands. */
  private issue(kind: Work, commands: number): void {
    const { log, counters } = this.site.context;
    log.acquire(this.queueLock);
    if (kind === Work.PageInvalidation) {
      log.add(kind, 1);
      if (commands > 1) log.add(Work.InvalidationCommand, commands - 1);
    } else {
      log.add(kind, commands);
    }
    log.release(this.queueLock);
    log.add(Work.InvalidationWait, 1);
    counters.invalidationWaits += 1;
  }
}

/** Commands that cover `pages` pages, each taking up to 31 units of a power of two. */
export function rangeCommands(pages: number): number {
  let left = pages;
  let unit = 1;
  let commands = 0;
  while (left > 0) {
    while (left % (unit * 2) === 0) unit *= 2;
    const units = Math.floor(left / unit) % (RANGE_NUM_MAX + 1);
    left -= units * unit;
    commands += 1;
  }
  return commands;
}
