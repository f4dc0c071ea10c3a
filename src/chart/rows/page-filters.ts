// The filters of a page: the controls that its outputs declare together.

import type { Control } from './grammar.js';
import type { Rows } from './rows.js';

/** The controls of a page: of each field the first that is declared. */
export function pageControls(lists: Iterable<readonly Control[]>): readonly Control[] {
  const controls = new Map<string, Control>();
  for (const list of lists) {
    for (const control of list) {
      if (!controls.has(control.field)) controls.set(control.field, control);
    }
  }
  return [...controls.values()];
}

/** The last date of a field among the rows of a page, from which presets count; undefined: there is none. */
export function lastDate(all: Iterable<Rows>, field: string): string | undefined {
  let last: string | undefined;
  for (const { fields } of all) {
    for (const date of fields.get(field)?.dimension().values ?? []) {
      if (date !== null && (last === undefined || date > last)) last = date;
    }
  }
  return last;
}
