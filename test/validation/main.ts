/** Writes docs/validation.md: the simulation against recorded kernels and published figures. Run by `npm run validate`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { countSections } from './counts';
import { iovaSection } from './iova';
import { machineSection } from './machines';
import { publishedSections } from './published';
import { timeSection } from './time';

const INTRODUCTION = `# Validation

How close the simulation is to recorded kernels and to published figures. Written by \`npm run validate\`; the tests below
\`test/kernel\` and \`test/published\` hold the same comparisons to fixed limits. Every trace is in \`test/fixtures\`: Debian kernels
6.1, 6.12 and 7.2 in QEMU, recorded by the kernel's own tools, with counts kept by the kernel beside them. Nothing here was
fitted to the recordings, except where a section says so. Where a difference remains, its cause is named.

## (a) Recorded kernels: counts`;

async function main(): Promise<void> {
  const sections = [
    INTRODUCTION,
    await countSections(),
    await iovaSection(),
    '## (a2) Recorded kernels: time',
    await timeSection(),
    '## (a3) Recorded kernels: virtual machines',
    await machineSection(),
    '## (b) Published figures',
    publishedSections(),
  ];
  mkdirSync('docs', { recursive: true });
  writeFileSync('docs/validation.md', sections.join('\n\n') + '\n');
  console.log('docs/validation.md written');
}

void main();
