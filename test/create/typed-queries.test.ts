// @module-tag heavy
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { templateNames } from 'create-daybook';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { daybook } from '../pipeline/daybook-process.js';
import { createLinkedProject } from './linked-project.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

// Without a warehouse, as somebody's CI checks a project that was just made.
test.each(templateNames)('%s comes with the types of its queries', async (template) => {
  const project = await createLinkedProject(template);
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
