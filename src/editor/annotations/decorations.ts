/** How annotations look: text on the line, a tint behind it, a mark in the overview ruler. All in theme colours. */
import * as vscode from 'vscode';
import type { LineAnnotation } from '../../service/api';
import { textInBlanks } from './blanks';
import type { Heat } from './heat';
import type { ShownAnnotation } from './shown-annotations';

export class AnnotationDecorations implements vscode.Disposable {
  readonly #text = vscode.window.createTextEditorDecorationType({
    // The text belongs to the end of the line: typing or selecting there never includes it.
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
    after: { color: new vscode.ThemeColor('iommuReplay.annotationForeground'), margin: '0 0 0 3em' },
  });
  readonly #inBlanks = vscode.window.createTextEditorDecorationType({
    // Without a width of its own it moves nothing: it is drawn over the blanks that follow.
    before: { color: new vscode.ThemeColor('iommuReplay.annotationForeground'), width: '0' },
  });
  readonly #ruler = vscode.window.createTextEditorDecorationType({
    overviewRulerColor: new vscode.ThemeColor('iommuReplay.hotspotRuler'),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
  });
  readonly #heat: Record<Heat, vscode.TextEditorDecorationType>;

  /** @param media the extension's folder of pictures */
  constructor(media: vscode.Uri) {
    this.#heat = {
      low: heatType(media, 'low', 'iommuReplay.heatLow'),
      medium: heatType(media, 'medium', 'iommuReplay.heatMedium'),
      high: heatType(media, 'high', 'iommuReplay.heatHigh'),
    };
  }

  /**
   * Texts of the visible lines, with their heat.
   *
   * @param isBeside whether something stands beside the text: the ends of long lines are out of view then, and the cost is
   *   repeated in blanks of the line, where it has any
   */
  showLines(editor: vscode.TextEditor, lines: readonly ShownAnnotation[], isBeside: boolean): void {
    const options = lines.map(({ annotation, text }) => ({
      range: endOf(editor.document, annotation.line),
      renderOptions: { after: { contentText: text } },
    }));
    editor.setDecorations(this.#text, options);
    editor.setDecorations(this.#inBlanks, isBeside ? inBlanks(editor.document, lines) : []);
    for (const heat of ['low', 'medium', 'high'] as const) {
      const hot = lines.filter(line => line.heat === heat);
      const ranges = hot.map(({ annotation }) => endOf(editor.document, annotation.line));
      editor.setDecorations(this.#heat[heat], ranges);
    }
  }

  /** Marks in the overview ruler, for the whole document. */
  showMarks(editor: vscode.TextEditor, annotations: readonly LineAnnotation[]): void {
    editor.setDecorations(
      this.#ruler,
      annotations.map(({ line }) => endOf(editor.document, line)),
    );
  }

  dispose(): void {
    this.#text.dispose();
    this.#inBlanks.dispose();
    this.#ruler.dispose();
    for (const type of Object.values(this.#heat)) type.dispose();
  }
}

/** One to three bars in the gutter say the same as the tint, for those who cannot tell tints apart. */
function heatType(media: vscode.Uri, heat: Heat, color: string): vscode.TextEditorDecorationType {
  const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(media, `heat-${heat}-${theme}.svg`);
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor(color),
    gutterIconSize: '70%',
    light: { gutterIconPath: icon('light') },
    dark: { gutterIconPath: icon('dark') },
  });
}

function inBlanks(document: vscode.TextDocument, lines: readonly ShownAnnotation[]): vscode.DecorationOptions[] {
  return lines.flatMap(({ annotation, short }) => {
    const { text, lineNumber } = lineOf(document, annotation.line);
    const room = textInBlanks(text, short);
    if (room === undefined) return [];
    const at = new vscode.Position(lineNumber, room.column);
    return [{ range: new vscode.Range(at, at), renderOptions: { before: { contentText: room.text } } }];
  });
}

function endOf(document: vscode.TextDocument, line: number): vscode.Range {
  const { end } = lineOf(document, line).range;
  return new vscode.Range(end, end);
}

/** @param line 1-based; a document may have become shorter than its trace was */
function lineOf(document: vscode.TextDocument, line: number): vscode.TextLine {
  return document.lineAt(Math.min(line, document.lineCount) - 1);
}
