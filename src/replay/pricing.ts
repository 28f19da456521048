import { COMPONENTS, Work, WORK_COMPONENT, WORK_COUNT, type Component } from '../iommu/work';
import type { Cost, PlatformProfile } from '../platforms/profile';

/** Index of a component in `COMPONENTS`, by `Work`. */
export const COMPONENT_OF: Uint8Array = Uint8Array.from(WORK_COMPONENT, component => COMPONENTS.indexOf(component));
export const LOCK_COMPONENT: number = COMPONENTS.indexOf('lock');

/** ns per unit, by `Work`, at the middle and at both ends of the platform's band. Work without a price costs nothing. */
export interface Prices {
  ns: Float64Array;
  low: Float64Array;
  high: Float64Array;
  priced: Uint8Array;
  /** Per byte copied outside the last-level cache; equal to that of `CopyByte` where the platform does not tell them apart. */
  beyondCache: { ns: number; low: number; high: number };
  /** Infinity: all copies are in the cache. */
  cacheBytes: number;
}

/**
 * Price list of a platform.
 * @throws RangeError naming the kinds of work that the platform prices and that do not exist.
 */
export function pricesOf(platform: PlatformProfile): Prices {
  const unknown = Object.keys(platform.costs).filter(name => workByName(name) === undefined);
  if (unknown.length > 0) {
    throw new RangeError(`platform ${platform.id} prices unknown kinds of work: ${unknown.join(', ')}`);
  }
  const prices: Prices = {
    ns: new Float64Array(WORK_COUNT),
    low: new Float64Array(WORK_COUNT),
    high: new Float64Array(WORK_COUNT),
    priced: new Uint8Array(WORK_COUNT),
    beyondCache: { ns: 0, low: 0, high: 0 },
    cacheBytes: platform.copyBeyondCache ? (platform.machine.llcBytes ?? Infinity) : Infinity,
  };
  for (const [name, cost] of Object.entries(platform.costs)) setPrice(prices, workByName(name)!, cost);
  const copy = Work.CopyByte;
  prices.beyondCache = platform.copyBeyondCache ?? {
    ns: prices.ns[copy],
    low: prices.low[copy],
    high: prices.high[copy],
  };
  return prices;
}

/** The kind of work of that name; undefined when there is none. */
export function workByName(name: string): Work | undefined {
  const value: unknown = Object.hasOwn(Work, name) ? Work[name as keyof typeof Work] : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** The work that occurred and that the platform has no price for: units by kind. */
export function unpricedWork(prices: Prices, ...works: readonly Float64Array[]): Record<string, number> {
  const unpriced: Record<string, number> = {};
  for (let kind = 0; kind < WORK_COUNT; kind++) {
    const units = works.reduce((sum, work) => sum + work[kind], 0);
    if (units > 0 && !prices.priced[kind]) unpriced[Work[kind]] = units;
  }
  return unpriced;
}

/** An all-zero record with one entry per component. */
export function emptyComponents(): Record<Component, number> {
  return { iova: 0, pageTable: 0, invalidation: 0, lock: 0, copy: 0, exit: 0, pin: 0, other: 0 };
}

function setPrice(prices: Prices, work: Work, cost: Cost): void {
  prices.ns[work] = cost.ns;
  prices.low[work] = cost.low;
  prices.high[work] = cost.high;
  prices.priced[work] = 1;
}
