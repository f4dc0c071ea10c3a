import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMigrations } from '../../../src/warehouse/schema/migrate.js';
import { root } from '../../database.js';

/**
 * Warehouses remember the checksum of each migration that was applied to them, and refuse others. What was
 * released never changes: a change is a new migration with the next number.
 */
test('migrations stay as they were released', async () => {
  const migrations = await readMigrations(join(root, 'src/warehouse/migrations'));
  const listed = migrations.map(({ name, checksum }) => `${checksum}  ${name}\n`).join('');
  await expect(listed).toMatchFileSnapshot('../../output/migration-checksums.txt');
});
