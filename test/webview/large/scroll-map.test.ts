import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caretKey } from '../../../webview/large/keys';
import { MAX_SHEET_PX, ScrollMap } from '../../../webview/large/scroll-map';

/** From a few lines to more than any trace has. */
const maps = fc
  .record({
    lines: fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 100_000_000 })),
    rowPx: fc.integer({ min: 8, max: 60 }),
    viewPx: fc.integer({ min: 100, max: 3000 }),
  })
  .map(({ lines, rowPx, viewPx }) => ({ lines, map: new ScrollMap(lines, rowPx, viewPx) }));

describe('scrolling through any number of lines', () => {
  test('never needs an element that browsers would cap', () => {
    fc.assert(
      fc.property(maps, ({ lines, map }) => {
        expect(map.sheetPx).toBeLessThanOrEqual(Math.max(MAX_SHEET_PX, 3000));
        expect(map.isScaled).toBe(lines * map.rowPx > MAX_SHEET_PX);
      }),
    );
  });

  test('reaches the first and the last line, and everything between them in order', () => {
    fc.assert(
      fc.property(
        maps,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2 }),
        ({ lines, map }, places) => {
          const end = map.sheetPx - map.viewLines * map.rowPx;
          expect(map.topAt(0)).toBe(0);
          expect(map.visible(map.topAt(end)).to).toBe(lines);
          const tops = places.sort((a, b) => a - b).map(place => map.topAt(place * end));
          expect(tops).toEqual([...tops].sort((a, b) => a - b));
        },
      ),
    );
  });

  test('is as exact as the scroll bar, forth and back', () => {
    fc.assert(
      fc.property(maps, fc.double({ min: 0, max: 1, noNaN: true }), ({ lines, map }, place) => {
        const top = place * map.maxTop;
        expect(Math.abs(map.topAt(map.scrollAt(top)) - top)).toBeLessThanOrEqual(1e-9 * lines);
      }),
    );
  });

  test('moves one pixel of text for one of the scroll bar, as long as that is possible', () => {
    const map = new ScrollMap(10_000, 20, 600);
    expect(map.isScaled).toBe(false);
    expect(map.topAt(30)).toBeCloseTo(1.5);
    expect(map.visible(1.5)).toEqual({ from: 2, to: 32 });
  });

  test('shows a line that is out of view, and leaves alone what is in view', () => {
    fc.assert(
      fc.property(
        maps,
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        ({ lines, map }, n, place, far) => {
          fc.pre(lines > 0);
          const line = (n % lines) + 1;
          const top = place * map.maxTop;
          const next = map.topToShow(line, top, far ? 'center' : 'edge');
          expect(next).toBeGreaterThanOrEqual(0);
          expect(line - 1).toBeGreaterThanOrEqual(next - 1e-6);
          if (map.viewLines >= 1) expect(line).toBeLessThanOrEqual(next + map.viewLines + 1e-6);
          expect(map.topToShow(line, next, 'edge')).toBeCloseTo(next, 6);
        },
      ),
    );
  });

  test('has nothing to scroll where everything fits', () => {
    const map = new ScrollMap(3, 20, 600);
    expect([map.sheetPx, map.maxTop, map.scrollAt(2), map.topAt(0)]).toEqual([600, 0, 0, 0]);
    expect(map.visible(0)).toEqual({ from: 1, to: 3 });
    expect(new ScrollMap(0, 20, 600).visible(0)).toEqual({ from: 1, to: 0 });
  });
});

describe('keys', () => {
  const at = { line: 50, lines: 1000, page: 30 };
  const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  test.each([
    ['ArrowDown', 51],
    ['ArrowUp', 49],
    ['PageDown', 80],
    ['PageUp', 20],
    ['Home', 1],
    ['End', 1000],
  ])('%s goes to line %d, and extends the selection with Shift', (key, line) => {
    expect(caretKey({ ...plain, key }, at)).toEqual({ kind: 'go', line, extend: false });
    expect(caretKey({ ...plain, key, shiftKey: true }, at)).toEqual({ kind: 'go', line, extend: true });
  });

  test('stop at the first and the last line', () => {
    expect(caretKey({ ...plain, key: 'PageUp' }, { ...at, line: 3 })).toMatchObject({ line: 1 });
    expect(caretKey({ ...plain, key: 'PageDown' }, { ...at, line: 990 })).toMatchObject({ line: 1000 });
  });

  test('scroll without moving the current line, and select all lines', () => {
    expect(caretKey({ ...plain, key: 'ArrowDown', ctrlKey: true }, at)).toEqual({ kind: 'scroll', by: 1 });
    expect(caretKey({ ...plain, key: 'a', metaKey: true }, at)).toEqual({ kind: 'all' });
  });

  test('leave those of the workbench to it', () => {
    expect(caretKey({ ...plain, key: 'g', ctrlKey: true }, at)).toBeUndefined();
    expect(caretKey({ ...plain, key: '.', altKey: true }, at)).toBeUndefined();
    expect(caretKey({ ...plain, key: 'ArrowLeft' }, at)).toBeUndefined();
  });
});
