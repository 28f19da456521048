/**
 * What a protection policy is to the rest of the house: the kernel's behaviour on map, sync and unmap, written with the
 * parts of `iommu/`.
 */
import type { DomainMachine } from '../iommu/domain-machine';

/** A cursor over the operation columns: valid only during the call that it is passed to. */
export interface DmaOperation {
  readonly cpu: number;
  /** Dense number of the mapping: the same for map, its syncs and its unmap. Policies keep their state by it. */
  readonly mapping: number;
  readonly device: number;
  /** `Direction` value: 0 both, 1 to device, 2 from device, 3 none. */
  readonly direction: number;
  /** Bytes the driver asked for. */
  readonly size: number;
  /** 4 KiB pages of IOVA space. */
  readonly pages: number;
  /** Offset of the buffer in its first page, bytes. */
  readonly pageOffset: number;
  readonly skipCpuSync: boolean;
  readonly mmio: boolean;
  readonly coherent: boolean;
  readonly scatterGather: boolean;
  /** Scatterlist entries as passed by the driver. */
  readonly nents: number;
  readonly segmentCount: number;
  /** Physical address of segment i, bytes. */
  segmentPhys(i: number): number;
  /** Length of segment i, bytes. */
  segmentSize(i: number): number;
}

/** A policy at work in one domain. Times are the machine's: `machine.log.now()`. Its deferred work runs by the machine's timers. */
export interface PolicyInstance {
  /** One-time work before the first operation (identity tables, pre-mapped pools); a replay shows it apart. */
  setUp?(): void;
  map(op: DmaOperation): void;
  unmap(op: DmaOperation): void;
  syncForCpu?(op: DmaOperation): void;
  syncForDevice?(op: DmaOperation): void;
  /** Invariants to hold at the end of a replay; returns the violated ones in words. */
  check?(): string[];
}

export interface ParameterSchema {
  type: 'integer' | 'number' | 'boolean' | 'enum';
  default: number | boolean | string;
  minimum?: number;
  maximum?: number;
  values?: readonly string[];
  unit?: string;
  description: string;
}

export type ParameterValue = number | boolean | string;
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** What a trace offers, so that a policy can say that it cannot run on it, and why. */
export interface TraceTraits {
  /** No operation's direction had to be assumed. */
  directionKnown: boolean;
  untrustedDevices: readonly string[];
}

export interface Policy {
  id: string;
  title: string;
  /** One or two sentences for the quick pick and the table. */
  description: string;
  /** What the device can reach under it, in words. */
  exposes: string;
  /** Where the behaviour is defined: kernel functions, patch series. */
  source: string;
  /** A bound that no policy can beat, not something one could deploy. */
  bound?: boolean;
  parameters: Readonly<Record<string, ParameterSchema>>;
  /** Why the policy cannot run on such a trace; undefined when it can. */
  refuses?(traits: TraceTraits): string | undefined;
  create(machine: DomainMachine, parameters: Parameters): PolicyInstance;
}
