#!/usr/bin/env node
/** Entry of the bundle `dist/cli.js`. */
import process from 'node:process';
import { processIo } from './io';
import { run } from './run';

// A reader that has seen enough (head, a pager) closes the pipe: that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

void run(process.argv.slice(2), processIo()).then(code => {
  // Set, not exited with: output that is still on its way to a pipe would be cut off.
  process.exitCode = code;
});
