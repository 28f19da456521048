/** The user's own policies and platforms: files of the workspace, offered beside the built-in ones. */
import * as vscode from 'vscode';
import * as v from 'valibot';
import type { Product } from '../product';
import type { PlatformFile, PolicyPreset } from './choices';

const MAX_FILES = 50;

/** As `syntaxes/schemas/iommu-policy.schema.json` says; the engine checks parameters against the policy's. */
const presetSchema = v.strictObject({
  title: v.pipe(v.string(), v.nonEmpty()),
  description: v.optional(v.string(), ''),
  policy: v.string(),
  params: v.exactOptional(v.record(v.string(), v.union([v.number(), v.boolean(), v.string()]))),
  dirtyTracking: v.exactOptional(
    v.picklist([
      'none',
      'vfio-pinned',
      'viommu-invalidations',
      'hw-read-clear',
      'unmap-get-dirty',
      'get-then-unmap',
      'wrprotect-get-unmap',
    ]),
  ),
  loop: v.exactOptional(v.picklist(['open', 'closed'])),
  scaleCpus: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  rogueWriteAfterNs: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
});

/** Only what the list shows: the engine checks a platform as a whole when it is chosen. */
const platformSchema = v.looseObject({ title: v.string(), description: v.optional(v.string(), '') });

export function policyPresets(product: Product): Promise<PolicyPreset[]> {
  return readAll(product, '.iommu-policy.json', (uri, text) => {
    const { title, description, ...scenario } = v.parse(presetSchema, JSON.parse(text));
    return { uri: uri.toString(), title, description, scenario };
  });
}

export function platformFiles(product: Product): Promise<PlatformFile[]> {
  return readAll(product, '.iommu-platform.json', (uri, text) => {
    const { title, description } = v.parse(platformSchema, JSON.parse(text));
    return { uri: uri.toString(), title, description, text };
  });
}

/** A file that cannot be read is left out, and the log and a message say why: the others are offered all the same. */
async function readAll<T>(product: Product, suffix: string, parse: (uri: vscode.Uri, text: string) => T): Promise<T[]> {
  const uris = await findFiles(product, suffix);
  const read = uris.map(async uri => {
    try {
      return [parse(uri, new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)))];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      product.log.warn(`${uri.toString()}: ${why}`);
      void vscode.window.showWarningMessage(
        vscode.l10n.t('{0} is not offered: {1}', vscode.workspace.asRelativePath(uri), why),
      );
      return [];
    }
  });
  return (await Promise.all(read)).flat();
}

/** Without VS Code's search, which not every workspace has, only the folders themselves are looked through: no replay fails for it. */
async function findFiles(product: Product, suffix: string): Promise<vscode.Uri[]> {
  try {
    return await vscode.workspace.findFiles(`**/*${suffix}`, undefined, MAX_FILES);
  } catch (error) {
    product.log.warn(`No search for *${suffix}: ${String(error)}`);
  }
  const folders = (vscode.workspace.workspaceFolders ?? []).map(async ({ uri }) => {
    try {
      const entries = await vscode.workspace.fs.readDirectory(uri);
      return entries.filter(([name]) => name.endsWith(suffix)).map(([name]) => vscode.Uri.joinPath(uri, name));
    } catch (error) {
      product.log.warn(`${uri.toString()}: ${String(error)}`);
      return [];
    }
  });
  return (await Promise.all(folders)).flat().slice(0, MAX_FILES);
}
