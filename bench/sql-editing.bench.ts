import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { test } from 'vitest';
import { checkNotebooks } from '../src/commands/notebooks/notebooks-check.js';
import { isMessage } from '../src/jupyter/message.js';
import { formatNotebook } from '../src/nbformat/write-notebook.js';
import { describeByPool } from '../src/row-types/describe-in-warehouse.js';
import { formatProjectTypes } from '../src/row-types/project-types.js';
import { createTestDatabase } from '../test/database.js';
import { startSession } from '../test/kernel/session.js';
import { notebookOf } from '../test/notebook/notebooks.js';
import { spread } from './measure.js';
import { reportTable } from './report.js';

const rounds = 5;
const keys = 60;
const load = "import { query } from 'daybook/pipeline';";
const table = "    'gold.month': {\n      month: string;\n      customers: bigint;\n    };\n";

/** Ten notebooks with ten queries each. */
const notebooks = Array.from({ length: 10 }, (_, notebook) =>
  Array.from(
    { length: 10 },
    (__, index) =>
      `select m.month, sum(m.customers) as n${notebook}, count(*) filter (where m.customers > ${index}) as c
from gold.month as m left join gold.month as o using (month) where m.month > $1 group by m.month`,
  ),
);

test('queries while they are written', async () => {
  const database = await createTestDatabase();
  const root = mkdtempSync(join(tmpdir(), 'daybook-bench-'));
  try {
    await database.owner.query(`create schema if not exists gold;
      create table gold.month (month date not null, customers bigint not null)`);
    const typesFile = join(root, 'daybook-env.d.ts');
    writeFileSync(typesFile, formatProjectTypes(table, ''));
    writeFileSync(join(root, 'daybook.config.ts'), 'export default {};');
    // It says that no package has changed.
    writeFileSync(join(root, 'package-lock.json'), '{}');
    mkdirSync(join(root, 'notebooks'));
    for (const [index, queries] of notebooks.entries()) {
      const cells = queries.map(
        (sql, cell) => `const r${cell} = await query(\`${sql}\`, ['2020-01-01']);`,
      );
      const text = formatNotebook(notebookOf([load, ...cells]));
      writeFileSync(join(root, 'notebooks', `n${index}.ipynb`), text);
    }
    const describe = describeByPool(database.reader);
    const described: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const texts = notebooks.flat().map((sql) => `${sql} limit ${round}`);
      described.push(await timed(() => describe(texts, { tables: new Map() })));
    }
    const options = {
      config: { ...database.config, root, home: join(root, '.daybook') },
      env: process.env,
      signal: new AbortController().signal,
    };
    await checkNotebooks([], { ...options, renew: describe });
    const checked: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      checked.push(await timed(() => checkNotebooks([], options)));
    const { diagnosed, completed } = await type(root, database.readerUrl);
    const row = (name: string, must: string, values: readonly number[]) => {
      const { min, median, max } = spread(values);
      return [
        name,
        must,
        `${Math.round(median)} ms`,
        `${Math.round(min)} to ${Math.round(max)} ms`,
      ];
    };
    await reportTable('sql-editing', {
      title: 'Queries while they are written',
      method:
        'Against a Postgres of the test run on the same machine. A key stroke is one letter more in a query of a notebook with ten; the time is that from the message to the kernel to its answer, with the types of all that the cell uses.',
      columns: ['What', 'Must', 'Median', 'From, to'],
      rows: [
        row('describing 100 new queries', '400 ms', described),
        row(
          '`notebooks check` of ten notebooks with 100 queries, nothing changed',
          '1,000 ms',
          checked,
        ),
        row('diagnostics after a key stroke', '80 ms', diagnosed),
        row('completion in a query', '30 ms', completed),
      ],
    });
  } finally {
    await database.drop();
    rmSync(root, { recursive: true });
  }
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Types a query letter by letter, waiting for each answer. */
async function type(root: string, readerUrl: string) {
  const session = await startSession({
    cwd: join(root, 'notebooks'),
    env: { DAYBOOK_READER_URL: readerUrl },
  });
  const { channels } = session.kernel;
  const comm_id = 'bench';
  const open = { comm_id, target_name: 'daybook.diagnostics', data: {} };
  await channels.send('shell', channels.request('comm_open', open));
  await session.run(load);
  const queries = notebooks[0] ?? [];
  const text = `select m.month, m.customers from gold.month as m where m.customers > 10 and m.month`;
  const [diagnosed, completed]: [number[], number[]] = [[], []];
  for (let key = 0; key < keys; key += 1) {
    const draft = text.slice(0, text.length - keys + key);
    const sources = [load, ...queries.map((sql) => `await query(\`${sql}\`, [null]);`)];
    sources.push(`const [row] = await query(\`${draft}\`);`);
    const cells = sources.map((source, index) => ({ id: String(index), source }));
    const data = { request: key, cells, wanted: [String(sources.length - 1)] };
    const start = performance.now();
    await channels.send('shell', channels.request('comm_msg', { comm_id, data }));
    await session.find((m) => isMessage(m, 'comm_msg') && m.content.data['request'] === key);
    diagnosed.push(performance.now() - start);
    const code = sources.at(-1) ?? '';
    const content = { code, cursor_pos: code.indexOf('`);') };
    completed.push(await timed(() => session.ask('shell', 'complete_request', content)));
  }
  await session.stop();
  // What is asked first loads what it needs.
  return { diagnosed: diagnosed.slice(5), completed: completed.slice(5) };
}
