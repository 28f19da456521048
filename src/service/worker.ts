/** The engine in a worker thread: entry of the bundle `dist/worker.js`. */
import { parentPort } from 'node:worker_threads';
import { createEngine } from './engine';
import { serveEngine } from './rpc';

if (parentPort === null) throw new Error('This is the entry of a worker thread; the command line is cli.js.');
const port = parentPort;
serveEngine(createEngine(), {
  post: (message, transfer) => port.postMessage(message, transfer),
  listen: listener => port.on('message', listener),
});
