/** What package.json promises and what the code does are the same. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import * as v from 'valibot';

vi.mock('vscode', () => import('./vscode-stub'));
const { commands } = await import('../../src/editor/commands');

const root = path.resolve(import.meta.dirname, '../..');
const read = (name: string): unknown => JSON.parse(readFileSync(path.join(root, name), 'utf8'));

const command = v.object({ command: v.string(), title: v.string(), category: v.string() });
const property = v.looseObject({
  default: v.unknown(),
  order: v.number(),
  scope: v.string(),
  markdownDescription: v.string(),
});
const menuItem = v.looseObject({ command: v.optional(v.string()), when: v.optional(v.string()) });
const manifestSchema = v.object({
  icon: v.string(),
  contributes: v.object({
    commands: v.array(command),
    menus: v.record(v.string(), v.array(menuItem)),
    keybindings: v.array(v.object({ command: v.string(), key: v.string(), when: v.string() })),
    configuration: v.array(v.object({ title: v.string(), properties: v.record(v.string(), property) })),
    languages: v.array(
      v.object({ filenamePatterns: v.array(v.string()), extensions: v.array(v.string()), firstLine: v.string() }),
    ),
  }),
});

const text = readFileSync(path.join(root, 'package.json'), 'utf8');
const { contributes, icon } = v.parse(manifestSchema, read('package.json'));
const declared = contributes.commands.map(({ command }) => command).sort();

describe('the manifest', () => {
  it('declares exactly the commands of the table', () => {
    expect(declared).toEqual(Object.values(commands).sort());
  });

  it('names only declared commands in menus and key bindings', () => {
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(item => item.command);
    const own = used.filter((id): id is string => id?.startsWith('iommuReplay.') ?? false);
    expect(own.filter(id => !declared.includes(id))).toEqual([]);
  });

  it('has a text for each %key% and no text without a use', () => {
    const keys = [...text.matchAll(/"%([\w.]+)%"/g)].map(match => match[1]);
    expect(Object.keys(v.parse(v.record(v.string(), v.string()), read('package.nls.json'))).sort()).toEqual(
      [...new Set(keys)].sort(),
    );
  });

  it('has at most twenty settings, each with a default, an order and a scope', () => {
    const settings = contributes.configuration.flatMap(({ properties }) => Object.keys(properties));
    expect(settings.length).toBeLessThanOrEqual(20);
    expect(settings.every(name => name.startsWith('iommuReplay.'))).toBe(true);
  });

  it('binds no key outside of a trace', () => {
    for (const binding of contributes.keybindings) expect(binding.when).toMatch(/iommu/i);
  });

  it('takes no file name that belongs to all texts or logs', () => {
    const [{ filenamePatterns, extensions }] = contributes.languages;
    expect(extensions.filter(extension => ['.txt', '.log', '.trace', '.out'].includes(extension))).toEqual([]);
    expect(filenamePatterns.filter(pattern => /^\*\.(?:txt|log|trace|out)$/.test(pattern))).toEqual([]);
  });

  it('points at files that exist', () => {
    const files = [...text.matchAll(/"(\.?\/?(?:media|syntaxes)\/[^"]+)"/g)].map(match => match[1]);
    expect([icon, ...files].filter(file => !existsSync(path.join(root, file)))).toEqual([]);
  });
});

describe("the first line of a trace, by VS Code's rule that it must match as a whole", () => {
  const firstLine = new RegExp(contributes.languages[0].firstLine);
  const matches = (line: string): boolean => firstLine.exec(line)?.[0] === line;

  it.each([
    '# tracer: nop',
    '             fio     405 [000]    38.551796:                      iommu:map: IOMMU: iova=0x00000000fffba000 - 0x00000000fffbb000 paddr=0x0000000008e97000 size=4096',
    '   46.722722:               dma:dma_map_page: 0000:00:04.0 dir=FROM_DEVICE dma_addr=fffbe000 size=4096 phys_addr=17b07000 attrs=',
    'vtd_inv_desc_iotlb_pages iotlb invalidate domain 2 addr 0xfffbe000 mask 0',
  ])('knows %s', line => expect(matches(line)).toBe(true));

  it.each(['# tracer: function', 'Nov 21 01:52:03 host kernel: DMAR: IOMMU enabled', 'hello'])(
    'leaves %s alone',
    line => expect(matches(line)).toBe(false),
  );
});
