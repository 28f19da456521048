/** From a query to the operations that it selects. */
import {
  FIELD_ALIASES,
  FIELDS,
  type FilterContext,
  type FilterField,
  type NameField,
  type NumberField,
} from './fields';
import { parseQuery, type FilterError, type FilterTerm, type TermValue } from './query';

export type OperationPredicate = (operation: number) => boolean;

export interface CompiledFilter {
  /** Terms with errors do not take part. */
  matches: OperationPredicate;
  errors: FilterError[];
}

/** A sound term, and the field that it is about under its first name. */
export interface CompiledTerm {
  term: FilterTerm;
  field: string;
  matches: OperationPredicate;
}

/** Compiles a query against a trace and, for `cost`, the run whose costs it asks about. */
export function compileFilter(query: string, context: FilterContext): CompiledFilter {
  const { terms, errors } = compileTerms(query, context);
  const predicates = terms.map(term => term.matches);
  return { matches: operation => predicates.every(predicate => predicate(operation)), errors };
}

/** The terms of a query one by one, in its order. */
export function compileTerms(query: string, context: FilterContext): { terms: CompiledTerm[]; errors: FilterError[] } {
  const { terms, errors } = parseQuery(query);
  const compiled: CompiledTerm[] = [];
  for (const term of terms) {
    const matches = compileTerm(term, context);
    if (typeof matches === 'string') errors.push({ message: matches, from: term.from, to: term.to });
    else compiled.push({ term, field: fieldOf(term), matches });
  }
  errors.sort((a, b) => a.from - b.from);
  return { terms: compiled, errors };
}

/** The first name of the field that a term is about. */
export function fieldOf({ field }: FilterTerm): string {
  return FIELD_ALIASES[field] ?? field;
}

/** The predicate, or what is wrong with the term. */
export function compileTerm(term: FilterTerm, context: FilterContext): OperationPredicate | string {
  const name = fieldOf(term);
  const field: FilterField | undefined = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field === undefined) return `Unknown field “${term.field}”: use ${Object.keys(FIELDS).join(', ')}`;
  if (name === 'cost' && context.operationNs === undefined) return 'cost asks about a run: replay the trace first';
  const matches =
    field.type === 'number' ? compileNumber(name, field, term, context) : compileName(name, field, term, context);
  return term.exclude && typeof matches !== 'string' ? operation => !matches(operation) : matches;
}

function compileNumber(
  name: string,
  field: NumberField,
  term: FilterTerm,
  context: FilterContext,
): OperationPredicate | string {
  const numbers: number[] = [];
  for (const value of term.values) {
    const number = value.regex ? undefined : parseNumber(value.text, field);
    if (number === undefined) return `${name} takes a number${unitHint(field)}, not “${value.text}”`;
    numbers.push(number);
  }
  const get = field.get(context);
  const [limit] = numbers as [number];
  const test = (check: (value: number) => boolean): OperationPredicate => {
    return operation => {
      const value = get(operation);
      return value !== undefined && check(value);
    };
  };
  switch (term.comparator) {
    case ':':
      return test(value => numbers.includes(value));
    case '<':
      return test(value => value < limit);
    case '<=':
      return test(value => value <= limit);
    case '>':
      return test(value => value > limit);
    case '>=':
      return test(value => value >= limit);
  }
}

function unitHint(field: NumberField): string {
  const units = Object.keys(field.units).filter(unit => unit !== '');
  return units.length === 0 ? '' : ` (${units.join(', ')})`;
}

function parseNumber(text: string, field: NumberField): number | undefined {
  if (/^0x[0-9a-f]+$/i.test(text)) return Number(text);
  const parts = /^(\d+(?:\.\d+)?)([a-zµ]*)$/i.exec(text);
  const unit = parts?.[2]!.toLowerCase();
  if (parts === null || unit === undefined || !Object.hasOwn(field.units, unit)) return undefined;
  return Number(parts[1]) * field.units[unit];
}

function compileName(
  name: string,
  field: NameField,
  term: FilterTerm,
  context: FilterContext,
): OperationPredicate | string {
  if (term.comparator !== ':') return `${name} has no order: write ${name}:…`;
  const tests: ((text: string) => boolean)[] = [];
  for (const value of term.values) {
    const test = nameTest(field, value);
    if (typeof test === 'string') return test;
    tests.push(test);
  }
  const get = field.get(context);
  return operation => get(operation).some(text => tests.some(test => test(text)));
}

function nameTest(field: NameField, value: TermValue): ((text: string) => boolean) | string {
  if (value.regex) {
    try {
      const regex = new RegExp(value.text, 'i');
      return text => regex.test(text);
    } catch (error) {
      return `Not a regular expression: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  const wanted = value.text.toLowerCase();
  if (field.values === undefined) return text => text.toLowerCase().includes(wanted);
  if (!field.values.includes(wanted)) return `“${value.text}” is none of ${field.values.join(', ')}`;
  return text => text === wanted;
}
