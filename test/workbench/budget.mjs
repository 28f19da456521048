// What users download: which files the VSIX holds and how large the bundles are. Run it after a production build.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './builds.mjs';
import { fail, run } from './process.mjs';

const KiB = 1024;

/** Largest size of each bundle, minified, in bytes: what is reasonable to parse when VS Code, the panel or a command starts. */
const budgets = {
  'dist/extension.js': 256 * KiB,
  'dist/cli.js': 896 * KiB,
  'dist/worker.js': 768 * KiB,
  'dist/webview/panel.js': 512 * KiB,
  'dist/webview/large.js': 32 * KiB,
};

/** The whole VSIX, unpacked, in bytes. */
const total = 4096 * KiB;

/** Nothing else may get into the VSIX. */
const allowed =
  /^(dist\/.+\.(js|css|ttf|wasm)|(syntaxes|samples|media|l10n)\/.+|package(\.nls(\..+)?)?\.json|README\.md|CHANGELOG\.md|LICENSE(\.txt)?)$/;

try {
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const files = (await run(process.execPath, [vsce, 'ls', '--no-dependencies'], { quiet: true })).trim().split('\n');
  const complaints = files.filter(file => !allowed.test(file)).map(file => `${file} does not belong into the VSIX`);
  for (const [file, budget] of Object.entries(budgets)) {
    if (!files.includes(file)) {
      complaints.push(`${file} is missing from the VSIX`);
      continue;
    }
    const bytes = readFileSync(path.join(root, file));
    console.log(`${file}: ${kib(bytes.length)} of ${kib(budget)}, compressed ${kib(gzipSync(bytes).length)}`);
    if (bytes.length > budget) complaints.push(`${file} is larger than its budget`);
  }
  const size = files.reduce((sum, file) => sum + statSync(path.join(root, file)).size, 0);
  console.log(`VSIX: ${files.length} files, ${kib(size)} of ${kib(total)}`);
  if (size > total) complaints.push('The VSIX is larger than its budget');
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
} catch (error) {
  fail(error);
}

/**
 * @param {number} bytes
 * @returns {string}
 */
function kib(bytes) {
  return `${(bytes / KiB).toFixed(0)} KiB`;
}
