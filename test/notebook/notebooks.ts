import type { Cell, JsonObject, Notebook, Output } from '../../src/nbformat/notebook.js';

/** A cell as tests write it: code, or code with tags, or another kind of cell. */
export type CellDraft =
  /** Code. */
  string | { code: string; tags?: string[]; metadata?: JsonObject; outputs?: Output[] } | Cell;

/** A notebook of these cells. */
export function notebookOf(cells: readonly CellDraft[], metadata: JsonObject = {}): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata,
    cells: cells.map((draft, index): Cell => {
      if (typeof draft !== 'string' && 'cell_type' in draft) return draft;
      const {
        code,
        tags,
        metadata: given = {},
        outputs = [],
      } = typeof draft === 'string' ? { code: draft } : draft;
      return {
        cell_type: 'code',
        id: `cell-${index + 1}`,
        metadata: tags === undefined ? given : { ...given, tags },
        source: code,
        execution_count: null,
        outputs,
      };
    }),
  };
}

/** A markdown cell. */
export function markdown(source: string, id = 'text'): Cell {
  return { cell_type: 'markdown', id, metadata: {}, source };
}

/** The outputs of a notebook's code cells. */
export function outputsOf(notebook: Notebook): Output[][] {
  return notebook.cells.flatMap((cell) => (cell.cell_type === 'code' ? [cell.outputs] : []));
}

/** The text that a cell wrote to one of its streams. */
export function streamText(outputs: readonly Output[], name = 'stdout'): string {
  return outputs
    .map((output) => (output.output_type === 'stream' && output.name === name ? output.text : ''))
    .flat()
    .join('');
}
