/**
 * DMA operations as columns: what a driver asked for, put together from the events of one call.
 * A `dma:*` line and the `iommu:*`, `swiotlb:*` and `qi_submit` lines of the same call are one operation.
 */
import type { EventTable } from './events';

export enum OpKind {
  Map,
  Unmap,
  SyncForCpu,
  SyncForDevice,
  /** Coherent allocation: long-lived, mapped both ways. */
  Alloc,
  Free,
}

/** Bits of `OperationTable.flags`. */
export const OpFlag = {
  /** The trace does not name the device; the domain was inferred. */
  DeviceAssumed: 1,
  DirectionAssumed: 2,
  SkipCpuSync: 4,
  Mmio: 8,
  /** The kernel's map failed: the policy sees no mapping. */
  Failed: 16,
  /** An unmap of something mapped before the recording began (or inside a lost interval): primed before the replay. */
  MappedBefore: 32,
  /** Still mapped when the recording ended. */
  StillMapped: 64,
  /** Its partner lies inside an interval of lost events. */
  Lost: 128,
  /** The recording bounced this mapping (swiotlb_bounced, or phys differs from the IOMMU's target). */
  Bounced: 256,
  /** A scatter-gather list: one IOVA range, several physical segments. */
  ScatterGather: 512,
  /** The unmap ends only part of its mapping, or several at once (QEMU, dma_iova_*). */
  Partial: 1024,
  /** No event of this kernel shows where the mapping ends (a trace of swiotlb_bounced alone). */
  EndNotRecorded: 2048,
} as const;

/** Columns of equal length `count`, ordered by time then by line. */
export interface OperationTable {
  count: number;
  kind: Uint8Array;
  /** ns since the first event of the trace: time of the operation's first event. */
  time: Float64Array;
  /** ns between the first and last event of the call: the visible part of what the call cost when recorded. */
  recordedNs: Float64Array;
  cpu: Int16Array;
  /** Index into `devices`. */
  device: Int32Array;
  /** Index into `domains`. */
  domain: Int32Array;
  /** `Direction`, never Unknown: assumed Bidirectional where the trace does not say (flag DirectionAssumed). */
  direction: Uint8Array;
  flags: Uint16Array;
  /** Recorded IOVA, bytes. Identifies the mapping in the trace only; a replay allocates its own. */
  address: Float64Array;
  /** Bytes the driver asked for (sum over the list for scatter-gather). */
  size: Float64Array;
  /** 4 KiB pages of IOVA space that the mapping covers. */
  pages: Uint32Array;
  /** The other end: unmap -> map, map -> unmap, sync -> map, free -> alloc; -1 none. */
  partner: Int32Array;
  /** Mapping number shared by a map, its syncs and its unmap: dense, 0 .. mappings - 1. */
  mapping: Int32Array;
  /** Scatterlist entries the driver passed; 1 for a single buffer or where only iommu:* events tell. */
  nents: Uint16Array;
  /** Physically contiguous segments in IOVA order: rows segmentStart .. + segmentCount of `segments`. */
  segmentStart: Uint32Array;
  segmentCount: Uint32Array;
  segments: SegmentColumns;
  /** Events of the operation: rows eventStart .. + eventCount of `eventList`, in file order. */
  eventStart: Uint32Array;
  eventCount: Uint32Array;
  /** Event row numbers. */
  eventList: Uint32Array;
  /** Operation of each event row; -1 for events that belong to none (drains, faults, headers). */
  eventOperation: Int32Array;
  /** Number of distinct mappings. */
  mappings: number;
  devices: TraceDevice[];
  domains: TraceDomain[];
}

/**
 * Physical segments of maps and allocations, bytes. An unmap shares the rows of its map. Operations on memory mapped
 * before the recording began have none where the trace does not show its physical address.
 */
export interface SegmentColumns {
  count: number;
  phys: Float64Array;
  size: Float64Array;
}

export interface TraceDevice {
  /** As printed, e.g. 0000:00:04.0; `unknown:did7` style for one inferred. */
  name: string;
  assumed: boolean;
  /** A device-TLB (ATS) invalidation was seen for it. */
  ats: boolean;
  /** It bounced unaligned buffers in a trace of an otherwise translated boot: treated as untrusted by the kernel. */
  untrusted: boolean;
  /** Index into `domains`. */
  domain: number;
}

export interface TraceDomain {
  name: string;
  /** IOMMU group where the trace shows it (add_device_to_group), else -1. */
  group: number;
  /** VT-d domain id where qi_submit lines show it, else -1. */
  did: number;
  assumed: boolean;
}

/** An imported trace: everything that later stages read. */
export interface Trace {
  report: ImportReport;
  events: EventTable;
  operations: OperationTable;
}

export type FormatId = 'perf-script' | 'ftrace' | 'trace-cmd' | 'qemu-log';

export type Severity = 'info' | 'warning' | 'error';

/** Lines that were not used, by reason; each with what it means and what to do. */
export interface SkippedLines {
  reason: string;
  severity: Severity;
  count: number;
  bytes: number;
  /** 1-based. */
  firstLine: number;
  meaning: string;
  advice: string;
}

/** A gap in the recording. Times in ns since the first event; cpu -1: all. */
export interface LostInterval {
  cpu: number;
  fromNs: number;
  toNs: number;
  /** 0 where the tool did not say how many. */
  events: number;
  /** Of the recorder's remark; 0: there is none, and the operations alone betray the gap. */
  line: number;
}

export type RecordedPolicyId = 'strict' | 'lazy' | 'passthrough' | 'swiotlb' | 'untrusted' | 'unknown';

/** Accounts for every byte of the input: accountedBytes = parsedBytes + ignoredBytes + skippedBytes = bytes. */
export interface ImportReport {
  format: FormatId;
  /** Decompressed size. */
  bytes: number;
  lines: number;
  parsedBytes: number;
  /** Understood and of no use here: headers, blank lines, call chains, events of other families. */
  ignoredBytes: number;
  skippedBytes: number;
  /** By `system:event` as recorded (ftrace prints no system: it is completed); QEMU events by their name. */
  events: Record<string, number>;
  /** Events of other families, by name as printed. */
  otherEvents: Record<string, number>;
  skipped: SkippedLines[];
  lost: LostInterval[];
  lostEvents: number;
  spanNs: number;
  cpus: number[];
  /** What the operations tell: counts by kind, and unpaired ones with the reason for each. */
  operations: { map: number; unmap: number; sync: number; alloc: number; free: number };
  mapSegments: number;
  unpaired: UnpairedCounts;
  recordedPolicy: { id: RecordedPolicyId; evidence: string };
  /** Assumptions the importer made, in words a user can check. */
  assumptions: string[];
}

export interface UnpairedCounts {
  unmapWithoutMap: number;
  mapWithoutUnmap: number;
  /** Each unpaired operation falls in exactly one of these. */
  reasons: { mappedBeforeRecording: number; stillMappedAtEnd: number; insideLostInterval: number; unexplained: number };
  /** Maps whose end no event of this kernel shows (flag EndNotRecorded); not counted as unpaired. */
  endsNotRecorded: number;
}

export type { EventTable };
