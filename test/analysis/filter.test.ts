import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterHelp } from '../../src/analysis/filter/help';
import { compileFilter } from '../../src/analysis/filter/match';
import { smallTrace, TraceText } from '../support/trace-text';

const trace = smallTrace().trace();
const operationNs = Float32Array.from([100, 900, 400, 950, 100, 900, 50, 2600]);

function matching(query: string): number[] {
  const { matches, errors } = compileFilter(query, { trace, operationNs });
  expect(errors).toEqual([]);
  return [...trace.operations.kind.keys()].filter(i => i < trace.operations.count && matches(i));
}

describe('a filter', () => {
  it.each([
    ['', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['op:map', [0, 2, 4, 6]],
    ['kind:MAP', [0, 2, 4, 6]],
    ['device:06.0', [6, 7]],
    ['dir:to', [6, 7]],
    ['!dir:to op:unmap', [1, 3, 5]],
    ['size>4k', [2, 3]],
    ['size<=4KiB size>=2000', [0, 1, 4, 5]],
    ['size:1500', [6, 7]],
    ['cost>2us', [7]],
    ['cost>=0.9us !cpu:1', [1, 3, 5]],
    ['cpu:0,1', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['comm:iperf', [6, 7]],
    ['comm:/^f.o$/ op:map', [0, 2, 4]],
    ['iperf', [6, 7]],
    ['!iperf size>4k', [2, 3]],
    ['"0000:00:06.0" op:unmap', [7]],
    ['line>=11 line<16', [4, 5]],
    ['pages:16', [2, 3]],
    ['iova:0xffe00000', [2, 3]],
    ['life<1ms op:map dir:from', [0, 2, 4]],
    ['op:map,unmap pid:405 device:04.0', [0, 1, 2, 3, 4, 5]],
    ['flag:failed', []],
  ])('%s selects %j', (query, operations) => expect(matching(query)).toEqual(operations));

  it('selects by what is unusual', () => {
    const made = new TraceText().unmap({ iova: 0xfff00000 }).map({ iova: 0xffe00000 }).trace();
    const { matches } = compileFilter('flag:still-mapped', { trace: made });
    expect([matches(0), matches(1)]).toEqual([false, true]);
  });

  it.each([
    ['speed>3', 'Unknown field “speed”', 0, 7],
    ['op:map siez>4k', 'Unknown field “siez”', 7, 14],
    ['op:amp', '“amp” is none of map, unmap', 0, 6],
    ['size>big', 'size takes a number (b, k, kb, kib, m, mb, mib, g), not “big”', 0, 8],
    ['cpu>', 'Value missing', 0, 4],
    ['device>3', 'device has no order', 0, 8],
    ['comm:/(/', 'Not a regular expression', 0, 8],
    ['comm:/abc', 'Closing / of the regular expression missing', 5, 9],
    ['op:map "two', 'Closing quote missing', 7, 11],
    ['size>1,2', '> takes one value', 0, 8],
    ['constructor:1', 'Unknown field “constructor”', 0, 13],
  ])('%s is told to be wrong, with its place', (query, message, from, to) => {
    const { errors } = compileFilter(query, { trace, operationNs });
    expect(errors[0].message).toContain(message);
    expect([errors[0].from, errors[0].to]).toEqual([from, to]);
  });

  it('needs a run to ask about cost', () => {
    expect(compileFilter('cost>1', { trace }).errors[0].message).toBe('cost asks about a run: replay the trace first');
  });

  it('goes on with the terms that are sound', () => {
    const { matches } = compileFilter('dir:to nonsense:1', { trace });
    expect([matches(0), matches(6)]).toEqual([false, true]);
  });

  it('survives any text, and places every error inside it', () => {
    const pieces = fc.constantFrom(
      'op:',
      'size>',
      '!',
      ',',
      ' ',
      '"',
      '/',
      '4k',
      'map',
      '<',
      '=',
      'device',
      ':',
      '\\',
      'µs',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map(list => list.join('')),
        ),
        query => {
          const { matches, errors } = compileFilter(query, { trace, operationNs });
          expect(typeof matches(0)).toBe('boolean');
          for (const { from, to } of errors) {
            expect(from).toBeGreaterThanOrEqual(0);
            expect(from).toBeLessThan(to);
            expect(to).toBeLessThanOrEqual(query.length + 1);
          }
        },
      ),
    );
  });
});

describe('help for a filter', () => {
  const texts = (text: string) => filterHelp(text, text.length, { trace, operationNs }).completions.map(c => c.text);

  it('completes fields', () => {
    expect(texts('si')).toEqual(['site:', 'size>']);
    expect(texts('op:map !dev')).toEqual(['device:']);
  });

  it('completes the values of the trace and of the language', () => {
    expect(texts('device:')).toEqual(['0000:00:04.0', '0000:00:06.0']);
    expect(texts('op:map,un')).toEqual(['unmap']);
    expect(texts('direction:b')).toEqual(['both']);
    expect(texts('cpu:')).toEqual(['0', '1']);
  });

  it('tells what the completion takes the place of', () => {
    expect(filterHelp('op:map dev', 10, { trace }).completions[0]).toMatchObject({ text: 'device:', from: 7, to: 10 });
  });

  it('tells the first problem', () => {
    expect(filterHelp('op:x siez>1', 0, { trace }).problem).toMatchObject({ from: 0, to: 4 });
    expect(filterHelp('op:map', 0, { trace }).problem).toBeUndefined();
  });
});
