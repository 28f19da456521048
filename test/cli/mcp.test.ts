/** The tools for agents: the same in VS Code's manifest, in the MCP server and in what they answer. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { mcpServer } from '../../src/cli/mcp-server';
import { AGENT_TOOL_NAMES } from '../../src/service/agent-tools';
import { createEngine } from '../../src/service/engine';

const root = path.resolve(import.meta.dirname, '../..');
const trace = path.join(root, 'samples/nvme-randread-4k-strict.perf.txt.xz');

/** Longest answer, in characters: what a model reads without losing the thread. */
const MAX_ANSWER = 4096;

const server = mcpServer(createEngine());
const client = new Client({ name: 'test', version: '1' });

beforeAll(async () => {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(ours), client.connect(theirs)]);
});

afterAll(() => client.close());

const resultSchema = v.object({
  content: v.array(v.object({ type: v.literal('text'), text: v.string() })),
  isError: v.optional(v.boolean()),
});

async function call(name: string, input: Record<string, unknown>): Promise<{ text: string; isError: boolean }> {
  const { content, isError } = v.parse(resultSchema, await client.callTool({ name, arguments: input }));
  return { text: content.map(part => part.text).join(''), isError: isError ?? false };
}

describe('the tools for agents', () => {
  it('are told to VS Code and to MCP clients in the same words', async () => {
    const manifest = v.parse(
      v.object({
        contributes: v.object({
          languageModelTools: v.array(
            v.object({ name: v.string(), modelDescription: v.string(), inputSchema: v.unknown() }),
          ),
        }),
      }),
      JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')),
    );
    const inVsCode = manifest.contributes.languageModelTools.map(tool => ({
      name: tool.name,
      description: tool.modelDescription,
      inputSchema: tool.inputSchema,
    }));
    const { tools } = await client.listTools();
    expect(tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))).toEqual(inVsCode);
    expect(AGENT_TOOL_NAMES).toEqual(inVsCode.map(({ name }) => name));
  });

  it.each([
    ['summarize_dma_trace', {}, ['"map":4000', '"id":"strict"', '0000:00:04.0']],
    ['list_dma_hotspots', { policy: 'lazy', by: 'device' }, ['Lazy', '"share":1']],
    ['replay_dma_policy', { policies: ['strict', 'lazy'] }, ['"invalidations":{"page":4000', 'drains']],
    ['compare_dma_policies', { policies: ['lazy', 'strict'] }, ['againstBaseline', '"baseline":"Strict']],
    ['explain_dma_event', { line: 5 }, ['DMA unmap', '"partnerLine":1']],
  ])('%s answers in few words, with the fingerprint', async (name, input, words) => {
    const { text, isError } = await call(name, { path: trace, ...input });
    expect(isError).toBe(false);
    expect(text.length).toBeLessThanOrEqual(MAX_ANSWER);
    for (const word of ['fingerprint', ...words]) expect(text).toContain(word);
  });

  it('say what is wrong with a trace, an input or a name', async () => {
    expect(await call('summarize_dma_trace', { path: '/nowhere' })).toMatchObject({ isError: true });
    const wrong = await call('explain_dma_event', { path: trace, line: 'five' });
    expect(wrong).toMatchObject({ isError: true });
    expect(wrong.text).toContain('line');
    expect(await call('no_such_tool', {})).toMatchObject({ isError: true });
  });
});
