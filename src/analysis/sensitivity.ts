/** How much of a result hangs on each price: the answer to "and if an invalidation costs twice as much here?" */
import type { TimeResult } from '../replay/result';

/** Work done, counted, and what the platform asks for it. */
export interface PricedWork {
  work: string;
  component: keyof TimeResult['components'];
  /** Units of work done in the run. */
  amount: number;
  /** ns per unit, and the ends of its band. */
  ns: number;
  low: number;
  high: number;
  source: string;
}

/** One price of the platform, at its low and high end, all others at their stated value. */
export interface SensitivityBar extends Omit<PricedWork, 'amount'> {
  /** The run's CPU time with the price at its low and at its high end. */
  cpuNsLow: number;
  cpuNsHigh: number;
}

export interface Sensitivity {
  cpuNs: number;
  band: [number, number];
  /** Widest first; prices that no work of the run asked for are left out. */
  bars: SensitivityBar[];
}

/**
 * Varies one price at a time. The counted work stays as it is, so that the difference is amount × price: waits for locks,
 * which grow with what their holders do, are held at the run's.
 */
export function sensitivity(time: TimeResult, work: readonly PricedWork[]): Sensitivity {
  const bars = work
    .filter(({ amount, low, high }) => amount > 0 && high > low)
    .map(({ amount, ...price }) => ({
      ...price,
      cpuNsLow: time.cpuNs + amount * (price.low - price.ns),
      cpuNsHigh: time.cpuNs + amount * (price.high - price.ns),
    }))
    .sort((a, b) => b.cpuNsHigh - b.cpuNsLow - (a.cpuNsHigh - a.cpuNsLow));
  return { cpuNs: time.cpuNs, band: time.band, bars };
}
