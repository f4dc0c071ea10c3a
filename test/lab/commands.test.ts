// @module-tag heavy
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { daybookInProcess } from '../commands/daybook-in-process.js';
import { temporaryFolder } from '../temporary-folder.js';
import type { Notebook } from '../../src/nbformat/notebook.js';

const root = resolve(import.meta.dirname, '../..');
const execute = promisify(execFile);

/** Runs `daybook ARGS` in the project. */
const daybook = (args: string[], env: Record<string, string> = {}) =>
  daybookInProcess(args, { cwd: root, env: { ...process.env, ...env } });

test('kernel install makes our kernel known, and takes it away again', async () => {
  const folder = temporaryFolder();
  const env = { JUPYTER_DATA_DIR: folder };
  const file = join(folder, 'kernels', 'daybook', 'kernel.json');
  expect((await daybook(['kernel', 'install'], env)).stdout).toContain('daybook installed in');
  expect((await daybook(['kernel', 'install', '--user'], env)).exitCode).toBe(0);
  const spec = JSON.parse(await readFile(file, 'utf8')) as { argv: string[] };
  expect(spec).toMatchObject({ display_name: 'TypeScript (Daybook)', language: 'typescript' });
  expect(spec.argv).toContain(join(root, 'dist/kernel/main.js'));
  expect((await daybook(['kernel', 'install', '--remove'], env)).stdout).toContain('removed');
  await expect(readFile(file)).rejects.toThrow();
  expect((await daybook(['kernel', 'install', '--remove'], env)).stdout).toBe('');

  const prefix = join(folder, 'env');
  await daybook(['kernel', 'install', '--prefix', prefix]);
  const path = join(prefix, 'share/jupyter/kernels/daybook/kernel.json');
  expect(await readFile(path, 'utf8')).toContain('daybook');
  expect((await daybook(['kernel', 'install', '--prefix', prefix, '--user'])).exitCode).toBe(2);
});

test("kernel install leaves another program's kernel alone", async () => {
  const folder = temporaryFolder();
  const env = { JUPYTER_DATA_DIR: folder };
  const file = join(folder, 'kernels', 'daybook', 'kernel.json');
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, '{"argv":["other"],"display_name":"Other"}');
  const { exitCode, stderr } = await daybook(['kernel', 'install'], env);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('KERNELSPEC_TAKEN');
  expect((await daybook(['kernel', 'install', '--remove'], env)).stdout).toBe('');
  expect(await readFile(file, 'utf8')).toContain('["other"]');
});

const executed: Notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {
    kernelspec: { name: 'tslab', display_name: 'TypeScript', language: 'typescript' },
    language_info: {
      name: 'typescript',
      version: '5.0.4',
      mimetype: 'text/typescript',
      file_extension: '.ts',
      codemirror_mode: { name: 'javascript', typescript: true },
    },
  },
  cells: [
    {
      id: 'a',
      cell_type: 'code',
      metadata: { tags: ['kept'], execution: { 'shell.execute_reply': '2020-01-01T00:00:00Z' } },
      execution_count: 7,
      source: ['6 * 7'],
      outputs: [{ output_type: 'stream', name: 'stdout', text: ['42\n'] }],
    },
  ],
};

test('as a git filter, notebooks clean commits no outputs while the file keeps them', async () => {
  const folder = temporaryFolder();
  const git = async (...args: string[]) =>
    (await execute('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args]))
      .stdout;
  const filter = `'${process.execPath}' '${join(root, 'bin/daybook.js')}' notebooks clean`;
  const file = join(folder, 'a.ipynb');
  await git('init', '--quiet');
  await git('config', 'filter.daybook.clean', filter);
  await writeFile(join(folder, '.gitattributes'), '*.ipynb filter=daybook\n');
  await writeFile(file, JSON.stringify(executed));
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'a');

  const committed = JSON.parse(await git('show', 'HEAD:a.ipynb')) as Notebook;
  expect(committed.cells).toEqual([
    { ...executed.cells[0], metadata: { tags: ['kept'] }, execution_count: null, outputs: [] },
  ]);
  expect(committed.metadata['language_info']).toEqual({
    name: 'typescript',
    mimetype: 'text/typescript',
    file_extension: '.ts',
  });
  expect(await readFile(file, 'utf8')).toBe(JSON.stringify(executed));
  expect(await git('status', '--porcelain')).toBe('');
  // Another run with other outputs is no change.
  await writeFile(file, JSON.stringify(executed).replace('42', '43'));
  expect(await git('status', '--porcelain')).toBe('');
});

test('notebooks clean mends files in place, and says what is no notebook', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'a.ipynb');
  await writeFile(file, JSON.stringify(executed));
  expect(await daybook(['notebooks', 'clean', file])).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await readFile(file, 'utf8')).not.toContain('42');
  await writeFile(file, 'no notebook');
  const { exitCode, stderr } = await daybook(['notebooks', 'clean', file]);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('NOTEBOOK_INVALID');
  expect(await readFile(file, 'utf8')).toBe('no notebook');

  const missing = await daybook(['notebooks', 'clean', join(folder, 'nowhere.ipynb')]);
  expect(missing.exitCode).toBe(2);
  expect(missing.stderr).toContain('[NOTEBOOK_NOT_FOUND]');
});
