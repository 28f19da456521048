/** Which lines are annotated, with which words and how hot: the same in text editors and in the large-trace view. */
import * as vscode from 'vscode';
import type { LineAnnotation } from '../../service/api';
import type { TraceSession } from '../session/trace-session';
import { setting } from '../settings';
import { annotationText, shortAnnotations } from './annotation-text';
import { heatOf, type Heat } from './heat';

/** Lines of a trace, 1-based and inclusive. */
export interface LineRange {
  from: number;
  to: number;
}

export interface ShownAnnotation {
  annotation: LineAnnotation;
  text: string;
  /** The same in few words, longest first. */
  short: readonly string[];
  heat: Heat;
}

export interface ShownAnnotations {
  /** Those in the ranges asked for. */
  lines: ShownAnnotation[];
  /** The costliest of the whole trace, for the overview. */
  hottest: LineAnnotation[];
}

/** The costliest lines of sessions' shown runs: asked for once, good until runs or settings change. */
export class HottestLines {
  readonly #known = new Map<TraceSession, Promise<LineAnnotation[]>>();

  of(session: TraceSession): Promise<LineAnnotation[]> {
    const known = this.#known.get(session);
    if (known !== undefined) return known;
    const asked = session.annotations(1, Number.MAX_SAFE_INTEGER, setting('hotspots.count'));
    this.#known.set(session, asked);
    // An answer that failed is no answer: the next look asks again.
    asked.catch(() => {
      if (this.#known.get(session) === asked) this.#known.delete(session);
    });
    return asked;
  }

  forget(): void {
    this.#known.clear();
  }
}

/**
 * Annotations of some ranges, as the settings want them.
 *
 * @returns undefined where nothing is to be annotated, or another run has come to be shown meanwhile
 */
export async function shownAnnotations(
  session: TraceSession | undefined,
  hottestLines: HottestLines,
  ranges: readonly LineRange[],
): Promise<ShownAnnotations | undefined> {
  const shown = session?.runs.shown;
  if (session === undefined || shown === undefined || setting('annotations') === 'off') return undefined;
  const hottest = await hottestLines.of(session);
  const visible = await annotationsIn(session, hottest, ranges);
  if (session.runs.shown !== shown) return undefined;
  const most = Math.max(...hottest.map(({ ns }) => ns));
  const versus = vscode.l10n.t('vs');
  const lines = visible.map(annotation => ({
    annotation,
    text: annotationText(annotation, session.runs, versus),
    short: shortAnnotations(annotation, session.runs),
    heat: heatOf(annotation.ns, most),
  }));
  return { lines, hottest };
}

async function annotationsIn(
  session: TraceSession,
  hottest: readonly LineAnnotation[],
  ranges: readonly LineRange[],
): Promise<LineAnnotation[]> {
  if (setting('annotations') === 'hotspots') {
    return hottest.filter(({ line }) => ranges.some(({ from, to }) => from <= line && line <= to));
  }
  const asked = ranges.map(({ from, to }) => session.annotations(from, to, Number.MAX_SAFE_INTEGER));
  return (await Promise.all(asked)).flat();
}
