import { describe, expect, it } from 'vitest';
import { panelComparison, panelRun, panelTrace } from '../../src/editor/panel/panel-state';
import { policyStyle } from '../../src/editor/panel/policy-style';
import { policies } from '../../src/policies/registry';
import { makeTrace } from './fake-engine';
import { makeRun } from './make-run';

/** What VS Code does to messages on their way to a page. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('what the panel is told', () => {
  it('survives the way to the page unchanged', () => {
    const run = makeRun();
    const state = { run: panelRun(run, [run]), trace: panelTrace(makeTrace()) };
    expect(sent(state)).toEqual(state);
    expect(state.run.device.throughputBound).toBeNull();
    expect(state.run.series).toEqual([{ id: 'live', title: 'live mappings', unit: '', modelled: false }]);
  });

  it('names runs as the user did, and keeps a missing value apart from zero', () => {
    const [a, b] = [makeRun(), makeRun({ policy: 'lazy' })];
    b.name = 'after the fix';
    const comparison = panelComparison(
      {
        runs: [a, b].map(({ summary }) => ({ runId: summary.runId, name: summary.name })),
        baseline: a.summary.runId,
        warnings: [],
        rows: [
          {
            id: 'x',
            metric: 'x',
            unit: 'ns',
            modelled: true,
            values: [0, undefined],
            deltas: [0, undefined],
            ratios: [undefined, undefined],
          },
        ],
      },
      [a, b],
    );
    expect(comparison.runs[1].name).toBe('after the fix');
    expect(comparison.rows[0].values).toEqual([0, null]);
    expect(sent(comparison)).toEqual(comparison);
  });

  it('counts skipped lines', () => {
    expect(panelTrace(makeTrace()).skippedLines).toBe(2);
  });
});

describe('the look of policies', () => {
  it('tells every policy apart by its symbol, and those that can be deployed by their colour too', () => {
    const symbols = policies.map(({ id }) => policyStyle(id).symbol);
    expect(new Set(symbols).size).toBe(policies.length);
    const deployable = policies.filter(policy => !policy.bound).map(({ id }) => policyStyle(id).palette);
    expect(new Set(deployable).size).toBe(deployable.length);
  });

  it('gives an unknown policy a look that does not change', () => {
    expect(policyStyle('new-one')).toEqual(policyStyle('new-one'));
    expect(policyStyle('new-one').palette).toBeLessThan(12);
  });
});
