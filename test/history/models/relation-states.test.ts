import { expect, onTestFinished, test } from 'vitest';
import { relationStates } from '../../../src/history/models/relation-states.js';
import { createTestDatabase } from '../../database.js';

test('a table is known by whole rows, whatever its columns are named', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const client = await database.owner.connect();
  onTestFinished(() => {
    client.release();
  });
  // `entry` and `gold.named` are names that the question might take for the row.
  await client.query('create table gold.named as select 1 as entry, 2 as named, 3 as n');
  const before = await relationStates(client, ['gold.named']);
  await client.query('update gold.named set n = 4');
  expect(await relationStates(client, ['gold.named'])).not.toEqual(before);
  await client.query('update gold.named set n = 3');
  expect(await relationStates(client, ['gold.named'])).toEqual(before);
  // The same rows with another name or type of a column are not what a notebook read.
  await client.query('alter table gold.named rename n to m');
  const renamed = await relationStates(client, ['gold.named']);
  expect(renamed).not.toEqual(before);
  await client.query('alter table gold.named alter m type bigint');
  expect(await relationStates(client, ['gold.named'])).not.toEqual(renamed);
  await client.query('alter table gold.named alter m type int, drop column entry');
  expect(await relationStates(client, ['gold.named'])).not.toEqual(renamed);
});
