/** What commands and the program that runs them share. */
import { Option, type Command } from 'commander';
import type { Session } from './session';

/** What a command hands back to say that something could not be processed although it printed something. */
export type Outcome = 'done' | 'incomplete';

/** Adds a command's action: `act` runs it and its outcome becomes the exit code. */
export interface Registry {
  program: Command;
  session: Session;
  finish(outcome: Outcome): void;
}

/** --json, --csv and --markdown, of which one may be given. */
export function withOutput(command: Command): Command {
  return command
    .addOption(new Option('--json', 'print JSON for programs').conflicts(['csv', 'markdown']))
    .addOption(new Option('--csv', 'print CSV').conflicts(['json', 'markdown']))
    .addOption(new Option('--markdown', 'print Markdown for mails and issues').conflicts(['json', 'csv']));
}
