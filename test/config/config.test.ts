import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { defaultProject } from '../../src/config/project/project-settings.js';
import { ConfigError } from '../../src/errors.js';

const root = resolve('/project');

test('an empty environment gives a complete, frozen configuration', () => {
  const config = parseConfig({}, root);
  expect(config).toStrictEqual({
    root,
    home: resolve(root, '.daybook'),
    databaseUrl: undefined,
    queryRows: 1_000_000,
    readerUrl: undefined,
    dataDir: resolve(root, 'data'),
    dataDirIsSet: false,
    project: defaultProject,
    reportTimeZone: 'UTC',
    reportAsOf: undefined,
    limits: { maxRejects: undefined, maxRemoval: undefined, maxFutureMs: undefined },
    codeVersion: undefined,
    keepRuns: { runs: 1000, days: 365 },
    keepNotebookRuns: { runs: 100, days: 365 },
    host: '127.0.0.1',
    port: 8050,
    notebookUser: undefined,
    webhook: undefined,
    openLineage: undefined,
    storage: {
      endpoint: undefined,
      region: undefined,
      forcePathStyle: false,
      credentials: undefined,
      profile: undefined,
    },
    basePath: '',
    exposure: {
      allowedHosts: [],
      publicOrigin: undefined,
      trustedProxies: [],
      requestsPerMinute: 1200,
      frameAncestors: [],
    },
    access: {
      signIn: [],
      operators: [],
      notebooks: 'signed-in',
      internals: undefined,
      folder: resolve(root, '.daybook/access'),
      sessionHours: 12,
      auditDays: 90,
      oidc: undefined,
      metricsToken: undefined,
    },
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
        DAYBOOK_WEBHOOK: 'https://me:secret@chat.example/hook',
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
      'DAYBOOK_WEBHOOK',
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

test('settings of access are checked, and what one of them needs is asked for', () => {
  const problemsOf = (env: Record<string, string>) => {
    try {
      parseConfig(env, root);
      return [];
    } catch (error) {
      return (error as ConfigError).problems.map((problem) => problem.split(':')[0]);
    }
  };
  expect(problemsOf({ DAYBOOK_SIGN_IN: 'oidc' })).toStrictEqual([
    'DAYBOOK_OIDC_ISSUER',
    'DAYBOOK_OIDC_CLIENT_ID',
    'DAYBOOK_OIDC_CLIENT_SECRET',
    'DAYBOOK_PUBLIC_ORIGIN',
  ]);
  const wrong = {
    DAYBOOK_SIGN_IN: 'passwort',
    DAYBOOK_PUBLIC_ORIGIN: 'https://reports.example.org/',
    DAYBOOK_ALLOWED_HOSTS: 'reports.example.org:8443',
    DAYBOOK_TRUSTED_PROXIES: 'loopback, 10.0.0.0/40, proxy',
    DAYBOOK_OIDC_ISSUER: 'http://provider.example.org',
    DAYBOOK_FRAME_ANCESTORS: "'self'",
    DAYBOOK_SESSION_HOURS: '0',
    DAYBOOK_METRICS_TOKEN: 'short',
  };
  expect(problemsOf(wrong).sort()).toStrictEqual(Object.keys(wrong).sort());
  const { access, exposure } = parseConfig(
    {
      DAYBOOK_SIGN_IN: 'password',
      DAYBOOK_VISIBILITY: 'public',
      DAYBOOK_DATA_VISIBILITY: 'finance, board',
      DAYBOOK_TRUSTED_PROXIES: 'loopback, 10.0.0.0/8, fd00::/8',
      DAYBOOK_ALLOWED_HOSTS: 'Reports, 10.0.0.1, ::1',
    },
    root,
  );
  expect(access).toMatchObject({
    signIn: ['password'],
    notebooks: 'public',
    internals: ['finance', 'board'],
  });
  expect(exposure.trustedProxies).toStrictEqual(['loopback', '10.0.0.0/8', 'fd00::/8']);
  expect(exposure.allowedHosts).toStrictEqual(['reports', '10.0.0.1', '::1']);
});
