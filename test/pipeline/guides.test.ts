// @module-tag heavy
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createTestDatabase, root as project, type TestDatabase } from '../database.js';
import { event, pipelineWorkspace } from './pipeline-workspace.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** The blocks of code of a guide, by their language. */
function blocksOf(guide: string): { language: string; text: string }[] {
  const text = readFileSync(join(project, 'docs', guide), 'utf8');
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, language = '', block = '']) => ({
    language,
    text: block,
  }));
}

test('docs/sources.md: its declaration loads what it says, and its mistake has its message', async () => {
  const [declaration = ''] = blocksOf('sources.md')
    .filter(({ language }) => language === 'yaml')
    .map(({ text }) => text);
  const { run, write } = pipelineWorkspace(
    database,
    {
      'sql/sources/shop_order.yaml': declaration,
      'data/orders-1.csv': [
        'id,Placed at,amount,state,note',
        '1,31.03.2026 01:59:59,12.50,open,"a, b"',
        '2,25.10.2026 02:30:00,,lost,',
        '3,29.03.2026 02:30:00,1,open,',
        'x,31.03.2026 12:00:00,1,open,',
        ',31.03.2026 12:00:00,1,open,',
        '',
      ].join('\n'),
    },
    { maxRejects: { percent: 60 } },
  );
  expect(await run()).toMatchObject({
    status: 'passed',
    lines: { read: 5, loaded: 2, rejected: 3 },
    // The clocks skip that hour.
    rejects: { invalid_time: 1, invalid_type: 1, missing_field: 1 },
    drift: [{ source: 'shop_order', kind: 'value', name: 'state', detail: 'lost' }],
    dataThrough: '2026-10-25T00:30:00Z',
  });
  const { rows } = await database.owner.query<object>(
    `select id, placed_at, amount, state, payload, line_number::int as line,
      obj_description('bronze.shop_order'::regclass) as comment
    from bronze.shop_order order by id`,
  );
  const comment = 'Each order of the shop, once';
  expect(rows).toEqual([
    {
      ...{ id: 1n, placed_at: '2026-03-30T23:59:59Z', amount: '12.50', state: 'open' },
      ...{ payload: { note: 'a, b' }, line: 2, comment },
    },
    {
      ...{ id: 2n, placed_at: '2026-10-25T00:30:00Z', amount: null, state: 'lost' },
      ...{ payload: { note: null }, line: 3, comment },
    },
  ]);

  const mistake = blocksOf('sources.md').find(({ text }) => text.includes('SOURCE_INVALID'));
  const [, where, message] = /^(\S+): (.*) \[SOURCE_INVALID\]$/m.exec(mistake?.text ?? '') ?? [];
  write('sql/sources/shop_order.yaml', declaration.replace('%d.%m.%Y', '%Q.%m.%Y'));
  await expect(run()).rejects.toMatchObject({ code: 'SOURCE_INVALID', where, message });
});

test('docs/models.md: its model is built, its slices are those of the project, its query answers', async () => {
  const blocks = blocksOf('models.md');
  const [example = '', history = ''] = blocks
    .filter(({ language }) => language === 'sql')
    .map(({ text }) => text);
  const { root, run } = pipelineWorkspace(database, {
    'data/a.log': event(1, '2019-01-05T10:00:00-05:00'),
    'sql/gold/first_login.sql': example,
  });
  for (const schema of ['bronze', 'silver']) {
    cpSync(join(project, 'sql', schema), join(root, 'sql', schema), { recursive: true });
  }
  const report = await run();
  expect(report.models.filter(({ status }) => status === 'failed')).toEqual([]);
  expect(report.status).toBe('passed');
  const { rows } = await database.reader.query<object>(history.replace('= 7', '= 1'));
  expect(rows.length).toBeGreaterThan(5);

  const [slices] = blocks.filter(({ language }) => language === 'yaml').map(({ text }) => text);
  const file = readFileSync(join(project, 'sql/silver/login_month.sql'), 'utf8');
  const [, header = ''] = /\/\*([\s\S]*?)\*\//.exec(file) ?? [];
  const { incremental } = parse(header) as Record<string, unknown>;
  expect(parse(slices ?? '')).toEqual({ incremental });
});
