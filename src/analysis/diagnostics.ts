/** What looks wrong or expensive in the trace itself, each finding with its line and advice. */
import type { Trace } from '../trace/operations';
import type { DiagnosticKind, Findings, TraceDiagnostic } from './diagnostics/diagnostic';
import { fragmentation, oversizedIovas } from './diagnostics/iova';
import { directionMismatches, doubleUnmaps, leakedMaps } from './diagnostics/pairing';
import { unmapStorms } from './diagnostics/storms';

export type { DiagnosticKind, TraceDiagnostic } from './diagnostics/diagnostic';

export interface DiagnosticsReport {
  /** By line; at most `cap` of each kind. */
  diagnostics: TraceDiagnostic[];
  /** How many there are of each kind, shown or not. */
  totals: Record<DiagnosticKind, number>;
}

/** Runs every check over a trace; at most `cap` findings of each kind are told, all are counted. */
export function diagnose(trace: Trace, cap: number): DiagnosticsReport {
  const findings: Record<DiagnosticKind, Findings> = {
    'leaked-map': leakedMaps(trace, cap),
    'double-unmap': doubleUnmaps(trace, cap),
    'direction-mismatch': directionMismatches(trace, cap),
    'unmap-storm': unmapStorms(trace, cap),
    'iova-fragmentation': fragmentation(trace, cap),
    'iova-cache-limit': oversizedIovas(trace, cap),
  };
  return {
    diagnostics: Object.values(findings)
      .flatMap(found => found.diagnostics)
      .sort((a, b) => a.line - b.line),
    totals: {
      'leaked-map': findings['leaked-map'].total,
      'double-unmap': findings['double-unmap'].total,
      'direction-mismatch': findings['direction-mismatch'].total,
      'unmap-storm': findings['unmap-storm'].total,
      'iova-fragmentation': findings['iova-fragmentation'].total,
      'iova-cache-limit': findings['iova-cache-limit'].total,
    },
  };
}
