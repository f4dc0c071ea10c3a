import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  lastVersionChange,
  recordEngineVersion,
  versionOfMigration,
} from '../../../src/warehouse/schema/engine-version.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase();
  await db.owner.query('truncate ops.engine_version');
});
afterEach(() => db.drop());

const apply = (number: number) =>
  db.owner.query('insert into ops.migration (number, name, checksum) values ($1, $2, $3)', [
    ...[number, `00${number}_x.sql`, ''],
  ]);

it('says what a version has changed, as often as one follows another', async () => {
  expect(await lastVersionChange(db.owner)).toBeUndefined();
  await recordEngineVersion(db.owner, '0.2.0');
  await recordEngineVersion(db.owner, '0.2.0');
  const since = expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string;
  expect(await lastVersionChange(db.owner)).toEqual({
    ...{ version: '0.2.0', before: undefined, migrations: [], since },
  });
  await apply(9001);
  await apply(9002);
  await recordEngineVersion(db.owner, '0.3.0');
  expect(await lastVersionChange(db.reader)).toMatchObject({
    ...{ version: '0.3.0', before: '0.2.0', migrations: ['009001_x.sql', '009002_x.sql'] },
  });
  await recordEngineVersion(db.owner, '0.2.0');
  expect(await lastVersionChange(db.owner)).toMatchObject({
    ...{ version: '0.2.0', before: '0.3.0', migrations: [] },
  });
});

it('says that a version came before the first that is known', async () => {
  await db.owner.query('insert into ops.engine_version (version) values (null)');
  await recordEngineVersion(db.owner, '0.2.0');
  expect(await lastVersionChange(db.owner)).toMatchObject({ version: '0.2.0', before: null });
});

it('names the version of a migration: the first that wrote after it, or the last of all', async () => {
  await apply(9001);
  expect(await versionOfMigration(db.owner, 9001)).toBeUndefined();
  for (const version of ['0.3.0', '0.4.0']) await recordEngineVersion(db.owner, version);
  await apply(9002);
  expect(await versionOfMigration(db.reader, 9001)).toBe('0.3.0');
  expect(await versionOfMigration(db.reader, 9002)).toBe('0.4.0');
  await db.owner.query('drop table ops.engine_version');
  expect(await versionOfMigration(db.owner, 9001)).toBeUndefined();
  expect(await lastVersionChange(db.owner)).toBeUndefined();
});
