// Removal of outputs and run metadata from notebooks (`daybook notebooks clean`).

import { daybookMetadata, type MetadataKeyName } from '../../nbformat/daybook-metadata.js';
import type { Cell, JsonObject, Notebook } from '../../nbformat/notebook.js';

/**
 * A notebook without any trace of an earlier run: no outputs, counts, times, and none of the marks
 * that Daybook itself leaves (`metadata.daybook.status` of cells, `metadata.daybook.run`).
 */
export function clearNotebook(notebook: Notebook): Notebook {
  return {
    ...notebook,
    metadata: withoutMark(notebook.metadata, 'run'),
    cells: notebook.cells.map(clearCell),
  };
}

function clearCell(cell: Cell): Cell {
  const metadata = withoutMark(without(cell.metadata, 'execution'), 'status');
  return cell.cell_type === 'code'
    ? { ...cell, metadata, outputs: [], execution_count: null }
    : { ...cell, metadata };
}

/** Metadata with a field added to its `daybook` part. */
export function withMark(
  metadata: JsonObject,
  name: MetadataKeyName,
  value: JsonObject[string],
): JsonObject {
  return { ...metadata, daybook: { ...daybookMetadata(metadata), [name]: value } };
}

function withoutMark(metadata: JsonObject, name: MetadataKeyName): JsonObject {
  const part = daybookMetadata(metadata);
  if (!(name in part)) return metadata;
  const kept = without(part, name);
  const others = without(metadata, 'daybook');
  return Object.keys(kept).length === 0 ? others : { ...others, daybook: kept };
}

function without(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}
