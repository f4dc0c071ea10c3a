import { fromMarkdown } from 'mdast-util-from-markdown';
import type { Nodes } from 'mdast';
import { joinText, type Notebook } from './notebook.js';

/** What a table of contents says of a notebook. */
export interface NotebookSummary {
  /** The first level-1 heading. */
  title: string | undefined;
  /** The first paragraph after that heading (or at all, without one). */
  summary: string;
  /** `metadata.daybook.position`: where it stands among the others, a whole number. */
  position: number | undefined;
}

/** Reads title and summary from the markdown cells, and the position from the metadata. */
export function summariseNotebook(notebook: Notebook): NotebookSummary {
  const markdown = notebook.cells
    .filter((cell) => cell.cell_type === 'markdown')
    .map((cell) => joinText(cell.source));
  const blocks = markdown.flatMap((source) => fromMarkdown(source).children);
  const heading = blocks.findIndex((block) => block.type === 'heading' && block.depth === 1);
  const paragraph = blocks.slice(heading + 1).find((block) => block.type === 'paragraph');
  const title = heading < 0 ? '' : plainText(blocks[heading]);
  return {
    title: title === '' ? undefined : title,
    summary: plainText(paragraph),
    position: positionOf(notebook),
  };
}

function positionOf(notebook: Notebook): number | undefined {
  const daybook = notebook.metadata['daybook'];
  if (typeof daybook !== 'object' || daybook === null || Array.isArray(daybook)) return undefined;
  const position = daybook['position'];
  // A column of Postgres type integer holds it.
  return Number.isInteger(position) && Math.abs(Number(position)) < 2 ** 31
    ? Number(position)
    : undefined;
}

/** The text of a piece of markdown, without its marks, on one line. */
function plainText(node: Nodes | undefined): string {
  return node === undefined ? '' : textOf(node).replace(/\s+/g, ' ').trim();
}

function textOf(node: Nodes): string {
  if (node.type === 'html') return '';
  if ('value' in node) return node.value;
  if ('alt' in node) return node.alt ?? '';
  if (node.type === 'break') return ' ';
  return 'children' in node ? node.children.map(textOf).join('') : '';
}
