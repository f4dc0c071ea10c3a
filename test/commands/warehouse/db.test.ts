// @module-tag heavy
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dbStart, dbStatus, dbStop, dbUrl } from '../../../src/commands/warehouse/db.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { ask } from '../../warehouse/home.js';
import { runCommand } from '../run-command.js';

// How the commands treat the embedded Postgres is in test/warehouse/embedded.
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

describe('daybook db, with DATABASE_URL', () => {
  it('start says that there is nothing to start', async () => {
    await expect(runCommand(dbStart, db.config)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('DATABASE_URL is set') as string,
    });
  });

  it('stop stops only what is embedded', async () => {
    expect(await runCommand(dbStop, db.config)).toMatchObject({
      exitCode: 0,
      stdout: 'not running\n',
    });
    expect(await ask(db.ownerUrl, 'select 1')).toBe(1);
  });

  it('status shows server and database, and never a password', async () => {
    const { stdout } = await runCommand(dbStatus, db.config);
    expect(stdout).toMatch(
      /^kind +external\nstate +ready\nhost +127\.0\.0\.1:\d+\ndatabase +test_/,
    );
    expect(stdout).not.toContain(new URL(db.ownerUrl).password);
  });

  it('status says why the server cannot be reached, as JSON too', async () => {
    const config = {
      ...db.config,
      databaseUrl: 'postgres://me:geheim@127.0.0.1:1/x',
      readerUrl: undefined,
    };
    const { exitCode, stdout } = await runCommand(dbStatus, config, { values: { json: true } });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'external',
      state: 'unreachable',
      host: '127.0.0.1:1',
      note: expect.stringContaining('ECONNREFUSED') as string,
    });
    expect(stdout).not.toContain('geheim');
  });

  it('url prints addresses that work', async () => {
    const owner = (await runCommand(dbUrl, db.config)).stdout;
    expect(owner).toBe(`${db.ownerUrl}\n`);
    const reader = (await runCommand(dbUrl, db.config, { values: { reader: true } })).stdout;
    expect(await ask(reader.trim(), 'select current_user')).toBe('daybook_reader');
    expect(await ask(reader.trim(), 'show transaction_read_only')).toBe('on');
  });
});
