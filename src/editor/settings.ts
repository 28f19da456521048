/** The product's settings, typed. Names, defaults and descriptions are in package.json. */
import * as vscode from 'vscode';

export type AnnotationMode = 'off' | 'hotspots' | 'all';
/** Time difference shown before an event: to the one before, or to the first of its operation. */
export type DeltaTime = 'off' | 'previous' | 'operation';
export type DetectMode = 'ask' | 'always' | 'never';

interface Settings {
  annotations: AnnotationMode;
  'hotspots.count': number;
  'codeLens.count': number;
  deltaTime: DeltaTime;
  'problems.count': number;
  detectTraces: DetectMode;
}

const SECTION = 'iommuReplay';

export function setting<Name extends keyof Settings>(name: Name): Settings[Name] {
  const value = vscode.workspace.getConfiguration(SECTION).get<Settings[Name]>(name);
  if (value === undefined) throw new Error(`Setting ${SECTION}.${name} has no default in package.json.`);
  return value;
}

export async function changeSetting<Name extends keyof Settings>(name: Name, value: Settings[Name]): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  const inWorkspace = configuration.inspect(name)?.workspaceValue !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration.update(name, value, target);
}

export function onSettingChanged(name: keyof Settings, listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration(change => {
    if (change.affectsConfiguration(`${SECTION}.${name}`)) listener();
  });
}
