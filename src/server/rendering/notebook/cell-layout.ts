// Layout of cells by their tags: columns, tabs, full width.

import type { Element } from 'hast';
import { h } from 'hastscript';
import { isTag, tagValue } from '../../../nbformat/cell-tags.js';

/** The position of a cell by its tags; undefined: below the previous one. */
export type CellPosition =
  | { readonly kind: 'column' }
  | { readonly kind: 'tab'; readonly name: string }
  | { readonly kind: 'full-width' };

/** A rendered cell with its position. */
export interface PositionedCell {
  readonly number: number;
  readonly place: CellPosition | undefined;
  readonly element: Element;
}

/**
 * The position that a cell's tags ask for: `column`: beside its neighbours with the same tag; `tab:NAME`: in a tab
 * of that name; `full-width`: over the page's whole width.
 */
export function placeOf(tags: readonly string[]): CellPosition | undefined {
  for (const tag of tags) {
    if (isTag(tag, 'column')) return { kind: 'column' };
    if (isTag(tag, 'full-width')) return { kind: 'full-width' };
    const name = tagValue(tag, 'tab:NAME');
    if (name !== undefined) return { kind: 'tab', name: name.slice(0, 60) };
  }
  return undefined;
}

/** Lays out cells: adjacent columns form a row, adjacent tabs form a group. */
export function layOutCells(cells: readonly PositionedCell[]): Element[] {
  const groups: [PositionedCell, ...PositionedCell[]][] = [];
  for (const cell of cells) {
    const group = groups.at(-1);
    const kind = cell.place?.kind;
    const isShared = kind === 'column' || kind === 'tab';
    if (isShared && group?.[0].place?.kind === kind) group.push(cell);
    else groups.push([cell]);
  }
  return groups.map(([first, ...others]) => {
    const members = [first, ...others];
    if (first.place?.kind === 'tab') return tabs(members);
    if (first.place?.kind === 'column') return columns(members);
    return first.place === undefined
      ? first.element
      : h('div', { className: 'full-width' }, [first.element]);
  });
}

function columns(members: readonly PositionedCell[]): Element {
  return h(
    'div',
    { className: 'columns' },
    members.map(({ element }) => h('div', [element])),
  );
}

/** Without script all tabs stand below each other under their names. */
function tabs(members: readonly PositionedCell[]): Element {
  const leaves = new Map<string, PositionedCell[]>();
  for (const cell of members) {
    const name = cell.place?.kind === 'tab' ? cell.place.name : '';
    leaves.set(name, [...(leaves.get(name) ?? []), cell]);
  }
  return h(
    'div',
    { className: 'tabs' },
    [...leaves].map(([name, cells]) =>
      h('section', { className: 'leaf', id: `leaf-${cells[0]?.number ?? 0}`, ariaLabel: name }, [
        h('p', { className: 'leaf-name' }, name),
        ...cells.map(({ element }) => element),
      ]),
    ),
  );
}
