/** The five read-only tools, offered to language models inside VS Code. Their schemas are in package.json. */
import * as vscode from 'vscode';
import { AGENT_TOOL_NAMES, answerAgentTool, type AgentToolName } from '../../service/agent-tools';
import { noticeOf } from '../failures';
import type { Product } from '../product';

export function registerLanguageModelTools(product: Product): void {
  for (const name of AGENT_TOOL_NAMES) {
    product.context.subscriptions.push(vscode.lm.registerTool(name, tool(product, name)));
  }
}

function tool(product: Product, name: AgentToolName): vscode.LanguageModelTool<{ path?: string }> {
  return {
    prepareInvocation: ({ input }) => ({
      invocationMessage: vscode.l10n.t('Asking IOMMU Replay about {0}', input.path ?? vscode.l10n.t('a trace')),
    }),
    invoke: async ({ input }, token) => {
      const controller = new AbortController();
      const subscription = token.onCancellationRequested(() => controller.abort());
      try {
        const options = { signal: controller.signal };
        const answer = await product.engine.use(engine => answerAgentTool(engine, name, input, options));
        return text(JSON.stringify(answer));
      } catch (error) {
        if (token.isCancellationRequested) throw error;
        product.failures.note(error, name);
        const { message, advice } = noticeOf(error);
        return text(`${message} ${advice}`);
      } finally {
        subscription.dispose();
        product.sessions.stopIfUnused();
      }
    },
  };
}

function text(value: string): vscode.LanguageModelToolResult {
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(value)]);
}
