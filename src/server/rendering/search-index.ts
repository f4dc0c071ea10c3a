// The search index of pages.

import type { ElementContent } from 'hast';
import type { Metric } from '../../chart/metric/metric.js';
import { figureAnchor } from '../paths.js';
import type { NotebookPage } from './notebook/notebook-page.js';
import { headingLevel } from './notebook/anchors.js';
import { textOf } from './html/elements.js';

/** A section or chart that a search can find. */
export interface SearchEntry {
  /** The page's path with the section's fragment. */
  readonly path: string;
  readonly page: string;
  /** The heading of the section, or the title of the chart. */
  readonly title: string;
  readonly text: string;
}

/** The searched text of a section, in characters. */
const maxText = 4000;

/** The entries of a notebook's page: its sections with their tables, and its charts. */
export function searchEntries(page: NotebookPage, path: string): SearchEntry[] {
  const entries: { id: string; title: string; text: string[] }[] = [];
  let section = { id: '', title: page.title, text: [] as string[] };
  entries.push(section);
  const add = (nodes: readonly ElementContent[]) => {
    for (const node of nodes) {
      const level = node.type === 'element' ? headingLevel(node) : undefined;
      if (node.type !== 'element' || level === undefined || level > 3) {
        section.text.push(wordsOf([node]));
        continue;
      }
      // The anchor's sign at the end is not part of the heading.
      const title = textOf(node.children.slice(0, -1)).trim();
      section = { id: node.properties['id']?.toString() ?? '', title, text: [] };
      entries.push(section);
    }
  };
  for (const cell of page.cells) {
    add(cell.prose);
    for (const output of cell.outputs) {
      if (output.kind === 'content') section.text.push(wordsOf(output.nodes));
      else if (output.kind === 'metric') section.text.push(metricText(output.metric));
      else if (output.kind === 'figure') {
        const { name, figure, table } = output.figure;
        const labels = table?.columns.map(({ label }) => label) ?? [];
        entries.push({
          id: encodeURIComponent(figureAnchor(name)),
          title: figure.title ?? `Figure ${name}`,
          text: [figure.caption ?? '', figure.source ?? '', ...labels],
        });
      }
    }
  }
  return entries.map(({ id, title, text }) => ({
    path: id === '' ? path : `${path}#${id}`,
    page: page.title,
    title,
    text: text.join(' ').replace(/\s+/g, ' ').trim().slice(0, maxText),
  }));
}

/** Inline elements: their text joins the text around it. */
const inline = new Set(
  'a abbr b code del em i ins kbd mark q s samp small span strong sub sup u var'.split(' '),
);

/** The text of nodes, with spaces between blocks and table cells. */
function wordsOf(nodes: readonly ElementContent[]): string {
  return nodes
    .map((node) => {
      if (node.type === 'text') return node.value;
      if (node.type !== 'element') return '';
      const words = wordsOf(node.children);
      return inline.has(node.tagName) ? words : ` ${words} `;
    })
    .join('');
}

function metricText({ label, value, unit, caption }: Metric): string {
  return [label, value, unit, caption].filter((part) => part !== undefined).join(' ');
}

/** The index as a script that needs no server; it is loaded with the first search. */
export function searchScript(entries: readonly SearchEntry[]): string {
  return `globalThis.daybookSearch = ${JSON.stringify(entries)};\n`;
}
