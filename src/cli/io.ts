/** What the command line knows of the process around it, so that it can be run inside another. */
import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import type { SourceAccess } from '../service/source';

export interface Io {
  out(text: string | Uint8Array): void;
  err(text: string): void;
  /** Standard error is a terminal: progress is shown there. */
  showProgress: boolean;
  /** Where traces are read from; the machine's files and standard input when absent. */
  access?: SourceAccess;
  /** Text of a small file: a platform, a recording to calibrate from. */
  readText(path: string): Promise<string>;
  writeFile(path: string, content: string | Uint8Array): Promise<void>;
}

/** The process itself. */
export function processIo(): Io {
  return {
    out: text => void process.stdout.write(text),
    err: text => void process.stderr.write(text),
    showProgress: process.stderr.isTTY,
    readText: path => readFile(path, 'utf8'),
    writeFile: (path, content) => writeFile(path, content),
  };
}
