// The comm (`daybook.format`) by which front ends have a query formatted.

import type { CellSource } from '../cells/loaded-cell.js';
import type { FormattedQuery } from '../cells/sql/format-query.js';
import type { Message } from '../jupyter/message.js';
import type { Outlet } from './outlet.js';

/**
 * The name of the comm by which a front end asks for a formatted query: it opens one with the cell and the cursor's place
 * in it, and gets one message, after which the comm is closed.
 */
export const formatTarget = 'daybook.format';

/** A cell with a cursor in it. */
export interface CellToFormat extends CellSource {
  /** In UTF-16 units. */
  readonly position: number;
}

/** Answers a comm that was opened, and closes it. */
export async function answerFormat(
  { comm_id, data }: { readonly comm_id: string; readonly data: unknown },
  parent: Message,
  {
    outlet,
    format,
  }: {
    readonly outlet: Outlet;
    readonly format: (cell: CellToFormat) => Promise<FormattedQuery | null>;
  },
): Promise<void> {
  const formatted = isCell(data) ? await format(data).catch(() => null) : null;
  outlet.publish('comm_msg', { comm_id, data: { formatted } }, parent);
  outlet.publish('comm_close', { comm_id, data: {} }, parent);
}

function isCell(data: unknown): data is CellToFormat {
  const { source, position } = data as Partial<CellToFormat>;
  return typeof source === 'string' && typeof position === 'number';
}
