// @module-tag heavy
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { notebooksNew } from '../../src/commands/notebooks/notebooks-new.js';
import type { Notebook } from '../../src/nbformat/notebook.js';
import { runNotebooks } from '../../src/notebook/run-notebooks.js';
import { createTestDatabase } from '../database.js';
import { pipelineWorkspace } from '../pipeline/pipeline-workspace.js';
import { runCommand } from './run-command.js';

test('a new notebook runs as it is, and takes its parameters; none is written over another', async () => {
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
  const { notebooks } = await runNotebooks({
    config,
    env: process.env,
    parameters: [{ since: { text: '2020-01-01' } }],
    warehouse: { owner: database.owner, readerUrl: database.readerUrl },
  });
  expect(notebooks).toMatchObject([{ status: 'passed' }]);
});
