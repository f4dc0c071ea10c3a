import { execFile } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../test/database.js';
import { somebodyWithPackages, type Somebody } from '../test/package/installed.js';
import { spread, timed } from './measure.js';
import { reportTable } from './report.js';

const rounds = 3;

let somebody: Somebody;
beforeAll(async () => {
  somebody = await somebodyWithPackages();
});
afterAll(() => somebody.leave());

async function done(cwd: string, ...command: readonly string[]): Promise<void> {
  const { code, stderr } = await somebody.run(cwd, ...command);
  if (code !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
}

const create = (name: string, template: string) =>
  done(
    somebody.folder,
    ...['npm', 'create', '--yes', 'daybook@latest', name, '--', '--template', template],
  );

/** From nothing to the dashboard answering, in seconds: of npm create, and of all. */
async function begin(name: string, template: string): Promise<{ created: number; all: number }> {
  const project = join(somebody.folder, name);
  // What an earlier project has left for all of them.
  rmSync(join(somebody.folder, '.cache'), { recursive: true, force: true });
  const created = await timed(() => create(name, template));
  const started = await timed(async () => {
    const start = ['npm', 'start', '--', '--port', '0'];
    const { match, stop } = await somebody.start(project, /served on (http:\S+)/, ...start);
    expect((await fetch(match[1] ?? '')).status).toBe(200);
    void stop();
  });
  await done(project, 'npx', 'daybook', 'db', 'stop');
  return { created: created / 1000, all: (created + started) / 1000 };
}

/** Bytes of the package as it is published. */
async function tarballSize(): Promise<number> {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root, maxBuffer: 1e8 });
  const [{ size }] = JSON.parse(stdout) as [{ size: number }];
  return size;
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

const megabytes = (folder: string) =>
  filesIn(folder).reduce(
    (sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size,
    0,
  ) / 1e6;

test('a project from nothing', async () => {
  // npm's cache is warm from here on.
  for (const template of ['customers', 'empty']) await create(`warm ${template}`, template);
  const times: Record<'customers' | 'empty', { created: number[]; all: number[] }> = {
    customers: { created: [], all: [] },
    empty: { created: [], all: [] },
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const template of ['customers', 'empty'] as const) {
      const { created, all } = await begin(`${template} ${round}`, template);
      times[template].created.push(created);
      times[template].all.push(all);
    }
  }
  const installed = join(somebody.folder, 'warm empty');
  const engine = readdirSync(installed).filter((name) =>
    ['src', 'dist', 'bin', 'lab'].includes(name),
  );
  const seconds = (values: readonly number[]) => {
    const { min, median, max } = spread(values);
    return `${median.toFixed(1)} s (${min.toFixed(1)}–${max.toFixed(1)})`;
  };
  await reportTable('create', {
    title: 'A project from nothing',
    method: `\`npm create daybook@latest x -- --template T && cd x && npm start\` until the dashboard answers, with a warm npm cache and both packages from a registry on this machine, as an ordinary user without caches of Daybook; median and range of ${rounds} rounds by turns. Sizes are those of the files in node_modules; \`customers\` asks for danfojs-node, the others do not.`,
    columns: ['figure', 'measured', 'must', 'aim'],
    rows: [
      ['template `customers`, to the dashboard', seconds(times.customers.all), '≤ 60 s', '≤ 40 s'],
      ['of it `npm create`', seconds(times.customers.created), '', ''],
      ['template `empty`, to the dashboard', seconds(times.empty.all), '', ''],
      ['of it `npm create`', seconds(times.empty.created), '', ''],
      [
        'installed without danfojs-node and tslab',
        `${megabytes(join(installed, 'node_modules')).toFixed(0)} MB`,
        '≤ 260 MB',
        '≤ 200 MB',
      ],
      [
        'tarball of `daybook`',
        `${((await tarballSize()) / 1e6).toFixed(2)} MB`,
        '≤ 6 MB',
        '≤ 3 MB',
      ],
      ['files of the engine in a created project', String(engine.length), '0', '0'],
    ],
  });
});
