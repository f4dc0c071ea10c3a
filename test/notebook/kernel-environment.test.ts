import { expect, test } from 'vitest';
import { kernelEnvironment } from '../../src/notebook/kernel-environment.js';

const config = { home: '/home', dataDir: '/data' };
const env = {
  PATH: '/bin',
  TZ: 'Asia/Tokyo',
  DATABASE_URL: 'postgres://owner:secret@h/d',
  DAYBOOK_READER_URL: 'postgres://old@h/d',
  DAYBOOK_HOME: './relative',
  PGPASSWORD: 'secret',
  PGUSER: 'owner',
  PGSSLMODE: 'require',
};

test('a kernel has the URL for reading, and nothing of the owner', () => {
  const given = kernelEnvironment(env, config, 'postgres://reader@h/d');
  expect(given).toEqual({
    PATH: '/bin',
    TZ: 'Asia/Tokyo',
    PGSSLMODE: 'require',
    DATABASE_URL: 'postgres://reader@h/d',
    DAYBOOK_READER_URL: 'postgres://reader@h/d',
    DAYBOOK_HOME: '/home',
    DAYBOOK_DATA_DIR: '/data',
  });
  expect(JSON.stringify(given)).not.toContain('secret');
});

test('without a URL it finds the embedded Postgres in DAYBOOK_HOME', () => {
  expect(kernelEnvironment(env, config, undefined)).toEqual({
    PATH: '/bin',
    TZ: 'Asia/Tokyo',
    PGSSLMODE: 'require',
    DAYBOOK_HOME: '/home',
    DAYBOOK_DATA_DIR: '/data',
  });
});
