import type { Registry } from '../registry';

/** `mcp`: the read-only tools for agents, over standard input and output, until the other end closes. */
export function addMcp({ program, session }: Registry): void {
  program
    .command('mcp')
    .description('Serve read-only tools to agents over standard input and output (Model Context Protocol).')
    .action(async () => {
      // No other command needs the protocol: it is set up only here.
      const { serveMcp } = await import('../mcp-server');
      await serveMcp(session.engine);
    });
}
