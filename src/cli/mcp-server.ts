/** The read-only tools for agents as a server of the Model Context Protocol. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema, type CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { version } from '../../package.json';
import { AGENT_TOOLS } from '../service/agent-tool-list';
import { AgentToolError, answerAgentTool } from '../service/agent-tools';
import { EngineError, type Engine } from '../service/api';

/** Serves over standard input and output until the other end closes. */
export async function serveMcp(engine: Engine): Promise<void> {
  const mcp = mcpServer(engine);
  const closed = new Promise<void>(resolve => (mcp.server.onclose = resolve));
  await mcp.connect(new StdioServerTransport());
  await closed;
}

/** A server that lists the tools and answers calls from an engine. */
export function mcpServer(engine: Engine): McpServer {
  const mcp = new McpServer({ name: 'iommu-replay', version }, { capabilities: { tools: {} } });
  mcp.server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: AGENT_TOOLS.map(({ name, title, description, inputSchema }) => ({
      name,
      title,
      description,
      inputSchema,
      annotations: { readOnlyHint: true, openWorldHint: false },
    })),
  }));
  mcp.server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal }) =>
    call(engine, params.name, params.arguments ?? {}, signal),
  );
  return mcp;
}

async function call(engine: Engine, name: string, input: unknown, signal: AbortSignal): Promise<CallToolResult> {
  const tool = AGENT_TOOLS.find(known => known.name === name);
  if (tool === undefined) return failed(`There is no tool ${name}.`);
  try {
    const answer = await answerAgentTool(engine, tool.name, input, { signal });
    return { content: [{ type: 'text', text: JSON.stringify(answer) }] };
  } catch (error) {
    // What the model can put right is an answer; a defect is the protocol's own error.
    if (error instanceof EngineError) return failed(`${error.message} ${error.advice}`);
    if (error instanceof AgentToolError) return failed(error.message);
    throw error;
  }
}

function failed(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}
