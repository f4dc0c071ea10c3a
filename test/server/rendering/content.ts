import type { ElementContent } from 'hast';
import type { MimeBundle, Notebook } from '../../../src/nbformat/notebook.js';
import { htmlToContent } from '../../../src/server/rendering/output/output.js';
import { markdownToContent } from '../../../src/server/rendering/markdown/markdown.js';
import { notebookBody } from '../../../src/server/rendering/notebook/notebook-body.js';
import { readNotebookPage } from '../../../src/server/rendering/notebook/notebook-page.js';
import { toHtml } from '../../../src/server/rendering/html/to-html.js';

/** What a piece of content knows of its page, in tests. */
export const context = {
  idPrefix: 'c1-',
  notebookHref: (slug: string) => (slug === 'plans' ? '/notebooks/plans' : undefined),
};

/** Nodes as HTML. */
export function html(nodes: ElementContent[]): string {
  return toHtml({ type: 'root', children: nodes });
}

/** Markdown as the HTML of a page. */
export function markdown(source: string, attachments: Record<string, MimeBundle> = {}): string {
  return html(markdownToContent(source, context, attachments));
}

/** HTML of an output as the HTML of a page; empty when nothing of it is shown. */
export function cleaned(source: string): string {
  return html(htmlToContent(source, context) ?? []);
}

/** The body of a notebook's page. */
export function body(notebook: Notebook): string {
  const page = readNotebookPage(notebook, { name: 'test' });
  return html(notebookBody(page, { files: (name, form) => `${name}.${form}`, showsCode: false }));
}
