import { expect, test } from 'vitest';
import type { DashboardNotebook, RunSummary } from '../../../src/publication/publication.js';
import { homeDocument } from '../../../src/server/site/notebooks/home-document.js';
import type { PageFrame } from '../../../src/server/parts/layout.js';
import { notebookDocument } from '../../../src/server/site/notebooks/notebook-document.js';
import { formatDay, formatInstant } from '../../../src/server/parts/time.js';
import { allPieces } from '../../../src/server/rendering/pieces.js';
import {
  renderNotebook,
  type NotebookJob,
} from '../../../src/server/rendering/rendered-notebook.js';
import { churnNotebook } from '../published.js';

const run: RunSummary = {
  runId: '12',
  status: 'passed',
  error: undefined,
  codeVersion: 'abc1234',
  pipelineRunId: '3',
  dataThrough: '2020-01-01T04:59:59.000Z',
  timeZone: 'America/Toronto',
  startedAt: '2026-11-22T12:00:00.000Z',
  finishedAt: '2026-11-22T12:00:04.100Z',
};

const notebook: DashboardNotebook = {
  slug: 'customer-churn',
  title: 'Customer churn',
  summary: 'How many customers leave each month.',
  group: 'Customers',
  shown: run,
  latest: run,
  newerPipelineRunId: undefined,
};

const failed: DashboardNotebook = {
  ...notebook,
  slug: 'a b/<c>',
  title: 'Plans & <b>prices</b>',
  group: '',
  latest: {
    ...run,
    runId: '13',
    status: 'failed',
    error: { cell: 5, line: 3, column: 7, ename: 'TypeError', evalue: '<img src=x>\nsecond line' },
  },
};

const frame: PageFrame = {
  resources: { head: [], scripts: [] },
  notebooks: [notebook, failed],
  path: '/notebooks/customer-churn',
};

/** A document with a line for each element, so that a change of a page is a readable difference. */
function readable(document: string): string {
  return `${document.replace(/></g, '>\n<')}\n`;
}

test('the page of a notebook', async () => {
  const queries = [
    {
      sql: '\n  select month\n  from gold.monthly_churn\n',
      tables: ['gold.monthly_churn'],
      rows: 12,
      milliseconds: 5,
      cell: 2,
    },
  ];
  const job: NotebookJob = {
    kind: 'notebook',
    ...{ document: [Buffer.from(churnNotebook)], name: 'customer-churn', slug: 'customer-churn' },
    ...{ runId: '12', slugs: [], schemas: [], queries, hasEmbeds: false },
  };
  const page = await renderNotebook(job, allPieces);
  const view = { notebook, run, page, runs: [run], namesRun: false, showsCode: false };
  await expect(readable(notebookDocument(view, frame, 'America/Toronto'))).toMatchFileSnapshot(
    '../../output/notebook-page.html',
  );
});

test('the home page', async () => {
  const publication = { notebooks: [notebook, failed], pipeline: undefined };
  await expect(
    readable(homeDocument(publication, new Map(), { ...frame, path: '/' }, 'America/Toronto')),
  ).toMatchFileSnapshot('../../output/home-page.html');
});

test('times are of the report’s zone, whatever the zone of the server', () => {
  expect(formatDay('2020-01-01T04:59:59Z', 'America/Toronto')).toBe('31 Dec 2019');
  expect(formatDay('2020-01-01T05:00:00Z', 'America/Toronto')).toBe('1 Jan 2020');
  expect(formatInstant('2026-07-01T00:05:00Z', 'America/Toronto')).toBe('30 Jun 2026, 20:05 EDT');
  expect(formatInstant('2026-07-01T00:05:00Z', 'UTC')).toBe('1 Jul 2026, 00:05 UTC');
});
