import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../../src/logger.js';
import { asState, withChoiceStates } from '../../../src/notebook/collection/choice-states.js';
import type { NotebookSource } from '../../../src/notebook/collection/notebook-source.js';
import { OptionReader } from '../../../src/notebook/collection/option-reader.js';
import type { PublishedPage } from '../../../src/publication/published-pages.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { notebookOf } from '../notebooks.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const code = `const from: 'a b' | 'x' | 'a/b' = 'x';\nconst to: 'x' | 'y' = 'x';`;
const source = (choices: string[]): NotebookSource => ({
  ...{ file: '/p/notebooks/sales.ipynb', path: 'notebooks/sales.ipynb', slug: 'sales' },
  ...{ variant: '', variantTitle: '', changed: {}, parameters: {}, secrets: [], secretNames: [] },
  content: {
    notebook: notebookOf([{ code, tags: ['parameters'] }], { daybook: { choices } }),
    spec: { name: 'daybook' } as never,
  },
});
const pageOf = (slug: string, parameters: Record<string, string>, choiceOf: string | null) =>
  ({
    ...{ slug, path: 'notebooks/sales.ipynb', title: '', parameters, choiceOf },
    ...{ project: null, runId: null },
  }) satisfies PublishedPage;
const expand = (choices: string[], pages: PublishedPage[] = []) =>
  withChoiceStates([source(choices)], {
    ...{ pages, env: {} },
    readOptions: () => Promise.reject(new Error('nothing is asked of the warehouse')),
  });

test('each combination has a name of its own, and keeps that of the page that it has', async () => {
  const { sources, gone } = await expand(['from', 'to']);
  const slugs = sources.map(({ slug }) => slug);
  expect(slugs).toHaveLength(6);
  expect(new Set(slugs).size).toBe(6);
  expect(slugs[0]).toBe('sales');
  expect(slugs).toContain('sales--y');
  expect(slugs.filter((slug) => /^sales--a-b~[0-9a-f]{8}$/.test(slug))).toHaveLength(2);
  expect(gone).toEqual([]);

  const before = pageOf('sales--a-b', { from: 'a/b' }, null);
  const left = pageOf('sales--old', { from: 'old' }, 'sales');
  const again = await expand(['from'], [before, left]);
  expect(again.gone).toEqual([left]);
  const kept = again.sources.find(({ slug }) => slug === 'sales--a-b');
  expect(kept?.state).toEqual({ of: 'sales', values: { from: 'a/b' } });
  const asked = { ...source(['from']), changed: { from: 'a/b' }, variant: '--a-b' };
  expect(asState(asked, again.sources).state).toEqual(kept?.state);
  expect(asState({ ...asked, changed: { from: 'z' } }, again.sources).state).toBeUndefined();
});

test('a notebook whose choices are wrong fails alone, and its pages stay', async () => {
  const state = pageOf('sales--y', { to: 'y' }, 'sales');
  const { sources, gone } = await expand(['nothing'], [state]);
  expect(gone).toEqual([]);
  expect(sources).toMatchObject([{ content: { failure: { kind: 'parameters' } } }]);
  expect((await expand([], [state])).gone).toEqual([state]);
});

test('values of the warehouse have labels, and are texts, numbers and booleans', async () => {
  await using reader = new OptionReader(database.readerUrl, silentLogger);
  expect(
    await reader.read(`select * from (values ('a', 'Label'), ('b', null), (null, null)) as t`),
  ).toEqual([
    { value: 'a', label: 'Label' },
    { value: 'b', label: 'b' },
    { value: null, label: 'null' },
  ]);
  expect(await reader.read('select 1 union select 2 order by 1')).toMatchObject([
    { value: 1 },
    { value: 2 },
  ]);
  for (const [sql, message] of [
    ['select 1::bigint', /cast it to int or text/],
    ['select array[1]', /cast it to text/],
    ['select nothing', /the query of its values fails/],
    ['delete from publication.notebook', /the query of its values fails/],
  ] as const) {
    await expect(reader.read(sql)).rejects.toMatchObject({
      code: 'PARAMETER_INVALID',
      message: expect.stringMatching(message) as string,
    });
  }
});
