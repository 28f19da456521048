import { importDevices, importEvents, importFacts, importJson, importNotes } from '../../report/import-report';
import { withOutput, type Registry } from '../registry';
import type { OutputOptions } from '../session';

/** `import TRACE`: what the trace holds, and an account of every byte. */
export function addImport({ program, session }: Registry): void {
  const command = program
    .command('import')
    .description('Read a trace and tell what it holds, what was not used, and why.')
    .argument('<trace>', 'trace file, plain or compressed (.gz, .xz, .zst); - for standard input');
  withOutput(command).action(async (path: string, options: OutputOptions) => {
    const summary = await session.open(path);
    if (options.json) {
      session.json(importJson(summary));
      return;
    }
    const tables = [importFacts(summary), importDevices(summary), importEvents(summary)].filter(
      ({ rows }) => rows.length > 0,
    );
    tables.forEach((table, i) => {
      if (i > 0) session.line();
      session.table(table, options);
    });
    const notes = importNotes(summary);
    if (options.csv || notes.length === 0) return;
    session.line();
    for (const note of notes) session.line(options.markdown ? `- ${note}` : note);
  });
}
