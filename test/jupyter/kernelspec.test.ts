import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  findKernelspec,
  jupyterDataFolders,
  listKernelspecs,
} from '../../src/jupyter/kernelspec.js';
import { tslabKernelspec } from '../../src/tslab/kernelspec.js';

let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'daybook-kernelspecs-'));
});

afterAll(() => {
  rmSync(home, { recursive: true });
});

function install(folder: string, name: string, spec: unknown): void {
  const path = join(home, folder, 'kernels', name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'kernel.json'), typeof spec === 'string' ? spec : JSON.stringify(spec));
}

const search = () => ({
  env: { JUPYTER_PATH: join(home, 'first'), JUPYTER_DATA_DIR: join(home, 'second') },
  home,
});

test('tslab is that of our own packages on our own Node.js', async () => {
  const spec = await findKernelspec('tslab', search());
  expect(spec).toEqual(tslabKernelspec());
  expect(spec.argv[0]).toBe(process.execPath);
  expect(spec.argv.at(-2)).toBe('kernel');
  expect(spec).toMatchObject({ language: 'typescript', version: '1.0.22' });
});

test('kernels of the Jupyter folders are found, the first of a name wins, broken ones do not count', async () => {
  install('first', 'deno', {
    argv: ['deno', '{connection_file}'],
    display_name: 'Deno',
    language: 'typescript',
  });
  install('second', 'Deno', { argv: ['other'], display_name: 'Other', language: 'x' });
  install('second', 'python3', {
    argv: ['python3', '-f', '{connection_file}'],
    display_name: 'Python 3',
    language: 'python',
    interrupt_mode: 'message',
    env: { A: '${HOME}/x', B: 5 },
  });
  install('second', 'tslab', { argv: ['intruder'], display_name: 'No', language: 'x' });
  install('second', 'no-json', 'not json');
  install('second', 'no-command', { argv: [], display_name: 'x' });
  install('second', 'wrong-command', { argv: 'node', display_name: 'x' });
  const specs = await listKernelspecs(search());
  expect(specs.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['tslab', 'deno', 'python3']),
  );
  expect(specs.map(({ name }) => name)).not.toContain('no-json');
  expect(specs.find(({ name }) => name === 'tslab')?.argv).not.toContain('intruder');
  expect(await findKernelspec('DENO', search())).toMatchObject({ displayName: 'Deno' });
  expect(await findKernelspec('python3', search())).toMatchObject({
    interruptMode: 'message',
    env: { A: '${HOME}/x' },
    resourceDir: join(home, 'second', 'kernels', 'python3'),
  });
});

test('an unknown kernel is named, and so are those there are', async () => {
  await expect(findKernelspec('no-such-kernel', search())).rejects.toMatchObject({
    code: 'KERNEL_UNKNOWN',
    message: 'There is no kernel "no-such-kernel"',
    hint: expect.stringContaining('tslab'),
  });
  await expect(findKernelspec('../../etc', search())).rejects.toMatchObject({
    code: 'KERNEL_UNKNOWN',
  });
});

test('the folders are those of jupyter_core on each platform', () => {
  const of = (platform: NodeJS.Platform, env = {}) =>
    jupyterDataFolders({ env, home: '/home/ada', platform });
  expect(of('linux')[0]).toBe('/home/ada/.local/share/jupyter');
  expect(of('linux', { XDG_DATA_HOME: '/data' })[0]).toBe('/data/jupyter');
  expect(of('linux').slice(1)).toEqual(['/usr/local/share/jupyter', '/usr/share/jupyter']);
  expect(of('darwin')[0]).toBe('/home/ada/Library/Jupyter');
  expect(of('win32', { APPDATA: '/appdata' })[0]).toBe('/appdata/jupyter');
  expect(of('linux', { JUPYTER_PATH: '/a:/b', JUPYTER_DATA_DIR: '/c' }).slice(0, 3)).toEqual([
    '/a',
    '/b',
    '/c',
  ]);
});

test('kernels of the active environment go before the user’s own, as for Jupyter itself', () => {
  const of = (env: Record<string, string>) =>
    jupyterDataFolders({ env, home: '/home/ada', platform: 'linux' }).slice(0, -2);
  const user = '/home/ada/.local/share/jupyter';
  expect(of({ VIRTUAL_ENV: '/venv', JUPYTER_PATH: '/a' })).toEqual([
    '/a',
    '/venv/share/jupyter',
    user,
  ]);
  expect(of({ CONDA_PREFIX: '/conda/envs/x', CONDA_DEFAULT_ENV: 'x' })).toEqual([
    '/conda/envs/x/share/jupyter',
    user,
  ]);
  expect(of({ CONDA_PREFIX: '/conda', CONDA_DEFAULT_ENV: 'base' })).toEqual([
    user,
    '/conda/share/jupyter',
  ]);
  expect(of({ VIRTUAL_ENV: '/v', CONDA_PREFIX: '/v' })).toEqual(['/v/share/jupyter', user]);
  expect(of({ VIRTUAL_ENV: '/venv', JUPYTER_PREFER_ENV_PATH: '0' })).toEqual([
    user,
    '/venv/share/jupyter',
  ]);
  expect(of({ VIRTUAL_ENV: '', CONDA_PREFIX: '' })).toEqual([user]);
});
