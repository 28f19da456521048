import { describe, expect, it, vi } from 'vitest';
import { annotationText, shortAnnotations } from '../../src/editor/annotations/annotation-text';
import { heatOf } from '../../src/editor/annotations/heat';
import { panelHtml } from '../../src/editor/panel/html';
import { platformChoices, policyChoices } from '../../src/editor/replay/choices';
import { RunSet, type Run } from '../../src/editor/session/run-set';
import { importReportText } from '../../src/editor/traces/import-report-text';
import { formatRatio } from '../../src/editor/util/format';
import { makeTrace } from './fake-engine';
import { makeRun } from './make-run';

vi.mock('vscode', () => import('./vscode-stub'));
const { hoverText } = await import('../../src/editor/language/hover-text');

describe('differences', () => {
  it.each([
    [138, 100, '+38.0 %'],
    [62, 100, '\u221238.0 %'],
    [100, 100, '0 %'],
    [1200, 100, '×12'],
    [0, 100, '\u2212100 %'],
  ])('%d against %d reads %s', (value, baseline, text) => expect(formatRatio(value, baseline)).toBe(text));

  it('knows no ratio to nothing', () => expect(formatRatio(5, 0)).toBeUndefined());
});

describe('the import report', () => {
  it('links the lines that it speaks of', () => {
    expect(importReportText(makeTrace(), 'file:///nvme.perf.txt')).toContain('[line 9](file:///nvme.perf.txt#L9)');
  });
});

describe('an annotation', () => {
  const annotation = { line: 3, operation: 1, kind: 0, ns: 18_400, baselineNs: 11_360, rank: 1 };
  const platformTitle = 'VT-d';
  const lazy = makeRun({ policy: 'lazy', name: 'Lazy · VT-d', platformTitle });
  const strict = makeRun({ policy: 'strict', name: 'Strict · VT-d', platformTitle });
  const of = (...made: Run[]): RunSet => {
    const runs = new RunSet();
    runs.add(made, 'strict');
    return runs;
  };

  it('names cost, difference, baseline and run', () => {
    expect(annotationText(annotation, of(strict, lazy), 'vs')).toBe('18.4 µs · +62.0 % vs ● Strict · ■ Lazy · VT-d');
  });

  it('names the platform of the baseline where it is another', () => {
    const elsewhere = makeRun({ policy: 'lazy', name: 'Lazy · SMMU', platform: 'smmuv3', platformTitle: 'SMMU' });
    expect(annotationText(annotation, of(strict, elsewhere), 'vs')).toContain('vs ● Strict · VT-d · ■ Lazy · SMMU');
  });

  it('makes no difference up where there is no baseline to differ from', () => {
    expect(annotationText(annotation, of(strict), 'vs')).toBe('18.4 µs · ● Strict · VT-d');
    expect(annotationText({ ...annotation, baselineNs: 0 }, of(strict, lazy), 'vs')).toContain('+18.4 µs vs');
    expect(annotationText(annotation, of(), 'vs')).toBe('');
  });

  it('has few words for where there is little room', () => {
    expect(shortAnnotations(annotation, of(strict, lazy))).toEqual(['■ 18.4 µs +62.0 %', '18.4 µs +62.0 %', '18.4 µs']);
    expect(shortAnnotations(annotation, of(strict))).toEqual(['● 18.4 µs', '18.4 µs']);
    expect(shortAnnotations(annotation, of())).toEqual([]);
  });

  it('is hotter the nearer it comes to the costliest', () => {
    expect([100, 50, 20, 1].map(ns => heatOf(ns, 100))).toEqual(['high', 'medium', 'low', 'low']);
  });
});

describe('a hover', () => {
  const [strict, lazy] = [makeRun({ policy: 'strict', name: 'Strict' }), makeRun({ policy: 'lazy', name: 'Lazy' })];
  const explanation = {
    line: 7,
    event: 'dma_map_page',
    fields: [{ name: 'size', value: '4 KiB' }],
    operation: {
      id: 1,
      title: 'map of [evil](command:x) <b>',
      fields: [],
      lines: [7, 8],
      partnerLine: 12,
      lifetimeNs: 2500,
      costs: [
        { runId: strict.summary.runId, name: 'Strict', ns: 200 },
        { runId: lazy.summary.runId, name: 'Lazy', ns: 100 },
      ],
    },
  };
  const text = hoverText(explanation, [strict, lazy], strict);

  it('shows fields, partner with lifetime, and the cost per run against the baseline', () => {
    expect(text).toContain('size: `4 KiB`');
    expect(text).toContain('Partner: [line 12](command:iommuReplay.revealLine?%5B12%5D) · mapped for 2.50 µs');
    expect(text).toContain('| ● Strict | 200 ns | baseline |');
    expect(text).toContain('| ■ Lazy | 100 ns | \u221250.0 % |');
  });

  it('never lets text of the trace become a link or markup', () => {
    expect(text).not.toContain('[evil](');
    expect(text).not.toContain('<b>');
  });
});

describe("the panel's page", () => {
  const html = panelHtml({
    nonce: 'N0nce',
    cspSource: 'https://local',
    script: 'https://local/panel.js',
    styles: 'https://local/panel.css',
    title: '"><script>alert(1)</script>',
    language: 'en',
  });

  it('allows its own script and styles, and nothing else', () => {
    expect(html).toContain(
      `content="default-src 'none'; img-src https://local data:; font-src https://local; style-src https://local 'nonce-N0nce'; script-src 'nonce-N0nce'"`,
    );
    expect(html).not.toContain('unsafe');
  });

  it('escapes the title', () => expect(html.match(/<script/g)).toHaveLength(1));
});

describe('the quick picks', () => {
  const policy = { description: 'd', exposes: 'e', source: 's', bound: false, parameters: {} };
  const policies = [
    { ...policy, id: 'strict', title: 'Strict' },
    { ...policy, id: 'passthrough', title: 'Passthrough', bound: true },
  ];
  const last = { policies: ['passthrough'], platform: 'smmuv3' };
  const preset = {
    uri: 'file:///traces/short.iommu-policy.json',
    title: 'Short queue',
    description: '',
    scenario: { policy: 'lazy', params: { queueSize: 16 } },
  };

  it('offer the last choice again, and mark the recorded policy and bounds', () => {
    const choices = policyChoices(policies, [preset], last, 'strict', { recorded: 'recorded', bound: 'a bound' });
    expect(choices.map(choice => choice.picked)).toEqual([false, true, false]);
    expect(choices.map(choice => choice.description)).toEqual([
      'strict · recorded',
      'passthrough · a bound',
      'short.iommu-policy.json',
    ]);
    expect(choices[0].label).toBe('● Strict');
  });

  it("offer the user's presets and platforms beside the built-in ones", () => {
    const [, , own] = policyChoices(policies, [preset], last, undefined, { recorded: '', bound: '' });
    expect(own).toMatchObject({ label: '■ Short queue', scenario: preset.scenario });
    const mine = {
      uri: 'file:///my%20box.iommu-platform.json',
      title: 'My box',
      description: '',
      text: '{"id":"mine"}',
    };
    const [first] = platformChoices([], [mine], last);
    expect(first).toMatchObject({
      label: 'My box',
      description: 'my box.iommu-platform.json',
      platform: '{"id":"mine"}',
    });
  });

  it('put the last platform first', () => {
    const platforms = ['vtd-bare-metal', 'smmuv3'].map(id => ({ id, title: id, description: '', kind: '', costs: [] }));
    expect(platformChoices(platforms, [], last).map(choice => choice.platform)).toEqual(['smmuv3', 'vtd-bare-metal']);
  });
});
