// @module-tag heavy
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDaybook, templateNames } from 'create-daybook';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { daybook } from '../pipeline/daybook-process.js';
import { temporaryFolder } from '../temporary-folder.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

// Without a warehouse, as somebody's CI checks a project that was just made.
test.each(templateNames)('%s comes with the types of its queries', async (template) => {
  const cwd = temporaryFolder();
  const project = join(cwd, 'x');
  await createDaybook(['x', '--template', template, '--no-install'], {
    ...{ cwd, env: {}, isInteractive: false },
    out: () => undefined,
    err: () => undefined,
  });
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/daybook'), 'dir');
  // The template of the customers asks for it.
  const frames = 'node_modules/danfojs-node';
  symlinkSync(join(root, frames), join(project, frames), 'dir');
  const checked = await daybook(
    database,
    project,
    ...['notebooks', 'check', 'notebooks', 'exploration'],
  );
  expect(checked).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: expect.stringMatching(/^\d notebooks checked, 0 problems\n$/) as string,
  });
});
