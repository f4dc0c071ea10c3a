// @module-tag heavy
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { requirePython } from './python.js';
import { temporaryFolder } from '../temporary-folder.js';

const execute = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

test("after kernel install, Jupyter's own client runs, interrupts, restarts and shares it", async (context) => {
  const python = await requirePython(context, 'jupyter_client', 'python3-jupyter-client');
  const folder = temporaryFolder();
  const env = {
    ...process.env,
    JUPYTER_DATA_DIR: join(folder, 'data'),
    JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
    JUPYTER_PATH: '',
  };
  await execute(process.execPath, [join(root, 'bin/daybook.js'), 'kernel', 'install'], { env });
  const script = join(import.meta.dirname, 'jupyter_client_test.py');
  // A folder of its own: neither the project nor its packages are near.
  const { stdout } = await execute(python, [script], { env, cwd: folder });
  expect(JSON.parse(stdout)).toEqual({
    first: ['42'],
    error: 'TS2339',
    existing: ['43'],
    interrupted: 'Interrupted',
    kept: ['42'],
    restarted: 'error',
    alive: false,
  });
});
