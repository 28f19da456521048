import { unpricedWork } from './pricing';
import type { Finding } from './result';
import type { Run } from './run';

/** What a finished run has to tell in words: limits that were hit, what was assumed, what could not be priced. */
export function findingsOf(run: Run): Finding[] {
  return [
    ...machineFindings(run),
    ...run.switches.findings,
    ...sharingFindings(run),
    ...skippedFindings(run),
    ...assumptionFindings(run),
  ];
}

function machineFindings(run: Run): Finding[] {
  return run.machine.failures.map(failure => ({
    severity: failure.severity,
    text: `${failure.count === 1 ? '' : `${times(failure.count)}: `}${failure.reason}. ${failure.advice}`,
    operation: operationOf(run, failure.firstMapping),
  }));
}

function skippedFindings(run: Run): Finding[] {
  const { skipped } = run;
  const findings: Finding[] = [];
  const tell = (count: number, text: string): void => {
    if (count > 0) findings.push({ severity: 'info', text: `${count} ${text}`, operation: -1 });
  };
  tell(skipped.failedMaps, 'maps failed when recorded; they are left out, for the driver never had them.');
  tell(
    skipped.primed,
    'mappings were made before the recording began; they are in place from the start and only their end is counted.',
  );
  tell(skipped.endsWithoutMap, 'unmaps or syncs belong to no map of the trace; they are left out.');
  tell(skipped.endedBefore, 'unmaps or syncs come after the end of their mapping; they are left out.');
  tell(
    skipped.endsAssumed,
    "mappings show no end in this kernel's trace; each is taken to end at once, so exposure and memory are lower bounds.",
  );
  return findings;
}

function sharingFindings({ machine }: Run): Finding[] {
  const collisions = machine.domains.reduce((sum, domain) => sum + domain.shared.collisions, 0);
  if (collisions === 0) return [];
  return [
    {
      severity: 'info',
      text:
        `${times(collisions)} a buffer lay in a page that another one had mapped: they share its entry, which grants what ` +
        'any of them needed and stays until the last of them ends.',
      operation: -1,
    },
  ];
}

function assumptionFindings(run: Run): Finding[] {
  const findings: Finding[] = [];
  const unpriced = Object.entries(unpricedWork(run.prices, run.log.work, run.setupWork));
  if (unpriced.length > 0) {
    const list = unpriced.map(([name, units]) => `${name} (${units})`);
    findings.push({
      severity: 'info',
      text:
        `No price is known on ${run.scenario.platform.title} for ${list.join(', ')}: ` +
        'counted, but free of cost here. Calibrate the platform to price it.',
      operation: -1,
    });
  }
  if (run.layout.replicas > 1) {
    findings.push({
      severity: 'info',
      text:
        `Scaled to ${run.layout.cpus} CPUs by ${run.layout.replicas} copies of the trace side by side: ` +
        'each has CPUs, mappings and memory of its own; devices, their domains and all queues and locks are shared.',
      operation: -1,
    });
  }
  return findings;
}

/** Row of the map that made the mapping; -1 where there is none. */
function operationOf(run: Run, mapping: number): number {
  if (mapping < 0) return -1;
  return run.table.mapping.subarray(0, run.table.count).indexOf(mapping % Math.max(1, run.table.mappings));
}

function times(count: number): string {
  return count === 1 ? 'Once' : `${count} times`;
}
