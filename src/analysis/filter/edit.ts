/**
 * Editing a filter by clicks: one value of a field is included, excluded, or neither. The text of the filter is the only
 * state, and whatever a person has typed around the value stays as it was typed.
 *
 * What belongs to a value are the terms `field:…` and `!field:…` of its field; comparisons such as `size>4k` and other
 * fields are left alone.
 */
import { fieldOf } from './match';
import { parseQuery, type FilterTerm, type TermValue } from './query';

/** A value as the filter language names it, exactly: no other value of the trace answers to `text`. */
export interface FilterValue {
  /** First name of the field. */
  field: string;
  text: string;
  /** Whether an alternative of a term lets the value through, perhaps among others (`device:04.0`, `op:sync`). */
  holds: (term: FilterTerm, alternative: TermValue) => boolean;
}

export type ValueState = 'included' | 'excluded' | 'open';

/** The terms that a click on a value of the field may change. */
export function isOwnTerm(term: FilterTerm, field: string): boolean {
  return fieldOf(term) === field && term.comparator === ':';
}

/** Included: the field has terms that name what may pass, and each names the value. */
export function stateOf(query: string, value: FilterValue): ValueState {
  const own = ownTerms(query, value.field);
  const isNamed = (term: FilterTerm): boolean => term.values.some(alternative => value.holds(term, alternative));
  if (own.some(term => term.exclude && isNamed(term))) return 'excluded';
  const included = own.filter(term => !term.exclude);
  return included.length > 0 && included.every(isNamed) ? 'included' : 'open';
}

/**
 * The filter after the value is included: beside other values that are (`device:a,b`), and no longer excluded. Where it
 * is included already, the alternatives that let it through are taken out.
 */
export function toggleIncluded(query: string, value: FilterValue): string {
  if (stateOf(query, value) === 'included') return withoutValue(query, value);
  const changes = ownTerms(query, value.field).map((term): TermChange => {
    const others = term.values.filter(alternative => !value.holds(term, alternative));
    if (term.exclude) return { term, keep: others };
    return { term, keep: term.values, ...(others.length === term.values.length && { add: value.text }) };
  });
  const isNew = changes.every(({ term }) => term.exclude);
  return rewritten(query, changes, isNew ? `${value.field}:${value.text}` : undefined);
}

/**
 * The filter after the value is excluded, beside other values that are. Where it is excluded already, the alternatives
 * that keep it out are taken out.
 */
export function toggleExcluded(query: string, value: FilterValue): string {
  if (stateOf(query, value) === 'excluded') return withoutValue(query, value);
  const own = ownTerms(query, value.field);
  const first = own.find(term => term.exclude);
  const changes = own.map((term): TermChange => {
    if (term.exclude) return { term, keep: term.values, ...(term === first && { add: value.text }) };
    // An alternative that lets others through as well stays: the exclusion is stronger.
    return { term, keep: term.values.filter(alternative => !isLiteral(query, alternative, value)) };
  });
  return rewritten(query, changes, first === undefined ? `!${value.field}:${value.text}` : undefined);
}

/** The filter without the terms of a field; the same text where there are none. */
export function withoutField(query: string, field: string): string {
  const own = ownTerms(query, field);
  return rewritten(
    query,
    own.map(term => ({ term, keep: [] })),
  );
}

function withoutValue(query: string, value: FilterValue): string {
  const changes = ownTerms(query, value.field).map((term): TermChange => {
    return { term, keep: term.values.filter(alternative => !value.holds(term, alternative)) };
  });
  return rewritten(query, changes);
}

function ownTerms(query: string, field: string): FilterTerm[] {
  return parseQuery(query).terms.filter(term => isOwnTerm(term, field));
}

function isLiteral(query: string, { from, to }: TermValue, { text }: FilterValue): boolean {
  return query.slice(from, to).toLowerCase() === text.toLowerCase();
}

interface TermChange {
  term: FilterTerm;
  keep: readonly TermValue[];
  /** Text of a further alternative. */
  add?: string;
}

function rewritten(query: string, changes: readonly TermChange[], newTerm?: string): string {
  let text = query;
  for (const { term, keep, add } of [...changes].reverse()) {
    if (keep.length === term.values.length && add === undefined) continue;
    const head = query.slice(term.from, term.values[0].from);
    const alternatives = [...keep.map(({ from, to }) => query.slice(from, to)), ...(add === undefined ? [] : [add])];
    const after = text.slice(term.to).replace(/^\s+/, '');
    const written = alternatives.length === 0 ? '' : `${head}${alternatives.join(',')} `;
    text = (text.slice(0, term.from) + written + after).trimEnd();
  }
  if (newTerm === undefined) return text.trimStart();
  // Behind a quote that is never closed a term would be part of it.
  return (parseQuery(query).errors.length > 0 ? [newTerm, text] : [text, newTerm]).join(' ').trim();
}
