import type { Severity } from '../../trace/operations';

export type DiagnosticKind =
  'leaked-map' | 'double-unmap' | 'direction-mismatch' | 'unmap-storm' | 'iova-fragmentation' | 'iova-cache-limit';

export interface TraceDiagnostic {
  kind: DiagnosticKind;
  severity: Severity;
  /** 1-based. */
  line: number;
  operation: number;
  text: string;
  advice: string;
}

/** What one check found: all of it counted, the first `cap` told. */
export class Findings {
  readonly diagnostics: TraceDiagnostic[] = [];
  total = 0;

  constructor(
    private readonly kind: DiagnosticKind,
    private readonly severity: Severity,
    private readonly cap: number,
  ) {}

  /** `tell` is called only while there is room. */
  add(operation: number, line: number, tell: () => { text: string; advice: string }): void {
    this.total++;
    if (this.diagnostics.length >= this.cap) return;
    this.diagnostics.push({ kind: this.kind, severity: this.severity, line, operation, ...tell() });
  }
}
