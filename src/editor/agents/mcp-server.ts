/** Tells VS Code of the command line's MCP server, which offers the same tools to any agent. */
import * as vscode from 'vscode';
import type { Product } from '../product';

/** In VS Code since 1.101. Version 1.100 has the function too, as a proposal that throws when it is called. */
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
  const [major, minor] = vscode.version.split('.').map(Number);
  if (major === 1 && minor < 101) return;
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
