/** The user's own policies and platforms: files of the workspace, offered beside the built-in ones. */
import * as vscode from 'vscode';
import * as v from 'valibot';
import { parsePolicyPreset } from '../../service/policy-preset';
import type { Product } from '../product';
import type { PlatformFile, PolicyFile } from './choices';

const MAX_FILES = 50;

/** Only what the list shows: the engine checks a platform as a whole when it is chosen. */
const platformSchema = v.looseObject({ title: v.string(), description: v.optional(v.string(), '') });

export function policyPresets(product: Product): Promise<PolicyFile[]> {
  return readAll(product, '.iommu-policy.json', (uri, text) => ({ uri: uri.toString(), ...parsePolicyPreset(text) }));
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
