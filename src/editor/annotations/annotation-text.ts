/** The words at the end of a hot line. */
import type { LineAnnotation } from '../../service/api';
import type { Run } from '../session/run-set';
import { policyStyle } from '../panel/policy-style';
import { formatNs, formatRatio } from '../util/format';

/**
 * `18.4 µs · +62 % vs ■ Lazy · ● Strict, VT-d bare metal`: cost, difference, and whose numbers these are.
 *
 * @param versus the word between the two runs, translated
 */
export function annotationText(
  annotation: LineAnnotation,
  shown: Run,
  baseline: Run | undefined,
  versus: string,
): string {
  const parts = [formatNs(annotation.ns)];
  if (baseline !== undefined && baseline !== shown) {
    const difference = differenceText(annotation, baseline, versus);
    if (difference !== undefined) parts.push(difference);
  }
  parts.push(runLabel(shown));
  return parts.join(' · ');
}

/** A run by its symbol and name, the same wherever it is named. */
export function runLabel({ summary, name }: Run): string {
  return `${policyStyle(summary.policy).symbol} ${name}`;
}

function differenceText({ ns, baselineNs }: LineAnnotation, baseline: Run, versus: string): string | undefined {
  if (baselineNs === undefined) return undefined;
  const difference = formatRatio(ns, baselineNs) ?? (ns === 0 ? '±0 %' : `+${formatNs(ns)}`);
  return `${difference} ${versus} ${runLabel(baseline)}`;
}
