/** Something the user should know: a limit that was hit, a fallback that the kernel takes. Told once, counted always. */
export interface Failure {
  severity: 'info' | 'warning' | 'error';
  reason: string;
  /** What to do about it. */
  advice: string;
  count: number;
  /** Mapping number of the first occurrence; -1: the domain or the machine as a whole. */
  firstMapping: number;
}

export class Failures {
  private readonly byReason = new Map<string, Failure>();

  tell(severity: Failure['severity'], reason: string, advice: string, mapping = -1): void {
    const known = this.byReason.get(reason);
    if (known) known.count += 1;
    else this.byReason.set(reason, { severity, reason, advice, count: 1, firstMapping: mapping });
  }

  get all(): readonly Failure[] {
    return [...this.byReason.values()];
  }
}
