import { expect, test } from 'vitest';
import { placeOf } from '../../../../src/server/rendering/notebook/cell-layout.js';
import type { Cell } from '../../../../src/nbformat/notebook.js';
import { notebookOf, prose } from '../../published.js';
import { body } from '../content.js';

/** A cell of prose with tags. */
function tagged(source: string, ...tags: string[]): Cell {
  return { ...prose(source), metadata: { tags } };
}

/** The structure of a page: its layout's elements and its words. */
function structure(...cells: Cell[]): string {
  return body(notebookOf(cells))
    .replace(/<div class="prose" id="[^"]*">|<\/?p>/g, '')
    .replace(/<\/div>/g, '')
    .replace(/ role="[^"]*"/g, '');
}

test('neighbours tagged `column` stand in one row', () => {
  expect(structure(prose('a'), tagged('b', 'column'), tagged('c', 'column'), prose('d'))).toBe(
    'a<div class="columns"><div>b<div>cd',
  );
});

test('cells on leaves of one name stand together, under that name', () => {
  expect(
    structure(tagged('a', 'tab: One'), tagged('b', 'tab:Two'), tagged('c', 'tab:One'), prose('d')),
  ).toBe(
    '<div class="tabs"><section class="leaf" id="leaf-1" aria-label="One"><p class="leaf-name">Oneac</section>' +
      '<section class="leaf" id="leaf-2" aria-label="Two"><p class="leaf-name">Twob</section>d',
  );
});

test('a cell takes all the room', () => {
  expect(structure(tagged('a', 'full-width'))).toBe('<div class="full-width">a');
});

test('a name of a leaf is content', () => {
  expect(structure(tagged('a', 'tab:<b onclick="x">'))).toContain(
    'aria-label="<b onclick=&#x22;x&#x22;>"><p class="leaf-name">&#x3C;b onclick="x">',
  );
  expect(placeOf(['tab:', 'tab: ', 'columns', 'other'])).toBeUndefined();
});
