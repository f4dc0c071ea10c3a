// @module-tag heavy
import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { root } from '../database.js';
import { asRoot } from '../warehouse/home.js';
import { requireFrontEnd } from '../lab/front-end.js';
import { until } from '../until.js';
import { installProject, type Ended, type InstalledProject } from './installed-project.js';
import { startTsserver } from './tsserver.js';

const notebook = (name: string, ...cells: string[]) =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name, display_name: 'TypeScript', language: 'typescript' } },
    cells: cells.map((source, index) => ({
      ...{ id: `c${index}`, cell_type: 'code', metadata: {}, execution_count: null, outputs: [] },
      source,
    })),
  });

/** What a team that begins has: one source, one model, one notebook. */
const files = {
  'package.json': JSON.stringify({ name: 'kaeufe', private: true, type: 'module' }),
  'daybook.config.ts':
    "import { defineConfig } from 'daybook/config';\nexport default defineConfig({ title: 'Käufe', report: { timeZone: 'Europe/Berlin' } });\n",
  'sql/sources/purchase.yaml': `description: Each purchase, once
files: ['purchases*.csv']
format: csv
columns:
  bought_at: { type: timestamptz, required: true }
  amount: { type: integer, required: true }
event_time: bought_at
`,
  'sql/gold/purchases_by_day.sql': `/*
description: Purchases of each day.
columns:
  day: { type: date, description: The day., tests: [not_null, unique] }
  amount: { type: bigint, description: Sum of the amounts. }
*/
select (bought_at at time zone 'Europe/Berlin')::date as day, sum(amount) as amount
from bronze.purchase
group by 1
`,
  'data/purchases.csv': 'bought_at,amount\n2026-01-01T10:00:00Z,3\n2026-01-02T10:00:00Z,4\n',
  'notebooks/purchases.ipynb': notebook(
    'daybook',
    "import { table } from 'daybook/pipeline';\nimport { markdown } from 'daybook/display';\nconst rows = await table('gold.purchases_by_day');",
    'markdown(`${rows.length} days of purchases`);',
  ),
};

let project: InstalledProject;
beforeAll(async () => {
  project = await installProject(files);
}, 600_000);
afterAll(() => project.remove());

function passes({ code, stdout, stderr }: Ended): void {
  expect(code, `${stdout}${stderr}`).toBe(0);
}

const cache = () => join(project.folder, '../home/.cache/daybook');

/** Bytes of a folder with all that is in it. */
function size(folder: string): number {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true });
  return paths
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

test('the tarball holds what runs, and names no folder of this machine', async () => {
  const { stdout } = await promisify(execFile)('tar', ['-tzf', project.tarball], {
    maxBuffer: 1e8,
  });
  const paths = stdout
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));
  expect(paths).toEqual(
    expect.arrayContaining([
      ...['LICENSE', 'README.md', 'package.json', 'bin/daybook.js', 'lab/package-lock.json'],
      ...['dist/command-line/THIRD-PARTY-NOTICES.txt', 'dist/server/assets/base.css'],
      ...['dist/server/client/page.js', 'dist/warehouse/migrations/000001_schemas.sql'],
    ]),
  );
  const kinds =
    /^(LICENSE|README\.md|package\.json|bin\/daybook\.js|(dist\/.*\.(c?js|d\.c?ts|sql|css|txt))|(lab\/.*\.(js|json|ts|css|svg)))$/;
  expect(paths.filter((path) => !kinds.test(path))).toEqual([]);
  const installed = join(project.folder, 'node_modules/daybook');
  const naming = paths.filter((path) => readFileSync(join(installed, path), 'utf8').includes(root));
  expect(naming).toEqual([]);
});

test('the tarball and the installation are small', () => {
  expect(statSync(project.tarball).size).toBeLessThan(3e6);
  expect(size(join(project.folder, 'node_modules'))).toBeLessThan(210e6);
  // Nobody asked for them.
  expect(existsSync(join(project.folder, 'node_modules/danfojs-node'))).toBe(false);
  expect(existsSync(join(project.folder, 'node_modules/tslab'))).toBe(false);
});

test('npx finds the command; doctor names nothing of a clone', async () => {
  const help = await project.run('npx', ['--no', 'daybook', 'help']);
  passes(help);
  expect(help.stdout).toContain('notebooks run');
  const { stdout } = await project.daybook(['doctor']);
  expect(stdout).toContain('Node.js');
  expect(stdout).not.toMatch(/npm run build|clone|src\//);
});

test('from logs to published pages, without and with the compilers’ snapshot', async () => {
  passes(await project.daybook(['up', '--once']));
  // A process of its own has made it meanwhile, or does.
  await until(() => snapshots().length === 1);
  const made = join(cache(), snapshots()[0]!);
  expect(statSync(cache()).mode & 0o077).toBe(0);
  const again = () => project.daybook(['notebooks', 'run', '--no-cache']);
  passes(await again());
  // Broken, it costs only time; the next start finds none, and has it made anew.
  truncateSync(made, 20_000_000);
  passes(await again());
  passes(await again());
  await until(() => existsSync(made) && statSync(made).size > 30_000_000);
  passes(await project.daybook(['notebooks', 'run', '--no-cache'], { XDG_CACHE_HOME: '/proc' }));

  passes(await project.daybook(['export', 'site']));
  expect(readFileSync(join(project.folder, 'site/index.html'), 'utf8')).toContain('Käufe');
  expect(readFileSync(join(project.folder, 'site/notebooks/purchases.html'), 'utf8')).toContain(
    '2 days of purchases',
  );
  expect(readFileSync(join(project.folder, 'daybook-env.d.ts'), 'utf8')).toContain(
    "declare module 'daybook/pipeline'",
  );
});

const snapshots = () =>
  existsSync(cache()) ? readdirSync(cache()).filter((name) => name.endsWith('.blob')) : [];

describe('the modules of the package', () => {
  test('plain Node.js imports them, and reads the warehouse', async () => {
    project.write(
      'read.mjs',
      `import { table } from 'daybook/pipeline';
      import { formatCount } from 'daybook/display';
      const rows = await table('gold.purchases_by_day');
      console.log(formatCount(rows.length, 'day'), rows.map((row) => row.amount).sort());`,
    );
    expect(await project.run(process.execPath, ['read.mjs'])).toMatchObject({
      stdout: '2\u00a0days [ 3n, 4n ]\n',
      stderr: '',
    });
  });

  test("the project's own tests import them", async () => {
    symlinkSync(join(root, 'node_modules/vitest'), join(project.folder, 'node_modules/vitest'));
    project.write(
      'tests/purchases.test.ts',
      `import { close, table } from 'daybook/pipeline';
      import { expect, test } from 'vitest';
      test('amounts', async () => {
        const rows = await table('gold.purchases_by_day');
        expect(rows.map(({ amount }) => amount).sort()).toEqual([3n, 4n]);
        await close();
      });`,
    );
    const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--cache=false'];
    const ended = await project.run(process.execPath, args);
    expect(ended.stdout).toContain('1 passed');
    expect(ended.code).toBe(0);
  });

  const consumer = `
import { query, table, type WarehouseTables } from 'daybook/pipeline';
import { plot, type PlotlyTrace } from 'daybook/display';
import { defineConfig, type ProjectConfig } from 'daybook/config';
type Day = WarehouseTables['gold.purchases_by_day'];
export const days: Promise<Day[]> = table('gold.purchases_by_day');
export const config: ProjectConfig = defineConfig({ title: 'Käufe' });
const bars: PlotlyTrace = { type: 'bar', x: ['a'] };
plot({ title: 'T', data: [bars] });
void query<{ n: number }>('select 1 as n').then(([first]) => first?.n.toFixed());
// @ts-expect-error: a column that the table does not have
void table('gold.purchases_by_day').then(([first]) => first?.amont);
`;

  test.each([
    ['5.0, as tslab has it', '@tslab/typescript-for-tslab', 'es2022', 'node10'],
    ['5.9', 'typescript-5.9', 'nodenext', 'nodenext'],
    ['5.9', 'typescript-5.9', 'esnext', 'bundler'],
    ['6', 'typescript', 'nodenext', 'nodenext'],
    ['6', 'typescript', 'esnext', 'bundler'],
  ])('have their types in TypeScript %s', async (_, compiler, module, moduleResolution) => {
    const folder = `types-${module}-${moduleResolution}-${compiler.replaceAll('/', '-')}`;
    project.write(`${folder}/main.ts`, consumer);
    project.write(
      `${folder}/tsconfig.json`,
      JSON.stringify({
        compilerOptions: {
          ...{ module, moduleResolution, target: 'es2022', strict: true, noEmit: true },
          // The package's declarations are checked, too.
          ...{ types: ['node'], skipLibCheck: false },
        },
        files: ['main.ts', '../daybook-env.d.ts'],
      }),
    );
    const check = join(root, 'test/package/check-declarations.js');
    const tsconfig = join(folder, 'tsconfig.json');
    const ended = await project.run(process.execPath, [check, compiler, tsconfig]);
    expect(ended.stdout + ended.stderr).toBe('');
    expect(ended.code).toBe(0);
  });
});

describe('what a project has not asked for', () => {
  test('is named with the command that installs it', async () => {
    project.write(
      'frame.mjs',
      `import { dataFrame } from 'daybook/pipeline';
      await dataFrame('select 1 as n').catch(({ code, hint }) => console.log(code, hint));`,
    );
    const { stdout } = await project.run(process.execPath, ['frame.mjs']);
    expect(stdout).toMatch(/^PACKAGE_MISSING .* && npm install danfojs-node@1\.2\.0\n$/);
    project.write('more/tslab.ipynb', notebook('tslab', '1 + 1'));
    const tslab = await project.daybook(['notebooks', 'run', 'more/tslab.ipynb', '--no-publish']);
    expect(tslab.stdout + tslab.stderr).toContain('npm install tslab@1.0.22');
    expect(tslab.code).not.toBe(0);
    project.write(
      'more/frames.ipynb',
      notebook(
        'daybook',
        "import { DataFrame } from 'danfojs-node';",
        "import '@daybook/display';",
      ),
    );
    const frames = await project.daybook(['notebooks', 'check', 'more/frames.ipynb']);
    expect(frames.stdout + frames.stderr).toMatch(/npm pkg set "overrides.*danfojs-node@1\.2\.0/);
    expect(frames.stdout + frames.stderr).toContain('is called "daybook/display" now');
    expect(frames.code).toBe(1);
  });
});

test('another Jupyter is told of the kernel', async () => {
  expect(await project.daybook(['kernel', 'install', '--prefix', 'venv'])).toMatchObject({
    code: 0,
  });
  const spec = JSON.parse(
    readFileSync(join(project.folder, 'venv/share/jupyter/kernels/daybook/kernel.json'), 'utf8'),
  ) as { argv: string[] };
  expect(spec.argv[1]).toBe(join(project.folder, 'node_modules/daybook/dist/kernel/main.js'));
  expect(existsSync(spec.argv[1]!)).toBe(true);
});

test('JupyterLab runs a kernel of the project', async (context) => {
  const { bundle } = await requireFrontEnd(context);
  // The recipe is the same, so the bundle is.
  project.copy(bundle, join('.daybook/lab/front-end', basename(bundle)));
  const lab = project.start(['lab', '--no-browser', '--port', '0']);
  onTestFinished(() => lab.stop());
  const address = new URL(await lab.line(/http:\/\/\S+/));
  const token = address.searchParams.get('token') ?? '';
  const ask = async (path: string, method = 'GET', body?: string) => {
    const headers = { authorization: `token ${token}` };
    const response = await fetch(new URL(path, address), {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    expect(response.status, path).toBeLessThan(300);
    return response.text();
  };
  expect(await ask('/lab')).toContain('jupyter-config-data');
  const { kernelspecs } = JSON.parse(await ask('/api/kernelspecs')) as { kernelspecs: object };
  expect(Object.keys(kernelspecs)).toContain('daybook');
  expect(Object.keys(kernelspecs)).not.toContain('tslab');
  const kernel = JSON.parse(await ask('/api/kernels', 'POST', '{"name":"daybook"}')) as {
    id: string;
  };
  await until(async () => {
    const state = JSON.parse(await ask(`/api/kernels/${kernel.id}`)) as { execution_state: string };
    return state.execution_state === 'idle';
  });
});

test.runIf(asRoot)('root gives the same commands, with a Postgres that is not root', async () => {
  const home = join(project.folder, '../of root');
  mkdirSync(home);
  // What compilers start from is the same for everybody.
  const own = join(home, '.cache/daybook');
  if (existsSync(cache())) cpSync(cache(), own, { recursive: true });
  if (existsSync(own)) chmodSync(own, 0o700);
  const asRootItself = async (...args: string[]) => {
    const bin = join(project.folder, 'node_modules/.bin/daybook');
    const env = { PATH: process.env['PATH'], HOME: home, DAYBOOK_HOME: join(home, 'daybook') };
    return promisify(execFile)(process.execPath, [bin, ...args], { cwd: project.folder, env });
  };
  onTestFinished(async () => {
    await asRootItself('db', 'stop');
  });
  await asRootItself('up', '--once');
  const { stdout } = await asRootItself(
    'query',
    'select current_user, count(*) from bronze.purchase',
  );
  expect(stdout).toMatch(/daybook_reader +\| +2/);
  await asRootItself('export', join(home, 'site'));
  expect(existsSync(join(home, 'site/notebooks/purchases.html'))).toBe(true);
});

test("an editor's language service knows the modules and the tables of the project", async () => {
  const cell = [
    "import { table } from 'daybook/pipeline';",
    "import { markdown, plot } from 'daybook/display';",
    "const [first] = await table('gold.purchases_by_day');",
    'markdown(String(first?.amont));',
    "await table('gold.');",
    'export {};',
    '',
  ].join('\n');
  const server = startTsserver(project);
  onTestFinished(() => server.stop());
  // As VS Code opens the cell of a notebook: a text that is in no file, of no project but the folder.
  const file = `^/vscode-notebook-cell/ts-nul-authority${project.folder}/notebooks/purchases.ipynb#W1.ts`;
  server.tell('open', {
    ...{ file, fileContent: cell, scriptKindName: 'TS', projectRootPath: project.folder },
  });
  const problems = await server.ask('semanticDiagnosticsSync', { file });
  expect(problems).toEqual([
    expect.objectContaining({
      text: expect.stringContaining("'amont' does not exist") as string,
      start: { line: 4, offset: 24 },
    }),
    expect.objectContaining({ start: expect.objectContaining({ line: 5 }) as object }),
  ]);
  const completions = (await server.ask('completionInfo', { file, line: 5, offset: 19 })) as {
    entries: { name: string }[];
  };
  expect(completions.entries.map(({ name }) => name)).toContain('gold.purchases_by_day');
  const about = (await server.ask('quickinfo', { file, line: 2, offset: 20 })) as {
    documentation: string;
  };
  expect(about.documentation).toMatch(/^Shows a chart/);
});
