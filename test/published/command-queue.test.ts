/**
 * J. Garry, "arm-smmu-v3: Improve cmdq lock efficiency", 2020-08-21: map and unmap on a Kunpeng 920, one command queue
 * (lore.kernel.org/r/1598018062-175608-1-git-send-email-john.garry@huawei.com).
 */
import { describe, expect, it } from 'vitest';
import { replay } from '../../src/replay/replay';
import { buildScenario } from '../../src/replay/scenario-build';
import { mapsAndUnmaps } from '../replay/make-operations';

const PAIRS = 2000;
/** Time of a pair outside the DMA API: fitted with the law of the queue, which names it as its source. */
const BASE_NS = 2300;

/** Pairs of map and unmap per second and CPU with `cpus` CPUs that do nothing else. */
function rate(cpus: number): number {
  const scenario = buildScenario({ policy: 'strict', platform: 'smmuv3', loop: 'closed', scaleCpus: cpus });
  const { time } = replay(mapsAndUnmaps(PAIRS, { gapNs: BASE_NS, lifeNs: BASE_NS / 2 }), scenario);
  return (PAIRS / time.makespanNs) * 1e9;
}

describe('one SMMUv3 command queue for many CPUs', () => {
  it.each([
    [8, 282e3],
    [16, 115e3],
    [32, 36e3],
    [64, 11e3],
  ])('%i CPUs: %i map-unmap pairs per second and CPU, to a tenth', (cpus, published) => {
    expect(Math.abs(rate(cpus) / published - 1)).toBeLessThan(0.1);
  });

  it('yields less in all, not only per CPU, beyond some 8 CPUs', () => {
    expect(64 * rate(64)).toBeLessThan(0.5 * 8 * rate(8));
  });
});
