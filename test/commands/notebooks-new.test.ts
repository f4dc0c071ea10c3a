// @module-tag heavy
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { notebooksNew } from '../../src/commands/notebooks/notebooks-new.js';
import type { Notebook } from '../../src/nbformat/notebook.js';
import { runNotebooks } from '../../src/notebook/run-notebooks.js';
import { createTestDatabase, root as repository } from '../database.js';
import { pipelineWorkspace } from '../pipeline/pipeline-workspace.js';
import { runCommand } from './run-command.js';

/** The cells that JupyterLab's command palette inserts. */
const snippets = (
  JSON.parse(readFileSync(join(repository, 'lab/src/snippets.json'), 'utf8')) as {
    source: string[];
  }[]
).map(({ source }) => source.join(''));

test('a new notebook runs as it is, with each snippet, and takes its parameters; none is written over another', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const { root } = pipelineWorkspace(database, {});
  const config = { ...database.config, root };
  const create = (name: string) => runCommand(notebooksNew, config, { positionals: [name] });
  const file = join(root, 'notebooks/monthly-sales.ipynb');
  expect(await create('monthly-sales')).toMatchObject({ exitCode: 0, stdout: `${file}\n` });
  const text = readFileSync(file, 'utf8');
  expect((JSON.parse(text) as Notebook).cells[0]?.source).toEqual([
    '# Monthly sales\n',
    '\n',
    'The question, and what its words mean.',
  ]);
  const failed = { code: 'USAGE' };
  await expect(create('monthly-sales')).rejects.toMatchObject(failed);
  await expect(create('notebooks/monthly-sales.ipynb')).rejects.toMatchObject(failed);
  await expect(create('../monthly')).rejects.toMatchObject(failed);
  expect(readFileSync(file, 'utf8')).toBe(text);
  // Snippets fit rows with a name and a value.
  const notebook = JSON.parse(text) as Notebook;
  const sources = [
    "%%sql rows\nselect 'a' as name, 1 as value -- not null: name, value",
    ...snippets,
  ];
  const cells = sources.map((source, index) => ({
    ...{ cell_type: 'code', id: `snippet-${index}`, metadata: {}, source },
    ...{ execution_count: null, outputs: [] },
  }));
  writeFileSync(file, JSON.stringify({ ...notebook, cells: [...notebook.cells, ...cells] }));
  const { notebooks } = await runNotebooks({
    config,
    env: process.env,
    parameters: [{ since: { text: '2020-01-01' } }],
    warehouse: { owner: database.owner, readerUrl: database.readerUrl },
  });
  expect(notebooks).toMatchObject([{ status: 'passed' }]);
});
