/** How hot a line is, in three steps that stay apart at a glance. */
export type Heat = 'low' | 'medium' | 'high';

/** Against the costliest line shown: above half is high, above a fifth is medium. */
export function heatOf(ns: number, hottestNs: number): Heat {
  if (ns > hottestNs / 2) return 'high';
  return ns > hottestNs / 5 ? 'medium' : 'low';
}
