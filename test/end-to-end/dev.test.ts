// @module-tag heavy
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { code, notebookOf, prose } from '../server/published.js';
import { createWorkspace } from './workspace.js';

const workspace = createWorkspace();
afterAll(() => workspace.remove());

function save(words: string): void {
  const notebook = notebookOf([prose(`# Note\n\n${words}`), code('const one = 1;')], {
    kernelspec: { name: 'daybook', display_name: 'TypeScript', language: 'typescript' },
  });
  writeFileSync(join(workspace.folder, 'notebooks', 'note.ipynb'), JSON.stringify(notebook));
}

test('dev runs what is saved, and says on the pages what does not pass', async () => {
  const notebooks = join(workspace.folder, 'notebooks');
  for (const name of readdirSync(notebooks)) {
    if (name.endsWith('.ipynb')) rmSync(join(notebooks, name));
  }
  const data = join(workspace.folder, 'logs');
  await workspace.daybook('sample-data', '--accounts', '20', '--months', '2', '--output', data);
  save('First words.');
  const { match, child } = await workspace.start(
    /served on (http:\S+)/,
    ...['dev', '--port', '0', '--data', data],
  );
  const text = async (path: string) => (await fetch(`${match[1] ?? ''}${path}`)).text();
  const patience = { timeout: 150_000 };
  await expect.poll(() => text('/notebooks/note'), patience).toContain('First words.');
  save('Second words.');
  await expect.poll(() => text('/notebooks/note'), patience).toContain('Second words.');

  const model = join(workspace.folder, 'sql', 'gold', 'monthly_churn.sql');
  const before = readFileSync(model, 'utf8');
  writeFileSync(model, `${before}\nthis is no SQL\n`);
  await expect.poll(() => text('/'), patience).toContain('What was saved last does not pass');
  expect(await text('/')).toContain('monthly_churn');
  writeFileSync(model, before);
  await expect.poll(() => text('/'), patience).not.toContain('What was saved last does not pass');
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect((await ended)[1]).toBeNull();
});
