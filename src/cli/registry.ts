/** What commands and the program that runs them share. */
import type { Command } from 'commander';
import type { Session } from './session';

/** What a command hands back to say that something could not be processed although it printed something. */
export type Outcome = 'done' | 'incomplete';

/** Adds a command's action: `act` runs it and its outcome becomes the exit code. */
export interface Registry {
  program: Command;
  session: Session;
  finish(outcome: Outcome): void;
}
