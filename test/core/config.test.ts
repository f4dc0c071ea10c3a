import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { ConfigError } from '../../src/errors.js';

const root = resolve('/project');

test('an empty environment gives a complete, frozen configuration', () => {
  const config = parseConfig({}, root);
  expect(config).toStrictEqual({
    root,
    home: resolve(root, '.daybook'),
    databaseUrl: undefined,
    readerUrl: undefined,
    dataDir: resolve(root, 'data'),
    dataDirIsSet: false,
    reportTimeZone: 'America/Toronto',
    reportAsOf: undefined,
    codeVersion: undefined,
    keepRuns: { runs: 1000, days: 365 },
    host: '127.0.0.1',
    port: 8050,
    basePath: '',
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test('folders are taken from the root, blank settings count as unset', () => {
  const config = parseConfig({ DAYBOOK_DATA_DIR: '../logs', DAYBOOK_HOME: ' ', PORT: '0' }, root);
  expect(config.dataDir).toBe(resolve(root, '../logs'));
  expect(config.dataDirIsSet).toBe(true);
  expect(config.home).toBe(resolve(root, '.daybook'));
  expect(config.port).toBe(0);
});

test('all problems are reported at once', () => {
  const parse = () =>
    parseConfig(
      {
        DATABASE_URL: 'mysql://user:secret@host/db',
        DAYBOOK_REPORT_TIMEZONE: 'Canada/Nowhere',
        DAYBOOK_REPORT_AS_OF: '2020-01-01',
        PORT: '80500',
      },
      root,
    );
  expect(parse).toThrow(ConfigError);
  try {
    parse();
  } catch (error) {
    const { problems, exitCode, message } = error as ConfigError;
    expect(problems.map((problem) => problem.split(':')[0])).toStrictEqual([
      'DATABASE_URL',
      'DAYBOOK_REPORT_TIMEZONE',
      'DAYBOOK_REPORT_AS_OF',
      'PORT',
    ]);
    expect(exitCode).toBe(2);
    expect(message).not.toContain('secret');
  }
});

test('a reader without its warehouse is a problem', () => {
  expect(() => parseConfig({ DAYBOOK_READER_URL: 'postgres://reader@host/db' }, root)).toThrow(
    /DAYBOOK_READER_URL: needs DATABASE_URL/,
  );
});
