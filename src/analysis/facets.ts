/** The values that the operations of a selection have, with their counts, each ready to be included or excluded. */
import type { Trace } from '../trace/operations';
import { FIELDS, type FilterContext } from './filter/fields';
import {
  isOwnTerm,
  stateOf,
  toggleExcluded,
  toggleIncluded,
  withoutField,
  type FilterValue,
  type ValueState,
} from './filter/edit';
import { compileTerm, compileTerms, type CompiledTerm, type OperationPredicate } from './filter/match';
import type { Selection } from './select';
import { exactBytes } from './units';
import { directionWords, kindWords } from './words';

export type FacetField = 'op' | 'device' | 'domain' | 'dir' | 'size' | 'cpu';

export interface FacetValue {
  label: string;
  /** Operations with the value, counted. */
  count: number;
  state: ValueState;
  /** The filter after a click that includes the value, or no longer includes it. */
  include: string;
  /** The filter after a click that excludes the value, or no longer excludes it. */
  exclude: string;
}

export interface Facet {
  field: FacetField;
  /** Most frequent first; those in the filter are among them, also where they count nothing. */
  values: FacetValue[];
  /** Further values that are counted but not listed. */
  more: number;
  /** The filter without the terms of the facet; absent: it has none. */
  cleared?: string;
}

interface FacetColumn {
  field: FacetField;
  column: (trace: Trace) => ArrayLike<number>;
  label: (trace: Trace, operation: number) => string;
}

const COLUMNS: readonly FacetColumn[] = [
  {
    field: 'op',
    column: ({ operations }) => operations.kind,
    label: ({ operations }, i) => kindWords(operations.kind[i]),
  },
  {
    field: 'device',
    column: ({ operations }) => operations.device,
    label: ({ operations }, i) => operations.devices[operations.device[i]].name,
  },
  {
    field: 'domain',
    column: ({ operations }) => operations.domain,
    label: ({ operations }, i) => operations.domains[operations.domain[i]]?.name || 'none',
  },
  {
    field: 'dir',
    column: ({ operations }) => operations.direction,
    label: ({ operations }, i) => directionWords(operations.direction[i]),
  },
  {
    field: 'size',
    column: ({ operations }) => operations.size,
    label: ({ operations }, i) => exactBytes(operations.size[i]),
  },
  {
    field: 'cpu',
    column: ({ operations }) => operations.cpu,
    label: ({ operations }, i) => `CPU ${operations.cpu[i]}`,
  },
];

/**
 * Facets of a selection, at most `limit` values each.
 *
 * A facet counts the operations that match the rest of the filter: its own terms (`field:…` and `!field:…`) are taken
 * out, so that the counts of the values to switch to are there. Its other terms, such as `size>4k`, hold. A value in the
 * filter text names just the operations that were counted for it. Operations without a value that the filter language
 * can name (the CPU of a log that has none) are not counted in that facet.
 *
 * @param context the run in it is what `cost` in the filter asks about
 */
export function facets(selection: Selection, context: FilterContext, limit: number): Facet[] {
  const { filter } = selection;
  const counters = countValues(selection, context);
  return counters.map(({ column, seen }): Facet => {
    const { field } = column;
    const values = merged(column, seen, context).map(({ operation, count, text }) => {
      const value = filterValue(field, text, operation, context);
      const label = column.label(context.trace, operation);
      return { label, count, state: stateOf(filter, value), value };
    });
    const wanted = values.filter(({ count, state }) => count > 0 || state !== 'open').sort(byImportance);
    const cleared = withoutField(filter, field);
    return {
      field,
      values: wanted
        .slice(0, limit)
        .sort((a, b) => b.count - a.count)
        .map(({ value, ...shown }) => ({
          ...shown,
          include: toggleIncluded(filter, value),
          exclude: toggleExcluded(filter, value),
        })),
      more: Math.max(0, wanted.length - limit),
      ...(cleared !== filter && { cleared }),
    };
  });
}

interface Ranked {
  count: number;
  state: ValueState;
}

/** Values in the filter before others, so that what was clicked can be clicked again. */
function byImportance(a: Ranked, b: Ranked): number {
  return Number(b.state !== 'open') - Number(a.state !== 'open') || b.count - a.count;
}

interface Seen {
  /** The first operation of the trace with the value, whether or not it is selected. */
  operation: number;
  count: number;
}

interface Counter {
  column: FacetColumn;
  numbers: ArrayLike<number>;
  own: OperationPredicate[];
  seen: Map<number, Seen>;
}

/** One pass: an operation that only a facet's own terms keep out counts in that facet alone. */
function countValues({ filter, range }: Selection, context: FilterContext): Counter[] {
  const { terms } = compileTerms(filter, context);
  const ownerOf = ({ term }: CompiledTerm): FacetField | undefined =>
    COLUMNS.find(({ field }) => isOwnTerm(term, field))?.field;
  const matching = (owner: FacetField | undefined): OperationPredicate[] =>
    terms.filter(term => ownerOf(term) === owner).map(term => term.matches);
  const others = matching(undefined);
  const counters = COLUMNS.map((column): Counter => {
    return { column, numbers: column.column(context.trace), own: matching(column.field), seen: new Map() };
  });
  const limited = counters.filter(({ own }) => own.length > 0);
  const { count, time } = context.trace.operations;
  const { fromNs, toNs } = range ?? { fromNs: -Infinity, toNs: Infinity };
  for (let operation = 0; operation < count; operation++) {
    const isSelected =
      time[operation] >= fromNs && time[operation] < toNs && others.every(predicate => predicate(operation));
    const failing = isSelected ? limited.filter(({ own }) => !own.every(predicate => predicate(operation))) : [];
    for (const counter of counters) {
      const seen = seenOf(counter, operation);
      if (isSelected && (failing.length === 0 || (failing.length === 1 && failing[0] === counter))) seen.count++;
    }
  }
  return counters;
}

function seenOf({ numbers, seen }: Counter, operation: number): Seen {
  const known = seen.get(numbers[operation]);
  if (known !== undefined) return known;
  const first = { operation, count: 0 };
  seen.set(numbers[operation], first);
  return first;
}

interface NamedValue extends Seen {
  /** As the filter language names it. */
  text: string;
}

/** Values under the texts that name them; two devices of one name are one to the filter, too. */
function merged({ field }: FacetColumn, seen: ReadonlyMap<number, Seen>, context: FilterContext): NamedValue[] {
  const byText = new Map<string, NamedValue>();
  const names = namesOf(field, [...seen.values()], context);
  for (const { operation, count } of seen.values()) {
    const text = textOf(field, operation, names, context);
    if (text === undefined) continue;
    const known = byText.get(text.toLowerCase());
    if (known === undefined) byText.set(text.toLowerCase(), { operation, count, text });
    else known.count += count;
  }
  return [...byText.values()];
}

function namesOf(name: FacetField, seen: readonly Seen[], context: FilterContext): string[] {
  const field = FIELDS[name];
  return field.type === 'name' ? seen.flatMap(({ operation }) => field.get(context)(operation)) : [];
}

/** The text after `field:` that names the value of an operation, and no other among `names`; undefined: none does. */
function textOf(
  name: FacetField,
  operation: number,
  names: readonly string[],
  context: FilterContext,
): string | undefined {
  const field = FIELDS[name];
  if (field.type === 'number') {
    const number = field.get(context)(operation);
    return number === undefined || number < 0 ? undefined : numberText(number, field.units);
  }
  // The narrowest name is the last: `sync-cpu` after `sync`.
  const own = field.get(context)(operation).at(-1);
  return own === undefined || field.values !== undefined ? own : exactName(own, names);
}

/** 65536 as `64k` where the field knows the unit. */
function numberText(number: number, units: Readonly<Record<string, number>>): string {
  const unit = ['g', 'm', 'k'].find(letter => letter in units && number > 0 && number % units[letter] === 0);
  return unit === undefined ? String(number) : `${number / units[unit]}${unit}`;
}

/** Names are compared by what they contain: one that others contain needs an expression. */
function exactName(name: string, names: readonly string[]): string {
  const lower = name.toLowerCase();
  const isPart = names.some(other => other.toLowerCase() !== lower && other.toLowerCase().includes(lower));
  if (isPart || name === '') return `/^${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$/`;
  return /^[^\s,"/][^\s,]*$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}

function filterValue(field: FacetField, text: string, operation: number, context: FilterContext): FilterValue {
  return {
    field,
    text,
    holds: (term, alternative) => {
      const matches = compileTerm({ ...term, exclude: false, values: [alternative] }, context);
      return typeof matches !== 'string' && matches(operation);
    },
  };
}
