/**
 * The five tools as agents are told of them. The command line's MCP server lists them from here; package.json holds the
 * same for VS Code, and a test compares the two.
 */
import { platforms } from '../platforms/registry';
import { policies } from '../policies/registry';
import { DEFAULT_PLATFORM } from './api';
import { AGENT_GROUPINGS, MAX_POLICIES, MAX_TOP, type AgentToolName } from './agent-tools';

/** JSON Schema of an object. */
export interface ToolSchema {
  type: 'object';
  properties: Record<string, object>;
  required: string[];
  additionalProperties: boolean;
}

export interface AgentTool {
  name: AgentToolName;
  title: string;
  /** For the model: what it returns, its limits, when not to use it. */
  description: string;
  inputSchema: ToolSchema;
}

const POLICY = {
  type: 'string',
  enum: policies.filter(({ bound }) => bound !== true).map(({ id }) => id),
  description: 'Policy id.',
};

const POLICY_LIST = {
  type: 'array',
  items: { type: 'string', enum: POLICY.enum },
  minItems: 1,
  maxItems: MAX_POLICIES,
  description: 'Policy ids.',
};

const PLATFORM = {
  type: 'string',
  description: 'Platform id whose prices are used.',
  enum: platforms.map(({ id }) => id),
  default: DEFAULT_PLATFORM,
};

const PATH = {
  type: 'string',
  description:
    'Absolute path of the trace file (perf script, ftrace, trace-cmd report or QEMU log; .gz, .xz and .zst too).',
};

export const AGENT_TOOLS: readonly AgentTool[] = [
  {
    name: 'summarize_dma_trace',
    title: 'Summarize DMA Trace',
    description:
      'Reads a recorded Linux DMA/IOMMU trace and returns its format, event and operation counts, devices, unpaired operations, lost events, skipped lines with advice, and the IOMMU policy it was recorded under with the evidence. All numbers are counted. Use it first. Not for perf.data or trace.dat binaries.',
    inputSchema: {
      type: 'object',
      properties: {
        path: PATH,
      },
      required: ['path'],
      additionalProperties: false,
    },
  },
  {
    name: 'list_dma_hotspots',
    title: 'List DMA Hotspots',
    description:
      'Replays a DMA trace under one IOMMU policy and returns the costliest operations, devices, call sites or sizes with modelled ns and 1-based trace lines. At most 50 entries.',
    inputSchema: {
      type: 'object',
      properties: {
        path: PATH,
        policy: POLICY,
        platform: PLATFORM,
        by: {
          type: 'string',
          enum: AGENT_GROUPINGS,
          default: 'operation',
          description: 'What to group by.',
        },
        top: {
          type: 'integer',
          minimum: 1,
          maximum: MAX_TOP,
          default: 10,
          description: 'How many entries.',
        },
      },
      required: ['path', 'policy'],
      additionalProperties: false,
    },
  },
  {
    name: 'replay_dma_policy',
    title: 'Replay DMA Trace',
    description:
      'Replays a DMA trace under IOMMU policies and returns for each the counted work (invalidations, PTE writes, copies, exits), exposure and memory, and the modelled CPU time with its band. Policies that cannot run on the trace are returned with the reason.',
    inputSchema: {
      type: 'object',
      properties: {
        path: PATH,
        policies: POLICY_LIST,
        platform: PLATFORM,
      },
      required: ['path', 'policies'],
      additionalProperties: false,
    },
  },
  {
    name: 'compare_dma_policies',
    title: 'Compare IOMMU Policies',
    description:
      'Replays a DMA trace under several IOMMU policies and returns a table of figures with each value against the baseline (0.1 = 10 % more). The baseline is the policy the trace was recorded under unless one is named. Warns when runs are not comparable.',
    inputSchema: {
      type: 'object',
      properties: {
        path: PATH,
        policies: POLICY_LIST,
        platform: PLATFORM,
        baseline: POLICY,
      },
      required: ['path', 'policies'],
      additionalProperties: false,
    },
  },
  {
    name: 'explain_dma_event',
    title: 'Explain DMA Event',
    description:
      'Decodes one line of a DMA trace: the event and its fields, the DMA operation it belongs to, its partner (map of an unmap and back) with line and lifetime. Returns event null for a line without a known event.',
    inputSchema: {
      type: 'object',
      properties: {
        path: PATH,
        line: {
          type: 'integer',
          minimum: 1,
          description: '1-based line of the decompressed trace.',
        },
      },
      required: ['path', 'line'],
      additionalProperties: false,
    },
  },
];
