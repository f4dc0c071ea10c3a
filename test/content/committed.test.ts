import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { joinText } from '../../src/nbformat/notebook.js';
import { parseNotebook } from '../../src/nbformat/read-notebook.js';
import { formatNotebook } from '../../src/nbformat/write-notebook.js';
import { summariseNotebook } from '../../src/nbformat/notebook-summary.js';
import { root } from '../database.js';

const notebooksIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ipynb'))
    .map((name) => `${folder}/${name}`);
const published = notebooksIn('notebooks');
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

describe.each([...published, ...notebooksIn('exploration')])('%s', (path) => {
  const notebook = parseNotebook(textOf(path), path);
  const code = notebook.cells.filter((cell) => cell.cell_type === 'code');

  test('is valid, and written as a run would write it', () => {
    expect(formatNotebook(notebook)).toBe(textOf(path));
    expect([notebook.nbformat, notebook.nbformat_minor]).toEqual([4, 5]);
    expect(notebook.metadata['kernelspec']).toMatchObject({
      name: 'daybook',
      language: 'typescript',
    });
  });

  test('has no outputs', () => {
    expect(code.filter((cell) => cell.outputs.length > 0 || cell.execution_count !== null)).toEqual(
      [],
    );
  });

  test('says in a comment what each cell of code does', () => {
    const comment = /^(?:\/\/|%%sql[^\n]*\n--) [A-Z][^\n]+[^.\n](?:\n|$)/;
    const silent = code.map(({ source }) => joinText(source)).filter((text) => !comment.test(text));
    expect(silent).toEqual([]);
  });

  test('has a title and a summary', () => {
    expect(summariseNotebook(notebook)).toMatchObject({
      title: expect.stringMatching(/\w/),
      summary: expect.stringMatching(/\.$/),
    });
  });
});

test('the published notebooks have places of their own in the menu', () => {
  const positions = published.map(
    (path) => parseNotebook(textOf(path), path).metadata['daybook'] as { position: number },
  );
  expect(positions.map(({ position }) => position).sort()).toEqual([1, 2, 3]);
});
