/** What became of a device access. */
export enum AccessOutcome {
  /** Reached memory through a live mapping (or there is nothing to stop it). */
  Hit,
  /** Reached memory through a translation that was already unmapped. */
  StaleHit,
  /** A translation exists but forbids it, or it ended in a bounce page: the buffer is untouched. */
  Blocked,
  /** No translation: a fault, reported and dropped. */
  Faulted,
}
