import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../../src/logger.js';
import { openReader, openWarehouse } from '../../../src/warehouse/warehouse.js';
import { createTestDatabase } from '../../database.js';
import { supportProblem } from '../../../src/warehouse/connect/server-facts.js';

test.each([
  [14, '2026-11-12', '2026-11-13'],
  [15, '2027-11-11', '2027-11-12'],
  [16, '2028-11-09', '2028-11-10'],
  [17, '2029-11-08', '2029-11-09'],
  [18, '2030-11-14', '2030-11-15'],
])('Postgres %s is mended until %s', (major, last, after) => {
  const facts = { number: major * 10_000 + 9, version: `${major}.9` };
  expect(supportProblem(facts, new Date(`${last}T23:59:59Z`))).toBeUndefined();
  const found = supportProblem(facts, new Date(`${after}T00:00:00Z`));
  expect(found?.problem).toContain(`Postgres ${major}.9`);
  expect(found?.problem).toContain(last);
  expect(found?.remedy).toContain('newer major version');
});

test('of versions that are newer than Daybook nothing is said', () => {
  const far = new Date('2999-01-01T00:00:00Z');
  expect(supportProblem({ number: 190_001, version: '19.1' }, far)).toBeUndefined();
});

test('who opens a warehouse is warned of a server that is past its end, and goes on', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const lines: string[] = [];
  const logger = createLogger({ write: (line) => lines.push(line) });
  const today = new Date('2099-01-01T00:00:00Z');
  await (await openWarehouse(database.config, { logger, today })).close();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/warn.*is Postgres 1\d\..*gets no fixes since 20\d\d-11-\d\d/);
  await (await openReader(database.config, { logger, today })).close();
  expect(lines).toHaveLength(2);
});
