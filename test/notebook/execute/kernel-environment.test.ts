import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import {
  withheldNames,
  kernelEnvironment,
} from '../../../src/notebook/execute/kernel-environment.js';
import { notebookOf } from '../notebooks.js';

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

const secrets = {
  DAYBOOK_OIDC_CLIENT_SECRET: 'secret',
  DAYBOOK_METRICS_TOKEN: 'secret',
  DAYBOOK_WEBHOOK: 'https://chat.example/secret',
  DAYBOOK_LAB_TOKEN: 'secret',
  PGPASSWORD: 'secret',
  pgpassword: 'secret',
  DATABASE_URL: 'postgres://owner:secret@h/d',
};

test.each(['*', 'DAYBOOK_*,PG*', Object.keys(secrets).join(', ')])(
  'a project that adds %s to the list gives away no secret of its own',
  (added) => {
    const asked = { ...env, ...secrets, DAYBOOK_NOTEBOOK_ENV: added };
    const given = kernelEnvironment(asked, config, 'postgres://reader@h/d', Object.keys(secrets));
    expect(JSON.stringify(given)).not.toContain('secret@');
    for (const [name, value] of Object.entries(secrets)) expect(given[name]).not.toBe(value);
  },
);

test('a kernel has nothing that is not on the list, added by the project, or declared as a secret', () => {
  const asked = {
    ...{ AWS_SECRET_ACCESS_KEY: 'a', API_TOKEN: 'b', MY_ONE: '1', MY_TWO: '2', OTHER: 'o' },
    ...{ lc_all: 'C', https_proxy: 'http://p', NODE_OPTIONS: '--x', DAYBOOK_FUTURE: 'f' },
    DAYBOOK_NOTEBOOK_ENV: 'MY_*, OTHER',
  };
  const given = kernelEnvironment(asked, config, undefined, ['API_TOKEN']);
  expect(Object.keys(given).sort()).toEqual(
    [
      ...['API_TOKEN', 'DAYBOOK_DATA_DIR', 'DAYBOOK_HOME', 'DAYBOOK_NOTEBOOK_ENV', 'MY_ONE'],
      ...['MY_TWO', 'NODE_OPTIONS', 'OTHER', 'https_proxy', 'lc_all'],
    ].sort(),
  );
});

test('what a notebook reads in vain is named', () => {
  const asked = { A: '1', B: '2', C: '3', DAYBOOK_WEBHOOK: 'w', PATH: '/bin' };
  const notebook = notebookOf([
    'process.env.A + process.env["B"] + process.env.PATH + process.env.UNSET',
    'process.env.DAYBOOK_WEBHOOK',
  ]);
  expect(withheldNames(notebook, asked, kernelEnvironment(asked, config, undefined))).toEqual([
    'A',
    'B',
  ]);
});

test('every setting of the configuration is either for kernels or withheld on purpose', () => {
  const files = [
    '../../../src/config/config.ts',
    '../../../src/config/environment/access-config.ts',
  ];
  const text = files.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('');
  const names = [...new Set([...text.matchAll(/'(DAYBOOK_\w+)'/g)].map(([, name = '']) => name))];
  const given = kernelEnvironment(
    Object.fromEntries(names.map((name) => [name, name])),
    config,
    undefined,
  );
  const server =
    /ACCESS|SIGN_IN|VISIBILITY|OIDC|SESSION|AUDIT|TOKEN|WEBHOOK|PUBLIC_ORIGIN|ALLOWED_HOSTS|PROXIES|RATE_LIMIT|FRAME|BASE_PATH|READER_URL|NOTEBOOK_USER|OPERATORS/;
  expect(names.filter((name) => given[name] === undefined && !server.test(name))).toEqual([]);
});
