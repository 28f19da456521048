/**
 * The filter language: terms separated by spaces, all of which must hold. `device:04.0 dir:to size>4k !cpu:1`
 *
 *   field:value    is, or contains for names; several values with commas: any of them
 *   field>value    also < >= <=, for numbers
 *   !term          must not hold
 *   word           contained in command, device or call site
 *   "two words"    quoted value;  /re/ regular expression for names
 *
 * What is wrong with a query comes back as data with its place, never as an exception.
 */

export type Comparator = ':' | '<' | '<=' | '>' | '>=';

export interface FilterTerm {
  exclude: boolean;
  /** Field name as in `FIELDS`; `text` for a bare word. */
  field: string;
  comparator: Comparator;
  /** Alternatives; exactly one for < and >. */
  values: TermValue[];
  /** Offsets in the query, for messages. */
  from: number;
  to: number;
}

export interface TermValue {
  text: string;
  regex: boolean;
  /** Offsets in the query, with quotes or slashes. */
  from: number;
  to: number;
}

/** Something wrong in a query, at [from, to). */
export interface FilterError {
  message: string;
  from: number;
  to: number;
}

const WORD_END = /[\s,]/;

/** Splits a query into terms. Terms with errors are left out. */
export function parseQuery(query: string): { terms: FilterTerm[]; errors: FilterError[] } {
  return new QueryParser(query).parse();
}

class QueryParser {
  private position = 0;
  private readonly errors: FilterError[] = [];

  constructor(private readonly query: string) {}

  parse(): { terms: FilterTerm[]; errors: FilterError[] } {
    const terms: FilterTerm[] = [];
    this.skipSpace();
    while (this.position < this.query.length) {
      const errorsBefore = this.errors.length;
      const term = this.term();
      if (this.errors.length === errorsBefore) terms.push(term);
      this.skipSpace();
    }
    return { terms, errors: this.errors };
  }

  private term(): FilterTerm {
    const from = this.position;
    const exclude = this.query[this.position] === '!';
    if (exclude) this.position++;
    const head = /^([a-z][a-z-]*)(:|<=|>=|<|>)/i.exec(this.query.slice(this.position));
    const comparator = (head?.[2] ?? ':') as Comparator;
    this.position += head?.[0].length ?? 0;
    const values = head === null ? [this.value()] : this.values();
    const term = { exclude, field: head?.[1]!.toLowerCase() ?? 'text', comparator, values, from, to: this.position };
    if (values.some(value => value.text === '')) {
      this.fail(`Value missing after “${this.query.slice(from, this.position)}”`, from);
    } else if (comparator !== ':' && values.length > 1) {
      this.fail(`${comparator} takes one value`, from);
    }
    return term;
  }

  private values(): TermValue[] {
    const values = [this.value()];
    while (this.query[this.position] === ',') {
      this.position++;
      values.push(this.value());
    }
    return values;
  }

  private value(): TermValue {
    const opening = this.query[this.position];
    if (opening === '"' || opening === '/') return this.delimited(opening);
    const start = this.position;
    while (this.position < this.query.length && !WORD_END.test(this.query[this.position])) this.position++;
    // A bare comma would never advance: it is taken as part of a word of its own.
    if (this.position === start && this.query[start] === ',') this.position++;
    const text = this.query.slice(start, this.position).replace(/^,$/, '');
    return { text, regex: false, from: start, to: this.position };
  }

  private delimited(delimiter: '"' | '/'): TermValue {
    const start = this.position++;
    while (this.position < this.query.length && this.query[this.position] !== delimiter) {
      if (this.query[this.position] === '\\') this.position++;
      this.position++;
    }
    const text = this.query.slice(start + 1, this.position);
    if (this.position >= this.query.length) {
      this.position = this.query.length;
      this.fail(delimiter === '"' ? 'Closing quote missing' : 'Closing / of the regular expression missing', start);
    } else this.position++;
    const place = { from: start, to: this.position };
    return delimiter === '/'
      ? { text, regex: true, ...place }
      : { text: text.replace(/\\(.)/g, '$1'), regex: false, ...place };
  }

  private skipSpace(): void {
    while (/\s/.test(this.query[this.position] ?? '')) this.position++;
  }

  private fail(message: string, from: number): void {
    this.errors.push({ message, from, to: Math.max(this.position, from + 1) });
  }
}
