/**
 * Five small read-only tools for language models: the same in the editor and in the command line's MCP server. Each
 * opens a trace by its path, asks the engine, and closes it again; each answer is short, names its limits, and carries
 * the trace's fingerprint.
 */
import * as v from 'valibot';
import { DEFAULT_PLATFORM, type CallOptions, type Engine, type RunSummary, type TraceSummary } from './api';

export const AGENT_TOOL_NAMES = [
  'summarize_dma_trace',
  'list_dma_hotspots',
  'replay_dma_policy',
  'compare_dma_policies',
  'explain_dma_event',
] as const;

export type AgentToolName = (typeof AGENT_TOOL_NAMES)[number];

export const AGENT_GROUPINGS = ['operation', 'device', 'call-site', 'size', 'line'] as const;
export const MAX_TOP = 50;
export const MAX_POLICIES = 12;

const trace = v.strictObject({ path: v.pipe(v.string(), v.nonEmpty()) });
const platform = v.optional(v.string(), DEFAULT_PLATFORM);
const policies = v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(MAX_POLICIES));
const hotspots = v.strictObject({
  ...trace.entries,
  policy: v.string(),
  platform,
  by: v.optional(v.picklist(AGENT_GROUPINGS), 'operation'),
  top: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_TOP)), 10),
});
const replay = v.strictObject({ ...trace.entries, policies, platform });
const compare = v.strictObject({ ...trace.entries, policies, platform, baseline: v.optional(v.string()) });
const explain = v.strictObject({ ...trace.entries, line: v.pipe(v.number(), v.integer(), v.minValue(1)) });

/** A question that a model asked wrongly: the message is written for the model. */
export class AgentToolError extends Error {}

/**
 * Answers one question.
 *
 * @param input what the model passed: checked here
 * @returns a JSON value of at most some four thousand characters
 * @throws AgentToolError when the input does not fit; what the engine rejects with
 */
export async function answerAgentTool(
  engine: Engine,
  name: AgentToolName,
  input: unknown,
  options: CallOptions = {},
): Promise<unknown> {
  switch (name) {
    case 'summarize_dma_trace':
      return withTrace(engine, check(trace, input).path, options, summary => Promise.resolve(summaryAnswer(summary)));
    case 'list_dma_hotspots':
      return hotspotsAnswer(engine, check(hotspots, input), options);
    case 'replay_dma_policy':
      return replayAnswer(engine, check(replay, input), options);
    case 'compare_dma_policies':
      return compareAnswer(engine, check(compare, input), options);
    case 'explain_dma_event':
      return explainAnswer(engine, check(explain, input), options);
  }
}

function check<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const problems = result.issues.map(issue => `${v.getDotPath(issue) ?? 'input'}: ${issue.message}`);
  throw new AgentToolError(`The input does not fit the tool's schema: ${problems.join('; ')}`);
}

async function withTrace<T>(
  engine: Engine,
  path: string,
  options: CallOptions,
  ask: (summary: TraceSummary) => Promise<T>,
): Promise<T> {
  const summary = await engine.open({ path }, options);
  try {
    return await ask(summary);
  } finally {
    await engine.close(summary.traceId);
  }
}

function summaryAnswer({ name, fingerprint, report, devices }: TraceSummary): object {
  return {
    trace: { name, fingerprint, format: report.format, lines: report.lines, spanNs: report.spanNs },
    recordedPolicy: report.recordedPolicy,
    events: report.events,
    operations: report.operations,
    unpaired: report.unpaired,
    lostEvents: report.lostEvents,
    skipped: report.skipped
      .slice(0, 5)
      .map(({ reason, count, firstLine, advice }) => ({ reason, count, firstLine, advice })),
    devices: devices.slice(0, 10),
    moreDevices: Math.max(0, devices.length - 10),
    assumptions: report.assumptions.slice(0, 5),
    note: 'All numbers are counted from the trace.',
  };
}

function hotspotsAnswer(engine: Engine, input: v.InferOutput<typeof hotspots>, options: CallOptions): Promise<object> {
  return withTrace(engine, input.path, options, async ({ traceId, fingerprint }) => {
    const request = [{ policy: input.policy, platform: input.platform }];
    const { runs, refused } = await engine.replay(traceId, request, options);
    const run = runs.at(0);
    if (run === undefined) return { fingerprint, refused };
    const found = await engine.hotspots(run.runId, input.by, input.top);
    return {
      fingerprint,
      run: run.name,
      by: input.by,
      hotspots: found.map(({ label, operations, totalNs, share, maxNs, line }) => ({
        label,
        operations,
        totalNs: Math.round(totalNs),
        share: Number(share.toFixed(4)),
        maxNs: Math.round(maxNs),
        line,
      })),
      note: 'Times are modelled from the platform’s prices; lines are 1-based.',
    };
  });
}

function replayAnswer(engine: Engine, input: v.InferOutput<typeof replay>, options: CallOptions): Promise<object> {
  return withTrace(engine, input.path, options, async ({ traceId, fingerprint }) => {
    const requests = input.policies.map(policy => ({ policy, platform: input.platform }));
    const { runs, refused } = await engine.replay(traceId, requests, options);
    return { fingerprint, runs: runs.map(runAnswer), refused, note: NOTE };
  });
}

function compareAnswer(engine: Engine, input: v.InferOutput<typeof compare>, options: CallOptions): Promise<object> {
  return withTrace(engine, input.path, options, async ({ traceId, fingerprint, report }) => {
    const requests = input.policies.map(policy => ({ policy, platform: input.platform }));
    const { runs, refused } = await engine.replay(traceId, requests, options);
    const wanted = input.baseline ?? report.recordedPolicy.id;
    const baseline = runs.find(run => run.policy === wanted) ?? runs.at(0);
    if (baseline === undefined) return { fingerprint, refused };
    const comparison = await engine.compare(
      runs.map(run => run.runId),
      baseline.runId,
    );
    return {
      fingerprint,
      baseline: baseline.name,
      runs: comparison.runs.map(({ name }) => name),
      rows: comparison.rows.slice(0, 25).map(({ metric, unit, modelled, values, ratios }) => ({
        metric,
        unit,
        modelled,
        values,
        againstBaseline: ratios.map(ratio => (ratio === undefined ? null : Number(ratio.toFixed(3)))),
      })),
      warnings: comparison.warnings,
      refused,
      note: NOTE,
    };
  });
}

function explainAnswer(engine: Engine, input: v.InferOutput<typeof explain>, options: CallOptions): Promise<object> {
  return withTrace(engine, input.path, options, async ({ traceId, fingerprint }) => {
    const explanation = await engine.explain(traceId, input.line);
    if (explanation === undefined) return { fingerprint, line: input.line, event: null };
    return { fingerprint, ...explanation };
  });
}

const NOTE = 'Counters are counted by the simulation; everything in ns is modelled, with its band.';

function runAnswer(run: RunSummary): object {
  return {
    run: run.name,
    counters: run.counters,
    cpuNs: Math.round(run.time.cpuNs),
    band: run.time.band.map(Math.round),
    speedup: run.time.speedup,
    exposure: run.exposure,
    memory: run.memory,
    findings: run.findings.slice(0, 3).map(({ text }) => text),
  };
}
