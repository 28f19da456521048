// What a test in a real workbench imports.
export { violationsIn, type Violation } from './accessibility.js';
export type { Decoration, EditorView } from './editor.js';
export { eventually } from './patience.js';
export { openWorkbench, type PageOptions } from './session.js';
export type { Notification, Workbench } from './workbench.js';
