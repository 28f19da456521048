import type { Severity, SkippedLines } from './operations';

interface SkipReason {
  reason: string;
  severity: Severity;
  meaning: string;
  advice: string;
}

/** Why a line was not used, what that means for the result, and what to do about it. */
export const SKIP_REASONS = {
  unrecognised: {
    reason: 'Line is not in the format of this trace',
    severity: 'warning',
    meaning: 'The line is no event, header or call chain of this format: text of another program, or a damaged line.',
    advice: 'Look at the first of these lines. If it is an event, save the recording again without editing it.',
  },
  malformedEvent: {
    reason: 'Event of a known kind with a missing or unreadable field',
    severity: 'warning',
    meaning: 'The event is left out, so the operation that it belongs to may appear unpaired.',
    advice:
      'Look at the first of these lines. Editors and terminals that wrap or cut long lines cause this: save the recorder’s output to a file.',
  },
  cutOff: {
    reason: 'Last line ends in the middle of an event',
    severity: 'info',
    meaning: 'The recording, or its copy, was cut off at its end. Only the last event is affected.',
    advice: 'Nothing needs doing, unless the file should be longer: then copy it again.',
  },
  tooLong: {
    reason: 'Line is longer than 1 MiB',
    severity: 'warning',
    meaning: 'No recorder writes such lines; the file is damaged or not text at this place.',
    advice: 'Save the recording again. If the file has no line ends, convert it with a tool that keeps them.',
  },
  binary: {
    reason: 'Line contains binary data',
    severity: 'warning',
    meaning: 'The line holds NUL bytes: a part of the file was never written, or is not text.',
    advice: 'Copy the recording again. A machine that lost power while recording leaves such holes.',
  },
  ftraceNumbersOnly: {
    reason: 'ftrace line in raw or hex form, without the event’s fields',
    severity: 'error',
    meaning:
      'The trace options raw and hex print an event’s number but not its fields: nothing can be replayed from it.',
    advice: 'Turn the options off (echo noraw > trace_options; echo nohex > trace_options) and read the trace again.',
  },
  qemuMessage: {
    reason: 'Message of QEMU that is not a trace event',
    severity: 'info',
    meaning: 'QEMU writes its other messages to the same log. They carry no DMA operation.',
    advice: 'Nothing needs doing. Lines of two threads that ran into each other appear here too.',
  },
} as const satisfies Record<string, SkipReason>;

export type SkipId = keyof typeof SKIP_REASONS;

/** Skipped lines of one reason so far. */
interface SkipCount {
  count: number;
  bytes: number;
  firstLine: number;
}

/** Counts skipped lines by reason, in the order in which the reasons first appear. */
export class SkipCounter {
  private readonly counts = new Map<SkipId, SkipCount>();
  bytes = 0;

  /** `bytes` includes the line's end. */
  add(id: SkipId, line: number, bytes: number): void {
    this.bytes += bytes;
    const seen = this.counts.get(id);
    if (seen === undefined) {
      this.counts.set(id, { count: 1, bytes, firstLine: line });
    } else {
      seen.count++;
      seen.bytes += bytes;
    }
  }

  report(): SkippedLines[] {
    return [...this.counts].map(([id, seen]) => ({ ...SKIP_REASONS[id], ...seen }));
  }
}
