import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  stateOf,
  toggleExcluded,
  toggleIncluded,
  withoutField,
  type FilterValue,
} from '../../src/analysis/filter/edit';
import { compileFilter } from '../../src/analysis/filter/match';
import { smallTrace } from '../support/trace-text';

/** A value that is part of no other's name; `also`: what else a filter may call it. */
function valueOf(field: string, text: string, ...also: string[]): FilterValue {
  return { field, text, holds: (_, alternative) => [text, ...also].includes(alternative.text) };
}

const map = valueOf('op', 'map');
const syncCpu = valueOf('op', 'sync-cpu', 'sync');

describe('including a value', () => {
  it.each([
    ['', 'op:map'],
    ['size>4k', 'size>4k op:map'],
    ['op:unmap', 'op:unmap,map'],
    ['KIND:unmap  !cpu:1', 'KIND:unmap,map !cpu:1'],
    ['!op:map', 'op:map'],
    ['!op:map,free cpu:1', '!op:free cpu:1 op:map'],
    ['op:unmap !op:map', 'op:unmap,map'],
    ['  dir:to   !op:map  "two words"', 'dir:to   "two words" op:map'],
    ['op:unmap"quoted"', 'op:unmap"quoted",map'],
    ['op:"unmap"word', 'op:"unmap",map word'],
    ['comm:"never closed', 'op:map comm:"never closed'],
  ])('in “%s” makes it “%s”', (query, expected) => expect(toggleIncluded(query, map)).toBe(expected));

  it.each([
    ['op:map', ''],
    ['op:unmap,map', 'op:unmap'],
    ['op:map,unmap cpu:1', 'op:unmap cpu:1'],
    ['size>4k kind:map cpu:1', 'size>4k cpu:1'],
  ])('that is included takes it out: “%s” becomes “%s”', (query, expected) => {
    expect(stateOf(query, map)).toBe('included');
    expect(toggleIncluded(query, map)).toBe(expected);
  });

  it('knows a value under a name that it shares', () => {
    expect(stateOf('op:sync', syncCpu)).toBe('included');
    expect(toggleIncluded('op:sync,map', syncCpu)).toBe('op:map');
  });

  it('reaches each of several terms', () => {
    expect(stateOf('op:map op:unmap', map)).toBe('open');
    expect(toggleIncluded('op:map op:unmap', map)).toBe('op:map op:unmap,map');
  });
});

describe('excluding a value', () => {
  it.each([
    ['', '!op:map'],
    ['cpu:1', 'cpu:1 !op:map'],
    ['op:map', '!op:map'],
    ['op:map,unmap', 'op:unmap !op:map'],
    ['!op:free', '!op:free,map'],
    ['!op:free !op:alloc', '!op:free,map !op:alloc'],
  ])('in “%s” makes it “%s”', (query, expected) => expect(toggleExcluded(query, map)).toBe(expected));

  it.each([
    ['!op:map', ''],
    ['!op:free,map cpu:1', '!op:free cpu:1'],
  ])('that is excluded takes it out: “%s” becomes “%s”', (query, expected) => {
    expect(stateOf(query, map)).toBe('excluded');
    expect(toggleExcluded(query, map)).toBe(expected);
  });

  it('leaves an alternative that lets others through, too', () => {
    const edited = toggleExcluded('op:sync', syncCpu);
    expect(edited).toBe('op:sync !op:sync-cpu');
    expect(stateOf(edited, syncCpu)).toBe('excluded');
  });
});

describe('clearing a field', () => {
  it.each([
    ['op:map !kind:free size>4k', 'size>4k'],
    ['size>4k', 'size>4k'],
    ['size:4k size>2k', 'size:4k size>2k'],
  ])('“%s” becomes “%s”', (query, expected) => expect(withoutField(query, 'op')).toBe(expected));

  it('leaves comparisons', () => expect(withoutField('size:4k !size:64k size>2k', 'size')).toBe('size>2k'));
});

const trace = smallTrace().trace();
const selected = (query: string): number[] => {
  const { matches } = compileFilter(query, { trace });
  return Array.from({ length: trace.operations.count }, (_, i) => i).filter(matches);
};

describe('any filter', () => {
  const kinds = ['map', 'unmap', 'alloc', 'free'];
  const kindList = fc.subarray(kinds, { minLength: 1 }).map(list => list.join(','));
  const other = fc.constantFrom('dir:to', 'size>4k', '!cpu:1', '"two words"', 'fio', 'comm:/^f.o$/', 'device:"06.0"');
  /** At most one term that names the kinds that may pass, any number of others, in any order. */
  const queries = fc
    .tuple(
      fc.option(kindList.map(list => `op:${list}`)),
      fc.array(
        fc.oneof(
          other,
          kindList.map(list => `!op:${list}`),
        ),
        { maxLength: 4 },
      ),
      fc.nat(),
    )
    .map(([include, terms, at]) => {
      const place = at % (terms.length + 1);
      return [...terms.slice(0, place), ...(include === null ? [] : [include]), ...terms.slice(place)].join(' ');
    });
  const values = fc.constantFrom(...kinds).map(kind => valueOf('op', kind));
  const toggles = fc.constantFrom(toggleIncluded, toggleExcluded);

  it('means the same after a click on a value that it does not name, and a second one', () => {
    fc.assert(
      fc.property(queries, values, toggles, (query, value, toggle) => {
        fc.pre(stateOf(query, value) === 'open');
        expect(toggle(toggle(query, value), value)).toBe(query);
      }),
    );
  });

  it('has the value in the state that was clicked, and out of it after a second click', () => {
    fc.assert(
      fc.property(queries, values, toggles, (query, value, toggle) => {
        const clicked = toggle === toggleIncluded ? 'included' : 'excluded';
        const before = stateOf(query, value);
        const edited = toggle(query, value);
        expect(stateOf(edited, value) === clicked).toBe(before !== clicked);
        expect(compileFilter(edited, { trace }).errors).toEqual([]);
      }),
    );
  });

  it('selects what a click includes beside what it selected, and nothing of what a click excludes', () => {
    fc.assert(
      fc.property(queries, values, (query, value) => {
        const rest = withoutField(query, 'op');
        const ofValue = selected(`${rest} op:${value.text}`);
        if (stateOf(query, value) !== 'included') {
          const included = selected(toggleIncluded(query, value));
          for (const operation of ofValue) expect(included).toContain(operation);
        }
        if (stateOf(query, value) !== 'excluded') {
          const excluded = selected(toggleExcluded(query, value));
          for (const operation of ofValue) expect(excluded).not.toContain(operation);
        }
      }),
    );
  });

  it('survives any text', () => {
    const pieces = fc.constantFrom('op:', 'kind:', '!', ',', ' ', '"', '/', 'map', 'unmap', '\\', ':', '<');
    fc.assert(
      fc.property(
        fc.array(pieces).map(list => list.join('')),
        toggles,
        (query, toggle) => {
          const clicked = toggle === toggleIncluded ? 'included' : 'excluded';
          if (stateOf(query, map) !== clicked) expect(stateOf(toggle(query, map), map)).toBe(clicked);
        },
      ),
      { numRuns: 500 },
    );
  });
});
