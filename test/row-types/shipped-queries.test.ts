// @module-tag heavy
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { templateNames } from 'create-daybook';
import { defaultSchemas } from '../../src/config/project-settings.js';
import { readProject } from '../../src/pipeline/project/read-project.js';
import { describeQueries } from '../../src/row-types/describe-queries.js';
import { parseProjectTypes } from '../../src/row-types/project-types.js';
import { createLinkedProject } from '../create/linked-project.js';
import { createTestDatabase } from '../database.js';
import { daybook } from '../pipeline/daybook-process.js';
import { misfits } from './described-rows.js';

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
  },
);
