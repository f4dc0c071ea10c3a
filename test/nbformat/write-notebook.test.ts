import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { joinText, type Notebook } from '../../src/nbformat/notebook.js';
import { parseNotebook } from '../../src/nbformat/read-notebook.js';
import { formatNotebook } from '../../src/nbformat/write-notebook.js';
import { requireShared } from '../requirement.js';
import { officialSchema } from './official-schema.js';

const sample: Notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { z: 1, a: { c: 1, b: 2 } },
  cells: [
    { cell_type: 'markdown', id: 'm', metadata: {}, source: '# Ä\n\ntext' },
    {
      cell_type: 'code',
      id: 'c',
      metadata: {},
      source: '',
      execution_count: 1,
      outputs: [
        { output_type: 'stream', name: 'stdout', text: 'one\ntwo\n' },
        {
          output_type: 'display_data',
          metadata: {},
          data: {
            'text/html': '<b>\n</b>',
            'image/png': 'AAAA',
            'application/vnd.plotly.v1+json': { data: ['x\ny'] },
          },
        },
      ],
    },
  ],
};

test('keys by the alphabet, one space of indent, lines as lists, a line feed at the end', () => {
  const text = formatNotebook(sample);
  expect(text.endsWith('}\n')).toBe(true);
  expect(text.startsWith('{\n "cells": [\n  {\n   "cell_type": "markdown",\n   "id": "m",')).toBe(
    true,
  );
  const value = JSON.parse(text) as Notebook;
  expect(Object.keys(value)).toEqual(['cells', 'metadata', 'nbformat', 'nbformat_minor']);
  expect(Object.keys(value.metadata)).toEqual(['a', 'z']);
  expect(value.cells[0]?.source).toEqual(['# Ä\n', '\n', 'text']);
  expect(value.cells[1]).toMatchObject({
    source: [],
    outputs: [
      { text: ['one\n', 'two\n'] },
      {
        data: {
          'text/html': ['<b>\n', '</b>'],
          'image/png': 'AAAA',
          'application/vnd.plotly.v1+json': { data: ['x\ny'] },
        },
      },
    ],
  });
});

test('any text comes back as it was: control characters, lone surrogates, every line end', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const source = `${text}\r\n\u2028\ud800\u0000`;
      const notebook = { ...sample, cells: [{ ...sample.cells[0]!, source }] };
      const written = formatNotebook(notebook);
      expect(written).not.toContain('\u0000');
      expect(joinText(parseNotebook(written, 'x').cells[0]!.source)).toBe(source);
    }),
  );
});

test('what is read and written again is written the same', (context) => {
  const folder = requireShared(context, 'fixtures/notebooks');
  const isValid = officialSchema(context, 5);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.ipynb'))) {
    let notebook: Notebook;
    try {
      notebook = parseNotebook(readFileSync(join(folder, name), 'utf8'), name);
    } catch {
      continue; // read-notebook.test.ts looks at those
    }
    const written = formatNotebook(notebook);
    expect(isValid(JSON.parse(written)), name).toEqual([]);
    expect(formatNotebook(parseNotebook(written, name)), name).toBe(written);
  }
});
