/** Studies of one run: which of its parameters can be varied, one of them over a range, and the weight of each price. */
import { sensitivity, type Sensitivity } from '../analysis/sensitivity';
import { findKnee, sweepValues, type Sweep, type SweepParameter, type SweepPoint } from '../analysis/sweep';
import { findPolicy } from '../policies/registry';
import { workByName } from '../replay/pricing';
import type { ReplayResult } from '../replay/result';
import type { Scenario } from '../replay/scenario';
import { MAX_CPUS } from '../replay/scenario-build';
import { EngineError, type CallOptions } from './api';
import { costsOf } from './catalog';
import type { KeptRun } from './kept-run';
import { drive, Pacer } from './pacing';

/** Values tried in a sweep: enough to see a knee, few enough to wait for. */
const SWEEP_POINTS = 9;
/** The parameter that replicates the trace's CPUs. */
const CPUS = 'cpus';
const MANY_CPUS = 64;
/** The parameter that sizes the device's translation cache. */
const IOTLB = 'iotlbEntries';
/** Beyond all that is known to be built. */
const MANY_ENTRIES = 4096;

/** The numeric parameters of the run's policy, the number of CPUs, and the size of the IOTLB. */
export function sweepParameters({ result, open }: KeptRun): SweepParameter[] {
  const { scenario } = result;
  const recorded = Math.max(1, open.trace.report.cpus.length);
  const found: SweepParameter[] = Object.entries(findPolicy(scenario.policy)?.parameters ?? {}).flatMap(
    ([name, schema]) => {
      if (schema.type !== 'integer' && schema.type !== 'number') return [];
      const current = Number(scenario.params[name]);
      return [
        {
          name,
          description: schema.description,
          unit: schema.unit ?? '',
          from: schema.minimum ?? 0,
          to: schema.maximum ?? Math.max(1, current * 16),
          current,
        },
      ];
    },
  );
  found.push({
    name: CPUS,
    description: 'CPUs doing what the recorded ones did',
    unit: '',
    from: recorded,
    to: Math.min(MAX_CPUS, Math.max(MANY_CPUS, recorded)),
    current: scenario.scaleCpus === 0 ? recorded : scenario.scaleCpus,
  });
  const entries = scenario.platform.machine.iotlbEntries;
  found.push({
    name: IOTLB,
    description: 'Entries of the IOTLB',
    unit: '',
    from: 1,
    to: Math.max(MANY_ENTRIES, entries),
    current: entries,
  });
  return found;
}

/** Replays the run's scenario once for each value. @throws EngineError for a parameter that it does not have. */
export async function sweep(
  run: KeptRun,
  name: string,
  from: number,
  to: number,
  options: CallOptions,
): Promise<Sweep> {
  const known = sweepParameters(run);
  const parameter = known.find(candidate => candidate.name === name);
  if (parameter === undefined) {
    const names = known.map(candidate => candidate.name).join(', ');
    throw new EngineError(`${run.summary.policyTitle} has no parameter ${name} to sweep.`, `It has ${names}.`);
  }
  const { scenario } = run.result;
  const integer = name === CPUS || name === IOTLB || findPolicy(scenario.policy)?.parameters[name]?.type === 'integer';
  const low = Math.max(parameter.from, Math.min(from, to));
  const high = Math.min(parameter.to, Math.max(from, to));
  const values = sweepValues(low, Math.max(low, high), SWEEP_POINTS, integer);
  const pacer = new Pacer(options, `Sweeping ${name}`);
  const points: SweepPoint[] = [];
  for (const [i, value] of values.entries()) {
    const steps = run.open.replayer.steps(withParameter(scenario, name, value));
    points.push(pointOf(value, await drive(steps, pacer, i / values.length, 1 / values.length)));
  }
  const knee = findKnee(points, name === IOTLB ? 'misses' : 'cost');
  return { parameter, points, ...(knee === undefined ? {} : { knee }) };
}

function withParameter(scenario: Scenario, name: string, value: number): Scenario {
  if (name === CPUS) return { ...scenario, scaleCpus: value };
  if (name === IOTLB) {
    const { platform } = scenario;
    return { ...scenario, platform: { ...platform, machine: { ...platform.machine, iotlbEntries: value } } };
  }
  return { ...scenario, params: { ...scenario.params, [name]: value } };
}

function pointOf(value: number, { time, exposure, memory, device }: ReplayResult): SweepPoint {
  return {
    value,
    cpuNs: time.cpuNs,
    band: time.band,
    stalePageNs: exposure.stalePageNs,
    memoryBytes: memory.poolBytesPeak + memory.pageTableBytesPeak + memory.lockedBytesPeak,
    iotlbMissesPer4k: device.iotlbMissesPer4k,
  };
}

/** The weight of each price in the run's CPU time. */
export function priceSensitivity({ result }: KeptRun): Sensitivity {
  const work = costsOf(result.scenario.platform).flatMap(cost => {
    const kind = workByName(cost.work);
    return kind === undefined ? [] : [{ ...cost, amount: result.work[kind] }];
  });
  return sensitivity(result.time, work);
}
