/** `l10n/bundle.l10n.json` holds every text that can be translated, and no other. `vitest -u` writes it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

describe('the localisation bundle', () => {
  it('holds every text of the editor and the panel', async () => {
    const texts = [...new Set(['src/editor', 'webview'].flatMap(sources).flatMap(textsIn))].sort();
    const bundle = `${JSON.stringify(Object.fromEntries(texts.map(text => [text, text])), undefined, 2)}\n`;
    await expect(bundle).toMatchFileSnapshot(path.join(root, 'l10n/bundle.l10n.json'));
  });
});

function sources(folder: string): string[] {
  const names = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map(name => path.join(root, folder, name));
}

/** First arguments of calls of `t`: `t('…')`, `l10n.t('…')`, `vscode.l10n.t('…')`. */
function textsIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTranslation(node.expression)) {
      const [text] = node.arguments;
      if (ts.isStringLiteralLike(text)) texts.push(text.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

function isTranslation(callee: ts.Expression): boolean {
  const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
  return ts.isIdentifier(name) && name.text === 't';
}
