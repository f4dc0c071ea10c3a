// The picture in a cell of a table: a bar, a tone, a line or bars of a list. The server draws with it, and the page's
// script the rows that it adds.

import type { Element } from 'hast';
import { drawsList } from '../table/cell-drawing.js';
import { listSeparator, numbersOf, type DrawnColumn } from '../table/drawn-column.js';
import { cellText, type TableCell } from '../table/table-rows.js';
import { toneCount } from './drawing/color-scale.js';
import { round, svgElement } from './svg.js';

/** A cell as it is shown: its text, of which only the end is seen, and its picture. */
export interface DrawnCell {
  readonly classes: readonly string[];
  /** What only screen readers and programs read: all numbers of a list before its last. */
  readonly unseen: string;
  readonly seen: string;
  readonly picture: Element | undefined;
}

const [width, height] = [96, 16];

/** Draws a cell; undefined where there is nothing to draw. */
export function drawCell(column: DrawnColumn, cell: TableCell): DrawnCell | undefined {
  const { drawing, span } = column;
  const numbers = numbersOf(cell, drawing);
  const [first] = numbers;
  const text = cellText(cell);
  if (numbers.length === 0) return undefined;
  if (!drawsList(drawing)) {
    if (first === undefined) return undefined;
    return drawing === 'heat'
      ? { classes: ['heat', toneOf(first, span)], unseen: '', seen: text, picture: undefined }
      : { classes: ['pictured'], unseen: '', seen: text, picture: picture(barOf(first, span)) };
  }
  const before = text.lastIndexOf(listSeparator);
  const end = before < 0 ? 0 : before + listSeparator.length;
  const marks = drawing === 'sparkline' ? lineOf(numbers) : barsOf(numbers);
  return {
    classes: ['pictured'],
    unseen: text.slice(0, end),
    seen: text.slice(end),
    picture: picture(marks),
  };
}

function picture(marks: readonly Element[]): Element {
  return svgElement(
    'svg',
    {
      ...{ className: ['cell-picture'], viewBox: `0 0 ${width} ${height}`, width, height },
      ...{ ariaHidden: 'true', focusable: 'false' },
    },
    marks,
  );
}

/** A class of the scale of colours: from little to much, or, where signs differ, from below to above zero. */
function toneOf(number: number, [least, most]: DrawnColumn['span']): string {
  const isSplit = least < 0 && most > 0;
  const reach = Math.max(-least, most);
  const [from, to] = isSplit ? [-reach, reach] : [least, most];
  const share = to > from ? number / (to - from) - from / (to - from) : 0.5;
  return `${isSplit ? 'split' : 'tone'}-${Math.round(share * (toneCount - 1))}`;
}

/** A bar from zero, at the same place in all rows. */
function barOf(number: number, [least, most]: DrawnColumn['span']): Element[] {
  const at = placing(Math.min(0, least), Math.max(0, most), 0, width);
  const [zero, end] = [at(0), at(number)];
  return [
    rectangle(number, { x: Math.min(zero, end), width: Math.abs(end - zero), y: 2, height: 12 }),
    ...(least < 0 ? [axis(zero, 0, zero, height)] : []),
  ];
}

/** Bars of a list by the scale of its row, with zero. */
function barsOf(numbers: readonly (number | undefined)[]): Element[] {
  const [least, most] = spanOf(numbers);
  const at = placing(Math.min(0, least), Math.max(0, most), height - 1, 1);
  const step = width / numbers.length;
  const gap = step > 3 ? 1 : 0;
  const zero = at(0);
  const bars = numbers.flatMap((number, index) =>
    number === undefined
      ? []
      : [
          rectangle(number, {
            ...{ x: index * step, width: step - gap, y: Math.min(zero, at(number)) },
            height: Math.max(Math.abs(at(number) - zero), 0.5),
          }),
        ],
  );
  return least < 0 ? [...bars, axis(0, zero, width, zero)] : bars;
}

/** A line by the scale of its row, broken where a number is missing, with a point at its end. */
function lineOf(numbers: readonly (number | undefined)[]): Element[] {
  const [least, most] = spanOf(numbers);
  const up = placing(least, most, height - 3, 3);
  const along = placing(0, Math.max(1, numbers.length - 1), 3, width - 3);
  const places = numbers.map((number, index) =>
    number === undefined ? undefined : `${round(along(index))} ${round(up(number))}`,
  );
  const path = places.flatMap((place, index) => {
    if (place === undefined) return [];
    const isJoined = places[index - 1] !== undefined;
    // A number between two missing ones is a point of no length, which round ends make visible.
    const isAlone = !isJoined && places[index + 1] === undefined;
    return [`${isJoined ? 'L' : 'M'}${place}${isAlone ? 'h0' : ''}`];
  });
  const last = numbers.at(-1);
  return [
    ...(least < 0 && most > 0 ? [axis(0, up(0), width, up(0))] : []),
    svgElement('path', { className: ['spark'], d: path.join('') }),
    ...(last === undefined
      ? []
      : [
          svgElement('circle', {
            ...{ className: ['spark-end'], r: 2.5 },
            ...{ cx: round(along(numbers.length - 1)), cy: round(up(last)) },
          }),
        ]),
  ];
}

function rectangle(
  number: number,
  box: Readonly<Record<'x' | 'y' | 'width' | 'height', number>>,
): Element {
  const sides = Object.entries(box).map(([side, length]) => [side, round(length)] as const);
  return svgElement('rect', {
    className: [number < 0 ? 'below' : 'above'],
    ...Object.fromEntries(sides),
  });
}

function axis(x1: number, y1: number, x2: number, y2: number): Element {
  const ends = { x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2) };
  return svgElement('line', { className: ['axis'], ...ends });
}

/** From numbers to pixels, without overflow at the ends of what a double holds; equal numbers are in the middle. */
function placing(least: number, most: number, from: number, to: number) {
  const half = most / 2 - least / 2;
  return (number: number) =>
    half === 0 ? (from + to) / 2 : from + ((number / 2 - least / 2) / half) * (to - from);
}

function spanOf(numbers: readonly (number | undefined)[]): readonly [number, number] {
  const known = numbers.filter((number) => number !== undefined);
  return [Math.min(...known), Math.max(...known)];
}
