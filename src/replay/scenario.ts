/** What to replay: policy × platform × dirty-tracking mode, with every choice that changes the outcome. */
import type { Parameters } from '../policies/policy';
import type { PlatformProfile } from '../platforms/profile';

/** Facts of a platform's machine (see `MachineTraits`), by name. */
export type MachineChanges = Readonly<Record<string, number | boolean | string>>;

export const DIRTY_TRACKING = [
  'none',
  'vfio-pinned',
  'viommu-invalidations',
  'hw-read-clear',
  'unmap-get-dirty',
  'get-then-unmap',
  'wrprotect-get-unmap',
] as const;

export type DirtyTracking = (typeof DIRTY_TRACKING)[number];

/**
 * What drives the clocks: `open` starts operations when they were recorded (or as soon as their CPU is free);
 * `closed` keeps the think time between them and replaces the recorded cost by the modelled one.
 */
export type Loop = 'open' | 'closed';

/**
 * A moment at which a guest changes what its devices see: translation off, on again, a domain with the same mappings
 * (`swap`), or another domain of the trace (`attach`).
 */
export interface ViewChange {
  /** Since the first event, ns. */
  atNs: number;
  to: 'off' | 'on' | 'swap' | 'attach';
  /** For `attach`: the domain that all devices of the guest are moved to, by its name or by that of a device in it. */
  domain?: string;
}

export interface Scenario {
  /** Policy id. */
  policy: string;
  /** Complete: defaults filled in. */
  params: Parameters;
  platform: PlatformProfile;
  dirtyTracking: DirtyTracking;
  loop: Loop;
  /** Replicate the trace's CPUs to this many; 0: as recorded. */
  scaleCpus: number;
  /** Rogue device writes this many ns after each unmap; undefined: none. */
  rogueWriteAfterNs?: number;
  /** In the order of time; none when absent. */
  switches?: readonly ViewChange[];
  /** Facts of the machine that differ from the platform's own: already part of `platform`, kept to be told. */
  machine?: MachineChanges;
}
