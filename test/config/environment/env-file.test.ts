import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withEnvFile } from '../../../src/config/environment/env-file.js';
import { ConfigError } from '../../../src/errors.js';
import { readerConfig, workspaceConfig } from '../../../src/config/workspace-config.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'daybook-env-'));
  mkdirSync(join(root, 'sql'));
  mkdirSync(join(root, 'notebooks'));
  writeFileSync(join(root, 'package.json'), '{}');
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

const write = (text: string) => {
  writeFileSync(join(root, '.env'), text);
};

test('settings of .env hold where the environment has none', () => {
  write(
    '\uFEFFPORT=8123 # the port\nexport DAYBOOK_HOME="a place"\n\n# HOST=no\nSALES_KEY=\'x y\'\n',
  );
  expect(withEnvFile({ PORT: '9000' }, root)).toEqual({
    PORT: '9000',
    DAYBOOK_HOME: 'a place',
    SALES_KEY: 'x y',
  });
});

test('a notebook in a folder of the project finds them, too', async () => {
  write(
    'DAYBOOK_REPORT_TIMEZONE=Europe/Berlin\nDATABASE_URL=postgres://owner:secret@warehouse/db\n',
  );
  const folder = join(root, 'notebooks');
  expect(await workspaceConfig({}, folder)).toMatchObject({
    reportTimeZone: 'Europe/Berlin',
    databaseUrl: 'postgres://owner:secret@warehouse/db',
  });
  expect(readerConfig({}, folder).databaseUrl).toBe('postgres://owner:secret@warehouse/db');
});

test("a kernel that was given the reader's URL never takes the owner's from .env", () => {
  write('DATABASE_URL=postgres://owner:secret@warehouse/db\n');
  const reader = 'postgres://reader:other@warehouse/db';
  expect(readerConfig({ DAYBOOK_READER_URL: reader }, root).databaseUrl).toBe(reader);
});

test('without the file nothing changes; one that cannot be read is named', () => {
  rmSync(join(root, '.env'));
  const env = { PORT: '1' };
  expect(withEnvFile(env, root)).toBe(env);
  mkdirSync(join(root, '.env'));
  expect(() => withEnvFile(env, root)).toThrow(ConfigError);
  rmSync(join(root, '.env'), { recursive: true });
});
