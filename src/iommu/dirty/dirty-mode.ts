/** How a hypervisor that migrates a virtual machine learns which pages its devices have written. */
export type DirtyMode =
  | 'vfio-pinned'
  | 'viommu-invalidations'
  | 'hw-read-clear'
  | 'unmap-get-dirty'
  | 'get-then-unmap'
  | 'wrprotect-get-unmap';

/** What sets the modes apart. */
export interface DirtyRules {
  /** Every page that is mapped, in either direction, counts as dirty for good. */
  pinnedIsDirty: boolean;
  /** What an unmap reports: nothing, pages that the device could write, or all pages of the mapping. */
  reportsAtUnmap: 'nothing' | 'writable' | 'all';
  /**
   * Until when a write is still covered by the report of an unmap: not at all (the bits were read before), until the
   * unmap call returns, or until the stale window closes.
   */
  coveredUntil: 'report' | 'call' | 'window';
  /** Dirty bits of page-table entries are used: reading them is a walk. */
  readsBits: boolean;
  /** Entries are write-protected and the IOTLB flushed before the bits are read: later writes are blocked. */
  writeProtects: boolean;
  /** All live entries are read and cleared at intervals. */
  readsAtIntervals: boolean;
}

const BITS = { pinnedIsDirty: false, readsBits: true, writeProtects: false, readsAtIntervals: false } as const;

/**
 * Sources: "iommufd: dirty tracking" (J. Martins, RFC April 2022 and its thread of May 2022; v6 of October 2023: read and
 * clear, NO_CLEAR before unmap); vfio type1 without hardware support (all pinned pages); iommu list, February 2018
 * (an emulated IOMMU that counts invalidations).
 */
export const DIRTY_RULES: Readonly<Record<DirtyMode, DirtyRules>> = {
  'vfio-pinned': {
    ...BITS,
    pinnedIsDirty: true,
    readsBits: false,
    reportsAtUnmap: 'all',
    coveredUntil: 'window',
  },
  'viommu-invalidations': { ...BITS, readsBits: false, reportsAtUnmap: 'all', coveredUntil: 'window' },
  'hw-read-clear': { ...BITS, readsAtIntervals: true, reportsAtUnmap: 'nothing', coveredUntil: 'report' },
  'unmap-get-dirty': { ...BITS, reportsAtUnmap: 'writable', coveredUntil: 'call' },
  'get-then-unmap': { ...BITS, reportsAtUnmap: 'writable', coveredUntil: 'report' },
  'wrprotect-get-unmap': { ...BITS, writeProtects: true, reportsAtUnmap: 'writable', coveredUntil: 'window' },
};
