import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPublicationReader } from '../../src/publication/publication-reader.js';
import { publishRun, type NotebookRun } from '../../src/publication/publication-writer.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { addPipelineRun } from '../server/published.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const page = (slug: string) => ({
  ...{ slug, path: `notebooks/${slug}.ipynb`, title: slug, summary: '', position: 0, group: '' },
});
const run = (document: string): NotebookRun => ({
  ...{ status: 'passed', document, error: undefined, kernel: {}, codeVersion: undefined },
  ...{ startedAt: new Date(), finishedAt: new Date() },
});

test('of two runs at once the one that saw newer data is shown, whichever ends first', async () => {
  const { owner } = database;
  const older = { pipelineRunId: await addPipelineRun(owner, 'passed'), dataThrough: null };
  const newer = { pipelineRunId: await addPipelineRun(owner, 'passed'), dataThrough: null };
  const first = await publishRun(owner, page('raced'), run('new'), newer);
  expect(await publishRun(owner, page('raced'), run('old'), older)).toBeUndefined();
  const [shown] = (await createPublicationReader(owner).readPublication()).notebooks;
  expect(shown?.shown?.runId).toBe(String(first));
  // And together, of pages that nobody has published before, too: an older state never comes after a newer one.
  const slugs = Array.from({ length: 20 }, (_, index) => `together_${String(index)}`);
  await Promise.all(
    slugs.flatMap((slug) =>
      [newer, older, newer, older].map((data, index) =>
        publishRun(owner, page(slug), run(String(index)), data),
      ),
    ),
  );
  const { rows } = await owner.query<{ states: bigint[] }>(
    `select array_agg(pipeline_run_id order by run_id) as states from publication.notebook_run
    where slug = any ($1) group by slug`,
    [slugs],
  );
  expect(rows).toHaveLength(slugs.length);
  for (const { states } of rows) {
    expect(states).toEqual([...states].sort((a, b) => Number(a - b)));
  }
});

test('what texts may hold is kept, or replaced where Postgres has no place for it', async () => {
  const odd = 'a\0b\ud800c\udfff\ufffe\u202e';
  const id = await publishRun(
    database.owner,
    {
      ...{ ...page('odd'), title: odd, summary: odd, group: odd, parameters: { [odd]: odd } },
      visibility: [odd],
    },
    {
      ...run(JSON.stringify({ odd })),
      status: 'failed',
      error: { evalue: odd },
      kernel: { name: odd },
      inputs: { [odd]: odd },
      queries: [{ sql: odd }],
      cells: [{ odd }],
    },
    { pipelineRunId: null, dataThrough: null },
  );
  const { rows } = await database.owner.query<{ title: string; document: string }>(
    'select title, document from publication.notebook join publication.notebook_run using (slug) where run_id = $1',
    [id],
  );
  expect(rows[0]?.title).toMatch(/^a\ufffdb.*c.*\ufffe\u202e$/);
  // The document is text of JSON, which spells them: it is whole.
  expect(JSON.parse(rows[0]?.document ?? '')).toEqual({ odd });
});

test.each([0, 1, 524_287, 524_288, 524_289, 1_400_000])(
  'a document of %i bytes and more is read as it was written, whatever stands where its parts meet',
  async (length) => {
    const document = ['', 'a'.repeat(length), '€'.repeat(3), '𝄞'.repeat(3)].join('');
    const slug = `long_${String(length)}`;
    const id = await publishRun(database.owner, page(slug), run(document), {
      ...{ pipelineRunId: null, dataThrough: null },
    });
    const found = await createPublicationReader(database.reader).readRun(slug, String(id));
    expect(Buffer.concat(found?.document ?? []).toString()).toBe(document);
    expect(found?.document.every(({ length: bytes }) => bytes <= 524_288)).toBe(true);
  },
);
