import {
  cellTags,
  daybookMetadata,
  joinText,
  type Cell,
  type CodeCell,
} from '../nbformat/notebook.js';

/** Whether there is anything to run: code, not empty, and not tagged `skip-execution`. */
export function isRunnable(cell: Cell): cell is CodeCell {
  return (
    cell.cell_type === 'code' &&
    joinText(cell.source).trim() !== '' &&
    !cellTags(cell).includes('skip-execution')
  );
}

/** Whether the run goes on when this cell fails: tagged `raises-exception`, as nbclient has it. */
export function mayFail(cell: Cell): boolean {
  return cellTags(cell).includes('raises-exception');
}

/** Milliseconds that this cell may take, as its `metadata.daybook.timeout` says in seconds. */
export function cellLimit(cell: Cell): number | undefined {
  const seconds = daybookMetadata(cell.metadata)['timeout'];
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}
