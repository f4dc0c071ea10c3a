// @module-tag heavy
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseError } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { templateNames } from 'create-daybook';
import { defaultSchemas } from '../../src/config/project/project-settings.js';
import { readProject } from '../../src/pipeline/project/read-project.js';
import { describeQueries } from '../../src/row-types/describe-queries.js';
import { parseProjectTypes, type ProjectTypes } from '../../src/row-types/project-types.js';
import { createLinkedProject } from '../create/linked-project.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { daybook } from '../pipeline/daybook-process.js';
import { misfits } from './described-rows.js';
import { asStatement, writtenQueries } from './written-queries.js';

/* What is inferred of a query holds for the rows that it answers with: here for every query that Daybook ships. */

/** Customers for all that the models tell apart, over two years. */
const small = ['--accounts', '150', '--months', '14'];

test.each(templateNames)(
  'the queries of %s answer as their types say',
  { timeout: 60_000 },
  async (template) => {
    const database = await createTestDatabase();
    onTestFinished(() => database.drop());
    const project = await createLinkedProject(template);
    const logs = join(project, 'logs');
    for (const args of [
      ['sample-data', '--output', logs, ...(template === 'customers' ? small : [])],
      ['pipeline', 'run', '--data', logs],
    ]) {
      const { exitCode, stderr } = await daybook(database, project, ...args);
      expect(exitCode, stderr).toBe(0);
    }
    const { models } = await readProject(project, defaultSchemas);
    const types = parseProjectTypes(readFileSync(join(project, 'daybook-env.d.ts'), 'utf8'));
    const texts = [
      // Of the notebooks and the exploration: test/create/typed-queries.test.ts finds those that are missing.
      ...types.queries.keys(),
      ...models.flatMap(({ query, testQueries }) => [
        query.sql,
        ...[...testQueries.values()].map(({ sql }) => sql),
      ]),
    ];
    const client = await database.owner.connect();
    onTestFinished(() => {
      client.release();
    });
    const described = await describeQueries(client, texts, types);
    expect([...described.problems.values()]).toEqual([]);
    expect(described.types.size).toBe(new Set(texts).size);
    const wrong: string[] = [];
    for (const { sql, columns, parameters } of described.types.values()) {
      const { rows } = await client.query<Record<string, unknown>>(
        sql,
        parameters.map(() => null),
      );
      for (const { name, isNullable } of columns) {
        if (!isNullable && rows.some((row) => row[name] === null)) wrong.push(`${name} in ${sql}`);
      }
      for (const row of rows) expect(misfits(columns, row), sql).toEqual([]);
    }
    expect(wrong).toEqual([]);
    if (template === 'customers') await expectWrittenQueriesToFit(database, types);
  },
);

/**
 * What is inferred of the queries in documentation and tests holds, too, as far as the warehouse has what they ask for.
 * Which they are says a rule, and each is counted.
 */
async function expectWrittenQueriesToFit(
  database: TestDatabase,
  types: ProjectTypes,
): Promise<void> {
  const written = await writtenQueries(root, [
    'docs',
    'README.md',
    'test',
    'create-daybook/templates',
  ]);
  const counts = new Map<string, number>();
  const count = (what: string, by = 1) => counts.set(what, (counts.get(what) ?? 0) + by);
  const sqls = new Set<string>();
  for (const [text, kind] of written) {
    const sql = kind === undefined ? asStatement(text) : undefined;
    if (sql === undefined) count(`${kind}`);
    else sqls.add(sql);
  }
  const client = await database.reader.connect();
  onTestFinished(() => {
    client.release();
  });
  const described = await describeQueries(client, sqls, types);
  for (const { sqlstate } of described.problems.values()) count(sqlstate);
  const wrong: string[] = [];
  for (const { sql, columns, parameters } of described.types.values()) {
    await client.query("begin read only; set local statement_timeout = '2s'");
    try {
      // Some make very many rows.
      await client.query(
        `declare rows no scroll cursor for ${sql.replace(/;\s*$/, '')}`,
        parameters.map(() => null),
      );
      const { rows } = await client.query<Record<string, unknown>>('fetch 1000 from rows');
      count('fits');
      count('columns', columns.length);
      for (const { name, isNullable } of columns) {
        if (!isNullable && rows.some((row) => row[name] === null)) wrong.push(`${name} in ${sql}`);
      }
      for (const row of rows) expect(misfits(columns, row), sql).toEqual([]);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      count(`runs into ${error.code}`);
    } finally {
      await client.query('rollback');
    }
  }
  expect(wrong).toEqual([]);
  expect(counts.get('fits')).toBeGreaterThan(200);
  // The others ask for what this warehouse has not, or are mistakes on purpose; none breaks Postgres or takes long.
  const known = /^(?:fits|columns|part|other|volatile|claim|(?:runs into )?(?:0A|22|3F|42)\w{3})$/;
  expect([...counts.keys()].filter((what) => !known.test(what))).toEqual([]);
}
