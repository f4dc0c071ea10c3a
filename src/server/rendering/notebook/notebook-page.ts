// The model of a notebook's page: which cells, code and outputs it shows, by the tags of cells.

import type { ElementContent } from 'hast';
import { cellTags, hasTag } from '../../../nbformat/cell-tags.js';
import {
  joinText,
  type CodeCell,
  type MarkdownCell,
  type Notebook,
  type Output,
  isJsonObject,
} from '../../../nbformat/notebook.js';
import { sqlMetadata } from '../../../nbformat/sql-language.js';
import { sqlCell } from '../../../parse-sql/sql-cell.js';
import { titleFromSlug } from '../../../nbformat/notebook-summary.js';
import { anchorHeadings, headingLevel, type ContentsEntry } from './anchors.js';
import { bundleFor } from '../../../chart/figure/trace-types.js';
import type { PlotlyBundle } from '../../../chart/figure/trace-types.js';
import type { DataTable } from '../../../chart/table/data-rows.js';
import { dataTableOf } from '../../../chart/table/data-table.js';
import type { Figure } from '../../../chart/figure/figure.js';
import { namedOutputs, type NamedFigure } from '../../../chart/names/output-names.js';
import type { ShownRows } from '../../../chart/rows/shown-rows.js';
import { mapsOf } from '../../../chart/figure/maps.js';
import { placeOf, type CellPosition } from './cell-layout.js';
import { cellDependencies } from './cell-dependencies.js';
import { codeLabel } from './code-label.js';
import type { DrawDiagram } from '../markdown/diagram.js';
import type { NotebookHref } from '../html/links.js';
import { MarkdownBudget } from '../markdown/markdown-limits.js';
import { markdownToContent, type ContentContext } from '../markdown/markdown.js';
import { drawsMoreRows } from '../output/drawn-cells.js';
import { outputsToPage, type PageOutput } from '../output/output.js';
import { allPieces, wholePage, fallbackText, type Pieces } from '../pieces.js';
import { textOf } from '../html/elements.js';

/** A chart with its name on the page and its data as a table. */
export interface PageFigure {
  /** The name of its output: see {@link Pieces}. */
  readonly piece: string;
  /** Its name in addresses. */
  readonly name: string;
  /** From 1, in the order of the page: earlier versions made its address of it. */
  readonly number: number;
  /** The number of its cell, from 1. */
  readonly cell: number;
  readonly figure: Figure;
  readonly table: DataTable | undefined;
  /** Its rows, among which readers choose. */
  readonly shown: ShownRows | undefined;
}

/** A cell's code with its one-line label. */
export interface PageCode {
  readonly label: string;
  readonly source: string;
  readonly lineCount: number;
  readonly language: CodeLanguage;
}

/** The language of code. */
interface CodeLanguage {
  /** As the highlighter calls it. */
  readonly name: string;
  /** For readers, like `TypeScript`. */
  readonly label: string;
}

/** A cell on a page. */
export interface PageCell {
  /** From 1, counting all cells of the notebook. */
  readonly number: number;
  /** Prose of a markdown cell. */
  readonly prose: readonly ElementContent[];
  /** Undefined: hidden or empty. */
  readonly code: PageCode | undefined;
  readonly outputs: readonly (Exclude<PageOutput, { kind: 'figure' }> | FigureOutput)[];
  /** Whether the outputs are folded, as the tag `hide-output` asks. */
  readonly foldsOutputs: boolean;
  /** The position that its tags ask for. */
  readonly place: CellPosition | undefined;
  /** The cells that it depends on, itself included: see {@link cellDependencies}. */
  readonly dependencies: ReadonlySet<number>;
}

/** A chart among the outputs of a cell. */
export interface FigureOutput {
  readonly kind: 'figure';
  readonly figure: PageFigure;
}

/** A notebook as a page shows it, before it is HTML. */
export interface NotebookPage {
  /** The first level-1 heading, otherwise the file's name in words. */
  readonly title: string;
  readonly cells: readonly PageCell[];
  readonly contents: readonly ContentsEntry[];
  readonly figures: readonly PageFigure[];
  /** All named outputs of the notebook, also those that the page leaves out. */
  readonly named: readonly NamedFigure[];
  /** The plotly bundle for the figures; undefined: there are none. */
  readonly bundle: PlotlyBundle | undefined;
  /** The maps that figures use, by plotly's names. */
  readonly maps: readonly string[];
  /** Whether readers choose among rows. */
  readonly hasFilters: boolean;
  /** Whether rows that script adds to a table have drawn cells. */
  readonly drawsRows: boolean;
}

/** Options of {@link readNotebookPage}. */
export interface NotebookPageOptions {
  /** The file's name, the fallback for the title. */
  readonly name: string;
  /** The targets of links to other notebooks. Default: none. */
  readonly notebookHref?: NotebookHref;
  /** Draws diagrams: see {@link file://./diagram.ts}. Default: they are shown as source. */
  readonly drawDiagram?: DrawDiagram | undefined;
  /** Monitors each piece. Default: without limits. */
  readonly pieces?: Pieces;
}

/** Whether the page has code that can be folded. */
export function hasCode(page: NotebookPage): boolean {
  return page.cells.some(({ code }) => code !== undefined);
}

/** Reads an executed notebook into the model of its page. All content is sanitised here. */
export function readNotebookPage(notebook: Notebook, options: NotebookPageOptions): NotebookPage {
  const { name, notebookHref = () => undefined, drawDiagram, pieces: layers = allPieces } = options;
  const language = languageOf(notebook);
  const figures: PageFigure[] = [];
  const pieces: Piece[] = [];
  const dependencies = layers.layOut(
    wholePage,
    () => cellDependencies(notebook),
    () => new Map<number, never>(),
  );
  const named = layers.layOut(
    wholePage,
    () => namedOutputs(notebook),
    () => new Map<Output, never>(),
  );
  const budget = new MarkdownBudget();

  const cells = notebook.cells.flatMap((cell, index): PageCell[] => {
    if (cell.cell_type === 'raw' || hasTag(cell, 'remove-cell')) return [];
    const number = index + 1;
    const shared = {
      number,
      place: placeOf(cellTags(cell)),
      dependencies: dependencies.get(number) ?? new Set(),
    };
    const piece = `cell ${number}`;
    const context = {
      ...{ cell: number, idPrefix: `c${number}-`, notebookHref, drawDiagram, budget, named },
      pieces: layers,
    };
    if (cell.cell_type === 'markdown') {
      const nodes = layers.layOut(
        piece,
        () => proseOf(cell, context),
        (reason) => fallbackText('This text', joinText(cell.source), reason),
      );
      pieces.push({ nodes, idPrefix: context.idPrefix, isProse: true });
      return [{ ...shared, prose: nodes, code: undefined, outputs: [], foldsOutputs: false }];
    }
    const outputs = hasTag(cell, 'remove-output') ? [] : outputsToPage(cell.outputs, context);
    const shown = outputs.map((output) => {
      if (output.kind === 'content') pieces.push({ ...output, isProse: false });
      if (output.kind !== 'figure') return output;
      const { figure } = output;
      const entry = {
        ...{ piece: output.piece, name: output.figureName },
        number: figures.length + 1,
        cell: number,
        figure,
        shown: output.shown?.grammar.kind === 'chart' ? output.shown : undefined,
        table: layers.layOut(
          output.piece,
          () => dataTableOf(figure),
          () => undefined,
        ),
      };
      figures.push(entry);
      return { kind: 'figure' as const, figure: entry };
    });
    const code = hasTag(cell, 'remove-input') ? undefined : codeOf(cell, language, piece, layers);
    if (code === undefined && shown.length === 0) return [];
    const foldsOutputs = hasTag(cell, 'hide-output') || hasTag(cell, 'hide-cell');
    return [{ ...shared, prose: [], code, outputs: shown, foldsOutputs }];
  });

  const { heading, contents } = layers.layOut(
    wholePage,
    () => ({ heading: takeTitle(pieces), contents: anchorHeadings(pieces) }),
    () => ({ heading: undefined, contents: [] }),
  );
  return {
    title: heading ?? titleFromSlug(name),
    cells,
    contents,
    figures,
    named: [...named.values()],
    bundle: bundleFor(figures.map(({ figure }) => figure)),
    maps: mapsOf(figures.map(({ figure }) => figure)),
    hasFilters: cells.some(({ outputs }) =>
      outputs.some((output) => rowsOfOutput(output)?.controls.length),
    ),
    drawsRows: cells.some(({ outputs }) =>
      outputs.some((output) => output.kind === 'content' && drawsMoreRows(output.rows)),
    ),
  };
}

/** The rows of an output, among which readers choose. */
export function rowsOfOutput(output: PageCell['outputs'][number]): ShownRows | undefined {
  return output.kind === 'figure' ? output.figure.shown : output.shown;
}

/** A piece of content with the prefix of its ids. */
interface Piece {
  readonly nodes: ElementContent[];
  readonly idPrefix: string;
  /** Written by the author rather than output by a cell. */
  readonly isProse: boolean;
}

/** A tag in the spelling of Jupyter Book, or of nbconvert with an underscore. */
function proseOf(cell: MarkdownCell, context: ContentContext): ElementContent[] {
  return markdownToContent(joinText(cell.source), context, cell.attachments);
}

function codeOf(
  cell: CodeCell,
  notebookLanguage: CodeLanguage,
  piece: string,
  pieces: Pieces,
): PageCode | undefined {
  const source = joinText(cell.source).trimEnd();
  if (source.trim() === '') return undefined;
  const sql = sqlCell(source, sqlMetadata(cell.metadata));
  const body = source.slice(sql?.start);
  // The name of its rows says more than the first word of a query, and a comment says more than the name.
  const isNamed = sql?.name !== undefined && !/^\s*(?:--|\/\*)/.test(body);
  const label = pieces.layOut(
    piece,
    () => (isNamed ? `${sql.name}: SQL` : codeLabel(body)),
    () => 'Code',
  );
  const language = sql === undefined ? notebookLanguage : { name: 'sql', label: 'SQL' };
  return { label, source, lineCount: source.split('\n').length, language };
}

/**
 * Removes the first level-1 heading from the prose: it is the page's title. Further level-1 headings become
 * level-2, because a page has one title.
 */
function takeTitle(pieces: readonly Piece[]): string | undefined {
  let title: string | undefined;
  for (const { nodes, isProse } of pieces) {
    for (let index = 0; index < nodes.length; index += 1) {
      const node = nodes[index];
      if (node?.type !== 'element' || headingLevel(node) !== 1) continue;
      const text = textOf([node]).trim();
      if (title === undefined && isProse && text !== '') {
        title = text;
        nodes.splice(index, 1);
        index -= 1;
      } else {
        node.tagName = 'h2';
      }
    }
  }
  return title;
}

const languageLabels: Readonly<Record<string, string>> = {
  ipython3: 'Python',
  javascript: 'JavaScript',
  julia: 'Julia',
  python: 'Python',
  r: 'R',
  sql: 'SQL',
  tslab: 'TypeScript',
  typescript: 'TypeScript',
};

function languageOf({ metadata }: Notebook): CodeLanguage {
  const info = isJsonObject(metadata['language_info']) ? metadata['language_info'] : {};
  const spec = isJsonObject(metadata['kernelspec']) ? metadata['kernelspec'] : {};
  const found = [info['name'], spec['language'], spec['name']].find(
    (value) => typeof value === 'string' && value !== '',
  );
  const name = typeof found === 'string' ? found.toLowerCase() : '';
  const isKnown = Object.hasOwn(languageLabels, name);
  return { name, label: (isKnown ? languageLabels[name] : undefined) ?? 'Code' };
}
