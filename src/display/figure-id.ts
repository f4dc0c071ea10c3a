// The ids of figures in calls of `daybook/display`.

import { idRule, isFigureId } from '../chart/names/figure-names.js';

/** @throws TypeError when an id cannot stand in addresses and names of files. */
export function requireFigureId(id: string | undefined): void {
  if (id === undefined || isFigureId(id)) return;
  throw new TypeError(`The id ${JSON.stringify(id)} cannot stand in addresses: ${idRule}.`);
}
