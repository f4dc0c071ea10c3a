// Title and summary of a notebook.

import { fromMarkdown } from 'mdast-util-from-markdown';
import type { Nodes } from 'mdast';
import { listingMetadata, type ListingMetadata } from './listing-metadata.js';
import { joinText, type Notebook } from './notebook.js';

/** The entry of a notebook in a table of contents. */
export interface NotebookSummary extends ListingMetadata {
  /** The first level-1 heading. */
  title: string | undefined;
  /** The first paragraph after that heading, or at all without one. */
  summary: string;
}

/** The most parsed characters of a markdown cell: the parser's time may grow quadratically. */
const longestStart = 2000;

/** The most parsed characters of all cells together. */
const longestSearch = 10_000;

/**
 * Reads title and summary from the beginnings of markdown cells, and position, group and visibility from the
 * metadata, in bounded time.
 */
export function summariseNotebook(notebook: Notebook): NotebookSummary {
  const blocks = beginnings(notebook).flatMap((source) => fromMarkdown(source).children);
  const heading = blocks.findIndex((block) => block.type === 'heading' && block.depth === 1);
  const paragraph = blocks.slice(heading + 1).find((block) => block.type === 'paragraph');
  const title = heading < 0 ? '' : plainText(blocks[heading]);
  return {
    title: title === '' ? undefined : title,
    summary: plainText(paragraph),
    ...listingMetadata(notebook),
  };
}

/** The parsed beginnings of markdown cells. */
function beginnings(notebook: Notebook): string[] {
  let left = longestSearch;
  return notebook.cells.flatMap((cell) => {
    if (cell.cell_type !== 'markdown' || left <= 0) return [];
    const start = joinText(cell.source).slice(0, Math.min(longestStart, left));
    left -= start.length;
    return [start];
  });
}

/** A title from a notebook's name: `customer-churn` becomes `Customer churn`. */
export function titleFromSlug(slug: string): string {
  const words = slug.replace(/[-_]+/g, ' ').trim();
  return words === '' ? slug : words.charAt(0).toUpperCase() + words.slice(1);
}

/** The text of markdown without its marks, on one line. */
function plainText(node: Nodes | undefined): string {
  return node === undefined ? '' : nodeText(node).replace(/\s+/g, ' ').trim();
}

function nodeText(node: Nodes): string {
  if (node.type === 'html') return '';
  if ('value' in node) return node.value;
  if ('alt' in node) return node.alt ?? '';
  if (node.type === 'break') return ' ';
  return 'children' in node ? node.children.map(nodeText).join('') : '';
}
