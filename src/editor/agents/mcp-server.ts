/** Tells VS Code of the command line's MCP server, which offers the same tools to any agent. */
import * as vscode from 'vscode';
import type { Product } from '../product';

/** VS Code 1.101 and newer; the oldest version supported has no such API. */
interface McpApi {
  registerMcpServerDefinitionProvider(
    id: string,
    provider: { provideMcpServerDefinitions(): readonly object[] },
  ): vscode.Disposable;
}

type StdioDefinition = new (
  label: string,
  command: string,
  args: string[],
  env: Record<string, string>,
  version: string,
) => object;

export function registerMcpServer(product: Product): void {
  const lm: Partial<McpApi> = vscode.lm as Partial<McpApi>;
  const { McpStdioServerDefinition } = vscode as { McpStdioServerDefinition?: StdioDefinition };
  if (lm.registerMcpServerDefinitionProvider === undefined || McpStdioServerDefinition === undefined) return;
  const { context } = product;
  const cli = vscode.Uri.joinPath(context.extensionUri, 'dist', 'cli.js').fsPath;
  // The extension host's own Node runs the server: nothing else has to be installed.
  const env = { ELECTRON_RUN_AS_NODE: '1' };
  const { version } = context.extension.packageJSON as { version: string };
  const server = new McpStdioServerDefinition('IOMMU Replay', process.execPath, [cli, 'mcp'], env, version);
  context.subscriptions.push(
    lm.registerMcpServerDefinitionProvider('iommuReplay.mcp', { provideMcpServerDefinitions: () => [server] }),
  );
}
