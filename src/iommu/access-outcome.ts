/** What became of a device access. */
export enum AccessOutcome {
  /** Reached memory through a live mapping (or there is nothing to stop it). */
  Hit,
  /** Reached memory through a translation that was already unmapped. */
  StaleHit,
  /** Ended in a bounce page: the buffer is untouched. */
  Blocked,
  /** No translation, or one that forbids it: the IOMMU drops it and reports a fault. */
  Faulted,
}
