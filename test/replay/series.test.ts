import { describe, expect, it } from 'vitest';
import { Gauge, Gauges } from '../../src/iommu/gauges';
import { COMPONENTS } from '../../src/iommu/work';
import { SeriesRecorder } from '../../src/replay/series';

/** A recorder and the totals that it watches. */
function recorderOf(gauges: Gauges, spanNs: number) {
  const totals = new Float64Array(COMPONENTS.length);
  const recorder = new SeriesRecorder(gauges, totals, spanNs);
  const spend = (component: (typeof COMPONENTS)[number], ns: number) => {
    totals[COMPONENTS.indexOf(component)] += ns;
  };
  return { recorder, spend };
}

describe('quantities over trace time', () => {
  it('add up to the whole, however much longer than expected the replay lasts', () => {
    const { recorder, spend } = recorderOf(new Gauges(), 1000);
    for (let i = 0; i < 5000; i++) {
      recorder.moveTo(i * 40);
      spend('copy', 3);
    }
    const copies = recorder.finish().find(series => series.id === 'ns.copy')!;
    expect(copies.values.reduce((sum, ns) => sum + ns, 0)).toBe(15_000);
    expect(copies.values.length * copies.bucketNs).toBeGreaterThanOrEqual(5000 * 40 - 40);
    expect(copies.values.length).toBeLessThanOrEqual(512);
  });

  it('hold a level until it changes, and keep the highest of each bucket', () => {
    const gauges = new Gauges();
    const { recorder, spend } = recorderOf(gauges, 400_000);
    gauges.add(Gauge.StalePages, 7);
    spend('iova', 1);
    recorder.moveTo(100_000);
    gauges.add(Gauge.StalePages, -5);
    spend('iova', 1);
    recorder.moveTo(200_000);
    const stale = recorder.finish().find(series => series.id === 'stalePages')!;
    const at = (time: number) => stale.values[Math.floor(time / stale.bucketNs)];
    expect(at(0)).toBe(7);
    expect(at(50_000)).toBe(7);
    expect(at(100_000)).toBe(7);
    expect(at(150_000)).toBe(2);
    expect(at(200_000)).toBe(2);
  });

  it('leave out what never happened', () => {
    const { recorder, spend } = recorderOf(new Gauges(), 1000);
    spend('pin', 1);
    expect(recorder.finish().map(series => series.id)).toEqual(['ns', 'ns.pin']);
  });
});
