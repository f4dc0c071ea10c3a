import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Notebook } from '../../src/nbformat/notebook.js';
import { parseNotebook, readNotebook } from '../../src/nbformat/read-notebook.js';
import { requireShared } from '../requirement.js';
import { officialSchema } from './official-schema.js';

const where = 'notebooks/x.ipynb';

function stored(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { nbformat: 4, nbformat_minor: 4, metadata: {}, cells: [], ...changes };
}

const code = (changes: Record<string, unknown> = {}) => ({
  cell_type: 'code',
  metadata: {},
  source: 'x',
  outputs: [],
  execution_count: null,
  ...changes,
});

/** Notebooks of 4.5 whose cells have no ids: against their schema, but mended. */
const withoutIds = ['nbf_v4_5_no_id.ipynb', 'tslab_plotting_2021.ipynb'];

const read = (value: unknown): Notebook => parseNotebook(JSON.stringify(value), where);

describe('what is accepted', () => {
  test.each([0, 1, 2, 3, 4, 5])('4.%i is upgraded to 4.5', (minor) => {
    const notebook = read(stored({ nbformat_minor: minor, cells: [code(), code()] }));
    expect(notebook).toMatchObject({ nbformat: 4, nbformat_minor: 5 });
    const ids = notebook.cells.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
  });

  test('the ids of the same text are the same each time, wherever the cell stands', () => {
    const before = read(stored({ cells: [code({ source: ['a\n', 'b'] }), code({ source: 'c' })] }));
    const after = read(stored({ cells: [code({ source: 'c' }), code({ source: 'a\nb' })] }));
    expect(after.cells.map(({ id }) => id)).toEqual(before.cells.map(({ id }) => id).reverse());
  });

  test('ids stay; missing ones and repetitions get their own', () => {
    const cells = [code({ id: 'a' }), code({ id: 'a' }), code(), code({ id: 'a' })];
    const ids = read(stored({ nbformat_minor: 5, cells })).cells.map(({ id }) => id);
    expect(ids[0]).toBe('a');
    expect(new Set(ids).size).toBe(4);
    const long = 'x'.repeat(64);
    const repeated = read(stored({ cells: [code({ id: long }), code({ id: long })] }));
    expect(repeated.cells[1]?.id).toMatch(/^x{58}-2$/);
  });

  test('a byte order mark does not matter', () => {
    expect(parseNotebook(`\uFEFF${JSON.stringify(stored())}`, where).cells).toEqual([]);
  });

  test('unknown metadata is kept, also a key that objects treat apart', () => {
    const text = `{"nbformat":4,"nbformat_minor":5,"metadata":{"__proto__":{"x":1},"a":{"b":[1]}},"cells":[]}`;
    expect(JSON.stringify(parseNotebook(text, where).metadata)).toBe(
      '{"__proto__":{"x":1},"a":{"b":[1]}}',
    );
  });
});

describe('what is refused says what and where', () => {
  test.each([
    ['an empty file', '', 'is an empty file'],
    ['only space', ' \n', 'is an empty file'],
    ['no JSON', '{"a": 1,\n "b', /not JSON.*line 2, column/],
    ['text', 'hello', 'not JSON'],
    ['an array', '[]', 'must be an object'],
    ['null', 'null', 'must be an object'],
    ['format 3', '{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}', 'format 3, not 4'],
    ['format 5', '{"nbformat": 5}', 'format 5, not 4'],
    ['a newer minor', JSON.stringify(stored({ nbformat_minor: 6 })), '4.6, newer than 4.5'],
    ['no version', '{"cells": [], "metadata": {}}', '/nbformat:'],
    ['no minor', '{"nbformat": 4, "cells": [], "metadata": {}}', '/nbformat_minor:'],
    ['no cells', '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', '/cells:'],
    ['a stray key', JSON.stringify(stored({ worksheets: [] })), 'worksheets'],
  ])('%s', (_, text, reason) => {
    expect(() => parseNotebook(text, where)).toThrow(reason);
    try {
      parseNotebook(text, where);
    } catch (error) {
      expect(error).toMatchObject({ code: 'NOTEBOOK_INVALID', where });
    }
  });

  test.each([
    [code({ source: 5 }), '/cells/0/source: must be a string or a list of strings'],
    [code({ source: ['a', 1] }), '/cells/0/source'],
    [code({ outputs: {} }), '/cells/0/outputs'],
    [code({ execution_count: -1 }), '/cells/0/execution_count'],
    [code({ execution_count: 1.5 }), '/cells/0/execution_count'],
    [code({ metadata: [] }), '/cells/0/metadata'],
    [code({ metadata: { tags: 'a' } }), '/cells/0/metadata/tags'],
    [code({ metadata: { tags: ['a', 'a'] } }), 'must not repeat a tag'],
    [code({ metadata: { tags: ['a,b'] } }), '/cells/0/metadata/tags/0'],
    [code({ id: 'no spaces' }), '/cells/0/id'],
    [code({ id: '' }), '/cells/0/id'],
    [code({ surprise: 1 }), 'surprise'],
    [{ cell_type: 'markdown', metadata: {} }, '/cells/0/source'],
    [{ cell_type: 'markdown', metadata: {}, source: '', outputs: [] }, 'outputs'],
    [{ cell_type: 'heading', metadata: {}, source: '' }, '/cells/0/cell_type'],
    ['text', '/cells/0'],
    [code({ outputs: [{ output_type: 'pyout' }] }), '/cells/0/outputs/0/output_type'],
    [
      code({ outputs: [{ output_type: 'stream', name: 'stdout' }] }),
      '/cells/0/outputs/0/text: is missing',
    ],
    [
      code({ outputs: [{ output_type: 'error', ename: 'E', evalue: 'v', traceback: 'x' }] }),
      '/cells/0/outputs/0/traceback',
    ],
    [
      code({ outputs: [{ output_type: 'display_data', metadata: {}, data: { 'text/html': {} } }] }),
      '/cells/0/outputs/0/data/text/html: must be a string',
    ],
  ])('%j', (cell, reason) => {
    expect(() => read(stored({ cells: [cell] }))).toThrow(reason);
  });

  test('metadata that the format describes', () => {
    expect(() => read(stored({ metadata: { kernelspec: 'tslab' } }))).toThrow(
      '/metadata/kernelspec',
    );
    expect(() => read(stored({ metadata: { kernelspec: { name: null } } }))).toThrow(
      '/metadata/kernelspec/name',
    );
    expect(() => read(stored({ metadata: { language_info: {} } }))).toThrow(
      '/metadata/language_info/name',
    );
  });

  test('all problems, but not a thousand', () => {
    const cells = Array.from({ length: 1000 }, () => code({ source: 5 }));
    expect(() => read(stored({ cells }))).toThrow(/\/cells\/9\/source[^]*and 990 more/);
  });

  test('the values that JSON outputs hold are any', () => {
    const data = { 'application/json': 'text', 'application/vnd.plotly.v1+json': { a: [null] } };
    const output = { output_type: 'display_data', metadata: {}, data };
    expect(read(stored({ cells: [code({ outputs: [output] })] })).cells[0]).toMatchObject({
      outputs: [output],
    });
  });
});

describe('files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'daybook-nbformat-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('one that is not there, a folder, and one that is no UTF-8', async () => {
    await expect(readNotebook(join(folder, 'no.ipynb'), where)).rejects.toMatchObject({
      code: 'NOTEBOOK_NOT_FOUND',
      where,
    });
    await expect(readNotebook(folder, where)).rejects.toMatchObject({
      code: 'NOTEBOOK_NOT_FOUND',
    });
    const path = join(folder, 'latin1.ipynb');
    writeFileSync(path, Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x7d]));
    await expect(readNotebook(path)).rejects.toMatchObject({ code: 'NOTEBOOK_INVALID' });
  });
});

test('real notebooks of many kernels: those that their own schema accepts are read and valid 4.5', (context) => {
  const folder = requireShared(context, 'fixtures/notebooks');
  const schemas = [0, 1, 2, 3, 4, 5].map((minor) => officialSchema(context, minor));
  const files = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
  expect(files).toHaveLength(64);
  const refused: string[] = [];
  for (const name of files) {
    const text = readFileSync(join(folder, name), 'utf8');
    const original = JSON.parse(text) as { nbformat: number; nbformat_minor?: number };
    const isValid =
      original.nbformat === 4 && schemas[original.nbformat_minor ?? -1]?.(original).length === 0;
    let notebook: Notebook | undefined;
    try {
      notebook = parseNotebook(text, name);
    } catch (error) {
      expect(error, name).toMatchObject({ code: 'NOTEBOOK_INVALID', where: name });
      refused.push(name);
    }
    const isMended = withoutIds.includes(name);
    expect(notebook !== undefined, name).toBe(isValid || isMended);
    if (notebook !== undefined) {
      expect(schemas[5]?.(notebook), name).toEqual([]);
      const ids = notebook.cells.map(({ id }) => id);
      expect(new Set(ids).size, name).toBe(ids.length);
    }
  }
  expect(refused).toEqual([
    'nbf_no_minor.ipynb',
    'nbf_v3_no_metadata.ipynb',
    'nbf_v3_no_worksheets.ipynb',
    'nbf_v4_5_bad_kernelspec.ipynb',
  ]);
});
