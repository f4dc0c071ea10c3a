// @module-tag heavy
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineMigrations } from '../../src/warehouse/schema/migrate.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { daybook, projectFolder } from '../pipeline/daybook-process.js';
import { temporaryFolder } from '../temporary-folder.js';

const newest = readdirSync(engineMigrations).sort().at(-1)!;

describe('a warehouse that another version of Daybook has migrated', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  /** The findings of `doctor` on the migrations. */
  async function diagnose(folder: string) {
    const { stdout, exitCode } = await daybook(database, folder, 'doctor', '--json');
    const findings = JSON.parse(stdout) as { name: string; ok: boolean; detail: string }[];
    return { ...findings.find(({ name }) => name === 'migrations'), exitCode };
  }

  it('is not mentioned when it is of this version', async () => {
    const folder = projectFolder({});
    expect(await daybook(database, folder, 'query', 'select 1 as one', '--format', 'csv')).toEqual({
      exitCode: 0,
      stdout: 'one\r\n1\r\n',
      stderr: '',
    });
    expect(await diagnose(folder)).toMatchObject({ ok: true });
  });

  it('is read with a warning when that was newer, and not written', async () => {
    await database.owner.query(
      `insert into ops.migration (number, name, checksum) values (999999, '999999_later.sql', '')`,
    );
    await database.owner.query(`insert into ops.engine_version (version) values ('9.1.0')`);
    const folder = projectFolder({ 'data/a.log': '' });
    const warning =
      'Migrations: 999999_later.sql was applied to this warehouse by Daybook 9.1.0; this is ';
    for (const command of [
      ['query', 'select 1'],
      ['rejects', 'list'],
      ['pipeline', 'runs'],
      ['pipeline', 'run', '--dry-run'],
    ]) {
      const { stderr } = await daybook(database, folder, ...command);
      expect(stderr).toContain(warning);
    }
    expect(await diagnose(folder)).toMatchObject({
      ok: false,
      detail: expect.stringContaining(warning) as string,
      mend: expect.stringContaining('npm install daybook@9.1.0') as string,
      exitCode: 1,
    });
    expect(await daybook(database, folder, 'pipeline', 'run')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('[MIGRATION_INVALID]') as string,
    });
  });

  it('is read with a warning when that was older, until the pipeline runs', async () => {
    await database.owner.query('delete from ops.migration where name = $1', [newest]);
    const folder = projectFolder({});
    const { stdout, stderr } = await daybook(
      database,
      folder,
      'query',
      'select 1',
      '--format',
      'csv',
    );
    expect(stdout).toContain('1');
    expect(stderr).toContain(`of an older Daybook: ${newest} is still to be applied`);
    expect(stderr).toContain('`daybook pipeline run` applies what is missing');
    expect(await diagnose(folder)).toMatchObject({ ok: false });
  });

  it('is not mentioned where nothing tells the version', async () => {
    const folder = projectFolder({});
    await database.owner.query('drop table ops.migration');
    expect((await daybook(database, folder, 'query', 'select 1')).stderr).toBe('');
  });
});

describe("the engine's tables", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
    const schemas = ['bronze', 'silver', 'gold', 'ops', 'publication'];
    await database.owner.query(`drop schema ${schemas.join(', ')} cascade`);
  });
  afterEach(() => database.drop());

  it('are made by a run in a project that has nothing but its own files', async () => {
    const folder = projectFolder({ 'data/a.log': '' });
    expect(readdirSync(join(folder, 'sql'))).toEqual(['sources']);
    expect(await daybook(database, folder, 'pipeline', 'run')).toMatchObject({ exitCode: 0 });
    const { rows } = await database.owner.query<{ name: string }>(
      'select name from ops.migration order by number',
    );
    expect(rows.map(({ name }) => name)).toEqual(readdirSync(engineMigrations).sort());
  });

  it('are not looked for in an empty folder', async () => {
    const folder = temporaryFolder({ 'package.json': '{}' });
    const run = await daybook(database, folder, 'pipeline', 'run');
    expect(run).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('sql/sources declares no source yet') as string,
    });
    expect(run.stderr).not.toContain('ENOENT');
  });
});
