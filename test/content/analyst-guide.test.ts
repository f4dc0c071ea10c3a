import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import * as display from '../../src/display/index.js';
import { parseModel } from '../../src/pipeline/project/parse-model.js';
import { root } from '../database.js';

const guide = readFileSync(join(root, 'docs/analyst.md'), 'utf8');

test('the model of the guide is one', async () => {
  const blocks = [...guide.matchAll(/```sql\n([^]*?)```/g)].map(([, block = '']) => block);
  const sql = blocks.find((block) => !block.startsWith('%%sql')) ?? '';
  const parsed = await parseModel({ schema: 'gold', name: 'monthly_login' }, 'guide.sql', sql);
  expect(parsed).not.toHaveProperty('problems');
});

test('the calls of the guide give what it says', () => {
  const rows = [...guide.matchAll(/^\| (`format[^|]*) \| ([^|]*) \|$/gm)];
  expect(rows.length).toBeGreaterThanOrEqual(5);
  for (const [, calls = '', results = ''] of rows) {
    const given = [...calls.matchAll(/`([^`]*)`/g)].map(([, call = '']) =>
      String(runInNewContext(call, display)).replaceAll('\u00a0', ' '),
    );
    expect(given).toEqual(results.trim().split(' · '));
  }
});
