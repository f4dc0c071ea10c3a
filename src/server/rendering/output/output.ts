// Outputs of a cell as a page shows them: the richest safe representation of a MIME bundle.

import type { ElementContent } from 'hast';
import { h } from 'hastscript';
import {
  joinText,
  type ErrorOutput,
  type Json,
  type JsonObject,
  type MimeBundle,
  type MultilineText,
  type Output,
} from '../../../nbformat/notebook.js';
import { plotlyType, readFigure, type Figure } from '../../../chart/figure/figure.js';
import type { NamedFigure } from '../../../chart/names/output-names.js';
import { readShownRows, shownRowsType, type ShownRows } from '../../../chart/rows/shown-rows.js';
import { readTableRows, tableRowsType, type TableRows } from '../../../chart/table/table-rows.js';
import { drawCells } from './drawn-cells.js';
import { imageElement, imageTypes } from './image.js';
import { jsonToContent } from './json-tree.js';
import { latexElement } from '../markdown/math.js';
import { markdownToContent, type ContentContext } from '../markdown/markdown.js';
import { metricType, readMetric, type Metric } from '../../../chart/metric/metric.js';
import { allPieces, fallbackText, type Pieces } from '../pieces.js';
import { terminalText } from '../text/terminal-text.js';
import { highlightFences } from '../text/highlight.js';
import { resolveLinks } from '../html/links.js';
import { parseHtml } from '../html/parse-html.js';
import { sanitizeTree } from '../html/sanitize.js';
import { svgsToImages } from '../html/svg-images.js';
import { formatTables } from '../html/tables.js';

/** An output on a page. */
export type PageOutput = ShownOutput & {
  /** The name of the output: see {@link Pieces}. */
  readonly piece: string;
  /** Its name as a figure; empty: it is none. */
  readonly figureName: string;
  /** Its rows, among which readers choose. */
  readonly shown?: ShownRows | undefined;
};

type ShownOutput =
  | { readonly kind: 'stream'; readonly name: string; readonly text: string }
  | { readonly kind: 'error'; readonly error: ErrorOutput }
  | { readonly kind: 'figure'; readonly figure: Figure }
  | { readonly kind: 'metric'; readonly metric: Metric }
  | ContentOutput;

/** An output that is content like prose: text, tables, pictures. */
export interface ContentOutput {
  readonly kind: 'content';
  readonly nodes: ElementContent[];
  /** The prefix of the ids in it. */
  readonly idPrefix: string;
  /** All rows of its table, of which it shows the first. */
  readonly rows?: TableRows | undefined;
}

/** The context of an output. */
export interface OutputContext extends ContentContext {
  /** The number of the cell, from 1. */
  readonly cell: number;
  /** The names of figures. */
  readonly named: ReadonlyMap<Output, NamedFigure>;
  /** Monitors each output. Default: without limits. */
  readonly pieces?: Pieces;
}

/** The outputs of a cell on a page; consecutive parts of one stream are joined. */
export function outputsToPage(outputs: readonly Output[], context: OutputContext): PageOutput[] {
  const shown: PageOutput[] = [];
  outputs.forEach((output, index) => {
    const own = { ...context, idPrefix: `${context.idPrefix}${index + 1}-` };
    const piece = `cell ${context.cell}, output ${index + 1}`;
    const next: PageOutput = {
      ...(context.pieces ?? allPieces).layOut(
        piece,
        () => outputToPage(output, own),
        (reason) => content(fallbackText('This output', outputText(output), reason), own),
      ),
      piece,
      figureName: context.named.get(output)?.name ?? '',
      shown: (context.pieces ?? allPieces).layOut(
        piece,
        () => ('data' in output ? rowsIn(output.data) : undefined),
        () => undefined,
      ),
    };
    const last = shown.at(-1);
    if (next.kind === 'stream' && last?.kind === 'stream' && last.name === next.name) {
      shown[shown.length - 1] = { ...next, text: last.text + next.text };
    } else {
      shown.push(next);
    }
  });
  return shown;
}

function rowsIn(bundle: MimeBundle): ShownRows | undefined {
  return Object.hasOwn(bundle, shownRowsType) ? readShownRows(bundle[shownRowsType]) : undefined;
}

/** The plain text of an output, the fallback. */
function outputText(output: Output): string {
  switch (output.output_type) {
    case 'stream':
      return joinText(output.text);
    case 'error':
      return [`${output.ename}: ${output.evalue}`, ...output.traceback].join('\n');
    default: {
      const value = output.data['text/plain'] ?? Object.values(output.data)[0];
      return value === undefined ? '' : mimeText(value);
    }
  }
}

function outputToPage(output: Output, context: OutputContext): ShownOutput {
  switch (output.output_type) {
    case 'stream':
      return { kind: 'stream', name: output.name, text: joinText(output.text) };
    case 'error':
      return { kind: 'error', error: output };
    default:
      return bundleToPage(output.data, output.metadata, context);
  }
}

/** Renders a value of one MIME type as an output of its own kind, or as content. */
type Representation = (
  value: Json,
  context: OutputContext,
  metadata: JsonObject,
) => Exclude<ShownOutput, ContentOutput> | ElementContent[] | ElementContent | undefined;

/**
 * The renderers of MIME types, richest first. One may decline (undefined): an invalid figure, HTML without safe
 * content; then the next type of the bundle is tried. JavaScript is not among them, so it never runs.
 */
const representations: readonly (readonly [type: string, show: Representation])[] = [
  [
    plotlyType,
    (value) => {
      const figure = readFigure(value);
      return figure === undefined ? undefined : { kind: 'figure', figure };
    },
  ],
  [
    metricType,
    (value) => {
      const metric = readMetric(value);
      return metric === undefined ? undefined : { kind: 'metric', metric };
    },
  ],
  ...imageTypes.map((type): [string, Representation] => [
    type,
    (value, { cell }, metadata) =>
      imageElement(type, mimeText(value), metadata, `Picture put out by cell ${cell}`),
  ]),
  ['text/html', (value, context) => htmlToContent(mimeText(value), context)],
  ['text/markdown', (value, context) => markdownToContent(mimeText(value), context)],
  ['text/latex', (value) => latexElement(mimeText(value))],
  ['application/json', (value) => jsonToContent(parsedJson(value))],
  ['text/plain', plainText],
  [
    'application/vnd.jupyter.stderr',
    (value) => ({ kind: 'stream', name: 'stderr', text: mimeText(value) }),
  ],
  [
    'application/vnd.jupyter.stdout',
    (value) => ({ kind: 'stream', name: 'stdout', text: mimeText(value) }),
  ],
];

/** The richest safe representation of a bundle. */
function bundleToPage(
  bundle: MimeBundle,
  metadata: JsonObject,
  context: OutputContext,
): ShownOutput {
  for (const [type, show] of representations) {
    const value = Object.hasOwn(bundle, type) ? bundle[type] : undefined;
    const shown = value === undefined ? undefined : show(value, context, metadata);
    if (shown === undefined) continue;
    if ('kind' in shown) return shown;
    const rows = type === 'text/html' ? readTableRows(bundle[tableRowsType]) : undefined;
    const made = content(shown, context);
    if (rows !== undefined) drawCells(made.nodes, rows);
    return { ...made, rows };
  }
  return content(otherJson(bundle) ?? placeholder(bundle), context);
}

function content(
  nodes: ElementContent[] | ElementContent,
  { idPrefix }: OutputContext,
): ContentOutput {
  return { kind: 'content', nodes: Array.isArray(nodes) ? nodes : [nodes], idPrefix };
}

/** JSON of an unknown type, like GeoJSON, as its value. */
function otherJson(bundle: MimeBundle): ElementContent[] | undefined {
  const found = Object.entries(bundle).find(([type]) => type.endsWith('+json'));
  if (found === undefined) return undefined;
  const [type, value] = found;
  return [h('p', { className: 'output-type' }, type), jsonToContent(parsedJson(value))];
}

function placeholder(bundle: MimeBundle): ElementContent {
  const types = Object.keys(bundle);
  const needsScript = types.some((type) => type === 'text/html' || type.includes('javascript'));
  const words = needsScript
    ? 'This output is a script. Published pages do not run scripts of notebooks.'
    : `This output cannot be shown here: ${types.length === 0 ? 'it is empty' : types.join(', ')}.`;
  return h('p', { className: 'output-missing' }, words);
}

function plainText(value: Json): ElementContent | undefined {
  const text = mimeText(value);
  if (text.trim() === '') return undefined;
  return h('pre', { className: 'plain-text', tabIndex: 0 }, terminalText(text));
}

/** The text of a text MIME type; other values, which break the format, as JSON. */
function mimeText(value: Json): string {
  return isText(value) ? joinText(value) : JSON.stringify(value);
}

function isText(value: Json): value is MultilineText {
  if (typeof value === 'string') return true;
  return Array.isArray(value) && value.every((line) => typeof line === 'string');
}

/** JSON as its value; some kernels send it as text. */
function parsedJson(value: Json): Json {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

/**
 * HTML of an output as safe content: parsed as a browser would, so that an unclosed tag ends with it, then
 * sanitised.
 *
 * @returns Undefined when nothing visible remains.
 */
export function htmlToContent(html: string, context: ContentContext): ElementContent[] | undefined {
  const tree = parseHtml(html);
  svgsToImages(tree);
  const content = sanitizeTree(tree, context.idPrefix);
  resolveLinks(content, context.notebookHref);
  highlightFences(content);
  return content.some(isVisible) ? formatTables(content) : undefined;
}

function isVisible(node: ElementContent): boolean {
  if (node.type === 'text') return node.value.trim() !== '';
  if (node.type !== 'element') return false;
  return ['img', 'hr'].includes(node.tagName) || node.children.some(isVisible);
}
