import { read } from '@e965/xlsx';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { metricBundle } from '../../../../src/display/metric.js';
import { rowsMetricBundle } from '../../../../src/display/metric-rows.js';
import { rowsPlotBundle } from '../../../../src/display/plot-rows.js';
import { plotBundle } from '../../../../src/display/plot.js';
import { tableBundle } from '../../../../src/display/table.js';
import { formatPercent } from '../../../../src/display/wording.js';
import type { Listening } from '../../../../src/http/listen.js';
import { pinRun } from '../../../../src/publication/pinned-runs.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { servePages } from '../../serve-pages.js';
import { code, display, notebookOf, publish } from '../../published.js';

let database: TestDatabase;
let server: Listening;
let runs: string[];

const months = [
  { month: '2019-01-01', churned: 5, exact: '12345678901234567.5' },
  { month: '2019-02-01', churned: 7, exact: null },
];
const cells = (churned: number) => [
  code('const rows = await query()'),
  code('plot(rows)', [
    display(
      plotBundle({
        ...{
          id: 'churn-by-month',
          title: `${churned} left`,
          caption: 'How many.',
          source: 'gold.churn',
        },
        data: [{ type: 'bar', x: ['2019-01-01', '2019-02-01'], y: [5, churned] }],
      }),
    ),
    display(plotBundle({ title: 'Heat', data: [{ type: 'contour', z: [[1, 2]] }] })),
    display(tableBundle(months, { caption: 'By month' })),
    display(
      metricBundle({
        ...{ label: 'Churn rate', value: 0.034, format: formatPercent, period: '2019-02' },
        ...{ target: 0.05, goodDirection: 'down' },
      }),
    ),
    // A hostile document: no `plot` would send such an id, and titles may be anything.
    display({
      'application/vnd.plotly.v1+json': {
        data: [{ type: 'bar', x: ['=1+1'], y: [1] }],
        layout: {
          meta: {
            daybook: {
              id: '../../x"\r\nSet-Cookie: a=b',
              title: '"; filename=evil.exe\r\nX: y 売上',
            },
          },
        },
      },
    }),
  ]),
];
const queries = [
  { sql: 'select 1', tables: ['gold.churn'], rows: 2, milliseconds: 1, cell: 1, parameters: [7] },
  { sql: 'select 2', tables: ['gold.other'], rows: 2, milliseconds: 1, cell: 1 },
];

const filter = ['province', { field: 'day', label: 'Day' }] as const;
const orderRows = [
  { day: '2019-01-31', province: 'Quebec', amount: '0.10' },
  { day: '2019-02-01', province: 'Quebec', amount: '9007199254740993' },
  { day: '2019-02-03', province: null, amount: '5' },
];
const orders = notebookOf([
  code('plot(rows)', [
    display(
      rowsPlotBundle({
        ...{ id: 'revenue', title: 'Revenue', rows: orderRows, filter, mark: 'bar' },
        ...{ x: { field: 'day', bin: 'month' }, y: { sum: 'amount' } },
      }),
    ),
    display(
      rowsMetricBundle({
        id: 'total',
        label: 'Total',
        rows: orderRows,
        filter,
        value: { sum: 'amount' },
      }),
    ),
    display(tableBundle(orderRows, { id: 'all', caption: 'All', filter })),
  ]),
]);

beforeAll(async () => {
  database = await createTestDatabase();
  runs = [];
  for (const churned of [6, 7]) {
    const run = await publish(database.owner, 'churn', notebookOf(cells(churned)), { queries });
    runs.push(String(run));
  }
  await publish(database.owner, 'orders', orders);
  server = await servePages(database.reader, {
    publicOrigin: 'https://reports.example.org',
    basePath: '/daybook',
    retention: { runs: 100, days: 365 },
  });
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/daybook/notebooks/churn${path}`, {
    // Otherwise fetch asks for a fresh answer when it is told what is known.
    ...{ headers, redirect: 'manual', cache: 'force-cache' },
  });
const json = async (path: string) => (await (await get(path)).json()) as Record<string, unknown>;

test('files of a figure of rows have those that the address chooses, and say which', async () => {
  const folder = `${server.url}/daybook/notebooks/orders/figures`;
  const answer = async (path: string) =>
    (await (await fetch(`${folder}/${path}`)).json()) as Record<string, unknown>;
  expect(await answer('revenue.json?filter.province=Quebec')).toMatchObject({
    chosen: 'Province: Quebec · 2 of 3 rows',
    rows: [
      ['2019-01-01', 0.1],
      ['2019-02-01', '9007199254740993'],
    ],
  });
  expect(await answer('revenue.json?filter.province=Quebec&filter.day=2019-02-01..')).toMatchObject(
    {
      rows: [['2019-02-01', '9007199254740993']],
    },
  );
  expect(await answer('total.json?filter.province=~')).toMatchObject({
    chosen: 'Province: (none) · 1 of 3 rows',
    metric: { number: 5 },
  });
  expect(await answer('all.json?filter.day=last-7-days')).toHaveProperty('rows.length', 3);
  expect(await answer('all.json?filter.province=Quebec')).toHaveProperty('rows.length', 2);
  for (const nothing of [
    '',
    '?filter.other=1',
    '?filter.day=x',
    `?filter.province=${'x'.repeat(5000)}`,
  ]) {
    expect(await answer(`revenue.json${nothing}`)).not.toHaveProperty('chosen');
  }
  const workbook = await (
    await fetch(`${folder}/revenue.xlsx?filter.province=Quebec`)
  ).arrayBuffer();
  expect(JSON.stringify(read(workbook).Sheets)).toContain('Province: Quebec · 2 of 3 rows');
  const picture = await (await fetch(`${folder}/revenue.svg?filter.province=Quebec`)).text();
  expect(picture).toContain('Revenue (Province: Quebec · 2 of 3 rows)');
});

test('the newest figure as JSON: data with types, words, run, SQL, and its addresses', async () => {
  const [, run = ''] = runs;
  const folder = 'https://reports.example.org/daybook/notebooks/churn';
  expect(await json('/figures/churn-by-month.json')).toMatchObject({
    ...{ figure: 'churn-by-month', kind: 'chart', title: '7 left', caption: 'How many.' },
    ...{ source: 'gold.churn', notebook: 'churn', run, codeVersion: 'abc1234' },
    timeZone: 'America/Toronto',
    address: `${folder}/runs/${run}/figures/churn-by-month.json`,
    newest: `${folder}/figures/churn-by-month.json`,
    columns: [
      { label: 'Date', type: 'date' },
      { label: 'y', type: 'number' },
    ],
    rows: [
      ['2019-01-01', 5],
      ['2019-02-01', 7],
    ],
    queries: [{ sql: 'select 1', parameters: ['7'], tables: ['gold.churn'], rows: 2 }],
  });
  const before = await json(`/runs/${runs[0] ?? ''}/figures/churn-by-month.json`);
  expect(before['rows']).toEqual([
    ['2019-01-01', 5],
    ['2019-02-01', 6],
  ]);
});

test('files and pages of a run say until when their addresses hold', async () => {
  const [first = ''] = runs;
  const held = async () => (await json(`/runs/${first}/figures/churn-by-month.json`))['held'];
  expect(await held()).toMatchObject({ isPinned: false, newerRuns: 100 });
  expect(await (await get(`/runs/${first}`)).text()).toMatch(
    /The addresses of this run hold through [^,]+, or until 100 runs are newer/,
  );
  await pinRun(database.owner, first, undefined, 'UTC');
  // The state of the publication is read anew once a second.
  await expect.poll(held).toEqual({ until: null, isPinned: true, newerRuns: null });
  expect(await (await get(`/runs/${first}`)).text()).toContain(
    'This run is pinned: its addresses hold for good.',
  );
  const current = await (await get('')).text();
  expect(current).toContain('Passed, pinned');
  expect(current).not.toContain('addresses of this run');
});

test('a table and a card as JSON: all digits, and the number behind the text', async () => {
  expect(await json('/figures/by-month.json')).toMatchObject({
    kind: 'table',
    title: 'By month',
    rows: [
      ['2019-01-01', 5, '12345678901234567.5'],
      ['2019-02-01', 7, null],
    ],
  });
  expect(await json('/figures/churn-rate.json')).toMatchObject({
    ...{ kind: 'metric', title: 'Churn rate', rows: [['Churn rate', 0.034, '2019-02', 0.05]] },
    metric: { value: '3.4\u00a0%', number: 0.034, target: { number: 0.05 }, goodDirection: 'down' },
  });
});

test('CSV, workbook and picture, each with its type, its name and no more rights than it needs', async () => {
  const csv = await get('/figures/by-month.csv');
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(csv.headers.get('content-disposition')).toBe('attachment; filename="by-month.csv"');
  expect(await csv.text()).toContain('2019-01-01,5,12345678901234567.5\r\n');
  const xlsx = await get('/figures/by-month.xlsx');
  const book = read(Buffer.from(await xlsx.arrayBuffer()));
  expect(book.Sheets['Data']?.['B2']).toMatchObject({ t: 'n', v: 5 });
  expect(JSON.stringify(book.Sheets['About'])).toContain('select 2');
  const svg = await get('/figures/churn-by-month.svg');
  expect(svg.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
  expect(svg.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/]{43}=' 'sha256-[\w+/]{43}='; frame-ancestors 'none'/,
  );
  expect(svg.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await svg.text()).toMatch(/^<svg /);
});

test('what a client has already is not sent again', async () => {
  for (const form of ['csv', 'xlsx', 'json', 'svg']) {
    const path = `/figures/churn-by-month.${form}`;
    const tag = (await get(path)).headers.get('etag') ?? '';
    expect(tag).not.toBe('');
    expect([form, (await get(path, { 'If-None-Match': tag })).status]).toEqual([form, 304]);
  }
});

test('a form that a figure has not, and a figure that is not there, are said in a sentence', async () => {
  for (const [path, sentence] of [
    ['/figures/heat.svg', 'The figure heat is of a kind that has no picture without script.\n'],
    [
      '/figures/by-month.svg',
      'The figure by-month is of a kind that has no picture without script.\n',
    ],
    [
      '/figures/nothing.csv',
      `Run ${runs[1] ?? ''} of this notebook has no figure "nothing". It has: churn-by-month, heat, by-month, churn-rate, `,
    ],
    [
      `/figures/${encodeURIComponent('<script>\r\nX: y')}.json`,
      'has no figure "<script>\\r\\nX: y"',
    ],
  ] as const) {
    const response = await get(path);
    expect([path, response.status, response.headers.get('content-type')]).toEqual([
      ...[path, 404, 'text/plain; charset=utf-8'],
    ]);
    expect(await response.text()).toContain(sentence);
  }
});

test('numbers from before lead to names, below any path', async () => {
  for (const [path, location] of [
    [`/runs/${runs[0] ?? ''}/figures/1.csv`, 'churn-by-month.csv'],
    ['/figures/2.json', 'heat.json'],
  ] as const) {
    const response = await get(path);
    expect([response.status, response.headers.get('location')]).toEqual([308, location]);
  }
});

test('hostile ids and titles are names like others, in addresses, headers and files', async () => {
  const page = await (await get('')).text();
  const name = 'filename-evil-exe-x-y-売上';
  expect(page).toContain(`/figures/${encodeURIComponent(name)}.csv`);
  const response = await get(`/figures/${encodeURIComponent(name)}.csv`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-disposition')).toBe(
    `attachment; filename="filename-evil-exe-x-y-__.csv"; filename*=UTF-8''${encodeURIComponent(name)}.csv`,
  );
  expect(response.headers.get('set-cookie')).toBeNull();
  expect(await response.text()).toContain("'=1+1,1");
  for (const path of ['/figures/..%2f..%2fpackage.json', '/figures/%00.csv', '/figures/..csv']) {
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  }
});

test('the page leads to the files of charts, tables and cards, without script', async () => {
  const page = await (await get('')).text();
  const folder = `/daybook/notebooks/churn/runs/${runs[1] ?? ''}/figures`;
  for (const file of [
    'churn-by-month.csv',
    'churn-by-month.svg',
    'by-month.xlsx',
    'churn-rate.json',
  ]) {
    expect(page).toContain(`href="${folder}/${file}"`);
  }
  expect(page).not.toContain(`${folder}/heat.svg`);
});
