/** A webview's page: one script, one style sheet, and a policy that lets nothing else in. */

export interface PageParts {
  /** 128 random bits: only the script and styles that carry it run. */
  nonce: string;
  /** `webview.cspSource`: the origin that local resources are served from. */
  cspSource: string;
  script: string;
  styles: string;
  title: string;
  /** VS Code's display language, for screen readers. */
  language: string;
  /** What the page is, for tests and style sheets; the panel when absent. */
  page?: string;
}

/**
 * The document of a webview. Trace text never enters it: all content arrives by message and is set as text.
 *
 * The `csp-nonce` meta element is where the toolkit looks for the nonce of the style elements that it makes.
 */
export function panelHtml({ nonce, cspSource, script, styles, title, language, page = 'panel' }: PageParts): string {
  const policy = [
    `default-src 'none'`,
    `img-src ${cspSource} data:`,
    `font-src ${cspSource}`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escape(language)}">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
  <meta property="csp-nonce" content="${nonce}">
  <link rel="stylesheet" nonce="${nonce}" href="${escape(styles)}">
  <title>${escape(title)}</title>
</head>
<body data-iommu-replay="${escape(page)}">
  <main id="root"></main>
  <script nonce="${nonce}" src="${escape(script)}"></script>
</body>
</html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`);
}
