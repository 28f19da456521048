/** The extension's entry: puts the parts together. Nothing is started before it is needed. */
import * as vscode from 'vscode';
import { startEngineWorker } from '../service/node-client';
import { registerLanguageModelTools } from './agents/language-model-tools';
import { registerMcpServer } from './agents/mcp-server';
import { registerAnnotations } from './annotations/hotspot-annotations';
import { commands, registerCommand } from './commands';
import { EngineHost } from './engine-host';
import { registerExports } from './export/export-runs';
import { Failures } from './failures';
import { registerHistory } from './history/register-history';
import { registerBurstLenses } from './language/burst-lenses';
import { registerDeltaTime } from './language/delta-time';
import { registerDetection } from './language/detect-trace';
import { registerHover } from './language/hover';
import { registerOutline } from './language/outline';
import { registerProblems } from './language/problems';
import { registerReferences } from './language/references';
import { registerSemanticTokens } from './language/semantic-tokens';
import { registerFilter } from './navigation/filter';
import { registerFilteredDocuments } from './navigation/filtered-document';
import { registerGoTo } from './navigation/go-to';
import { registerHotspotSteps } from './navigation/hotspot-steps';
import { LargeViews, registerLargeViews } from './large/large-views';
import { registerOversized } from './large/oversized';
import { TraceTexts } from './large/trace-texts';
import { Panels, registerPanels } from './panel/panels';
import type { Product } from './product';
import { registerCopyRecordingCommand } from './record/copy-recording-command';
import { registerReplay } from './replay/replay-command';
import { registerChangedTraces } from './session/changed-trace';
import { registerOpenOnShow } from './session/open-on-show';
import { Sessions } from './session/sessions';
import { registerStatusBar } from './status-bar';
import { CompressedFileSystem, TRACE_SCHEME } from './traces/compressed-file-system';
import { registerImportReport } from './traces/import-report';
import { registerOpenTrace } from './traces/open-trace';
import { ViewFileSystem } from './traces/view-file-system';
import { VIEW_SCHEME } from './traces/views';
import { registerHotspotsView } from './views/hotspots-view';
import { registerRunsView } from './views/runs-view';

const WALKTHROUGH = 'iommu-replay.iommu-replay#start';

export function activate(context: vscode.ExtensionContext): void {
  const product = assemble(context);
  for (const register of FEATURES) {
    // One feature that an odd VS Code cannot host must not take the others with it.
    try {
      register(product);
    } catch (error) {
      product.failures.show(error, `activating: ${register.name}`);
    }
  }
  registerCommand(product, commands.showLog, () => product.log.show());
  registerCommand(product, commands.openWalkthrough, async () => {
    // The first time, VS Code may only then learn which walkthroughs there are, and shows one of its own.
    for (let i = 0; i < 2; i++) {
      await vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false);
    }
  });
  // Last: what is registered above wants to hear of the trace that is open already.
  product.sessions.start();
}

const FEATURES: readonly ((product: Product) => void)[] = [
  registerOpenTrace,
  registerPanels,
  registerLargeViews,
  registerOversized,
  registerReplay,
  registerRunsView,
  registerHotspotsView,
  registerHistory,
  registerAnnotations,
  registerBurstLenses,
  registerHover,
  registerSemanticTokens,
  registerOutline,
  registerReferences,
  registerDeltaTime,
  registerProblems,
  registerGoTo,
  registerHotspotSteps,
  registerFilter,
  registerFilteredDocuments,
  registerImportReport,
  registerExports,
  registerCopyRecordingCommand,
  registerStatusBar,
  registerDetection,
  registerOpenOnShow,
  registerChangedTraces,
  registerLanguageModelTools,
  registerMcpServer,
];

function assemble(context: vscode.ExtensionContext): Product {
  const log = vscode.window.createOutputChannel('IOMMU Replay', { log: true });
  const failures = new Failures(log);
  const worker = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.js').fsPath;
  const engine = new EngineHost(
    () => startEngineWorker(worker),
    reason => {
      failures.show(new Error(reason), 'engine');
      void sessions.forgetAll();
    },
  );
  const sessions = new Sessions(engine);
  const compressed = new CompressedFileSystem(engine, failures);
  const textReader = new EngineHost(
    () => startEngineWorker(worker),
    reason => failures.show(new Error(reason), 'text reader'),
  );
  const texts = new TraceTexts(textReader);
  const views = new ViewFileSystem(sessions, texts, failures);
  const readOnly = { isReadonly: true };
  context.subscriptions.push(
    log,
    engine,
    textReader,
    sessions,
    vscode.workspace.registerFileSystemProvider(TRACE_SCHEME, compressed, readOnly),
    vscode.workspace.registerFileSystemProvider(VIEW_SCHEME, views, readOnly),
  );
  const panels = new Panels();
  const largeViews = new LargeViews();
  return { context, log, failures, engine, sessions, compressed, views, panels, largeViews, texts };
}
