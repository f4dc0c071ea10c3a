// @module-tag heavy
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import { notebooksWatch } from '../../src/commands/notebooks/notebooks-watch.js';
import { silentLogger } from '../../src/logger.js';
import { handOverNotebooks } from '../../src/worker/hand-over-notebooks.js';
import { runCommand } from '../commands/run-command.js';
import { createTestDatabase, root } from '../database.js';
import { TestProject } from '../notebook/project.js';
import { untilRows, workerHere } from './worker-project.js';

const name = `daybook-${process.pid}`;
const [here, there] = [`10.213.${process.pid % 250}.1`, `10.213.${process.pid % 250}.2`];
const link = `dbk${process.pid % 100_000}`;
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });

/** Another network with one cable to this one; leaves the test out where none can be made. */
function otherMachine(context: TestContext): void {
  if (process.env['CI'] !== 'true') context.skip('it takes a minute: npm run release:check has it');
  try {
    ip('netns', 'add', name);
  } catch {
    context.skip('network namespaces cannot be made: that needs root, and ip of iproute2');
  }
  onTestFinished(() => {
    ip('netns', 'del', name);
  });
  ip('link', 'add', link, 'type', 'veth', 'peer', 'name', `${link}p`, 'netns', name);
  ip('addr', 'add', `${here}/30`, 'dev', link);
  ip('link', 'set', link, 'up');
  for (const args of [
    ['addr', 'add', `${there}/30`, 'dev', `${link}p`],
    ['link', 'set', `${link}p`, 'up'],
    ['link', 'set', 'lo', 'up'],
  ]) {
    ip('netns', 'exec', name, 'ip', ...args);
  }
}

/** A port of the cable that leads to Postgres, and takes 5 ms each way and now and then 200, as a lost packet does. */
async function slowPort(url: URL): Promise<string> {
  const server = createServer((client) => {
    const postgres = connect(Number(url.port), url.hostname);
    const pass = (from: Socket, to: Socket) => {
      let last = Promise.resolve();
      from.on('data', (chunk) => {
        last = last.then(async () => {
          await sleep(Math.random() < 0.01 ? 200 : 5);
          to.write(chunk);
        });
      });
      from.on('close', () => void last.then(() => to.destroy()));
      from.on('error', () => undefined);
    };
    pass(client, postgres);
    pass(postgres, client);
  });
  server.listen(0, here);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return String((server.address() as { port: number }).port);
}

test('a worker on another machine that is cut off for 30 seconds is replaced, and publishes nothing when it is back', async (context) => {
  otherMachine(context);
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  using project = new TestProject(database);
  const port = await slowPort(new URL(database.ownerUrl));
  const away = (text: string) => {
    const url = new URL(text);
    [url.hostname, url.port] = [here, port];
    return url.href;
  };
  project.notebook('notebooks/a.ipynb', [
    `import { query } from "daybook/pipeline";
await query("select pg_advisory_lock_shared(4712), pg_advisory_unlock_shared(4712)");`,
  ]);
  const holder = await database.owner.connect();
  await holder.query('select pg_advisory_lock(4712)');
  const args = ['netns', 'exec', name, process.execPath, join(root, 'bin/daybook.js'), 'worker'];
  const worker = spawn('ip', [...args, '--queues', 'notebooks'], {
    ...{ cwd: project.root, stdio: 'ignore' },
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: away(database.ownerUrl),
      DAYBOOK_READER_URL: away(database.readerUrl),
      DAYBOOK_HOME: join(project.root, '.daybook'),
    },
  });
  onTestFinished(async () => {
    worker.kill('SIGKILL');
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
  });
  const lives = 'select from ops.worker where process_id = $1 having count(*) = $2';
  await untilRows(database, lives, worker.pid, 1);
  const config = { ...database.config, root: project.root };
  workerHere(database, project.root, { queues: ['runs'] });
  const run = await handOverNotebooks(
    {
      ...{ pool: database.owner, url: database.ownerUrl, config, env: process.env },
      logger: silentLogger,
    },
    {
      ...{ paths: [], parameters: [{}], newPages: false },
      execution: { force: false, onlyFailed: false, allowErrors: false, forceRaiseErrors: false },
    },
  );
  await untilRows(
    database,
    `select from pg_stat_activity where wait_event = 'advisory' and query like '%4712%'`,
  );
  ip('link', 'set', link, 'down');
  const cut = performance.now();
  workerHere(database, project.root, { queues: ['notebooks'] });
  await untilRows(database, 'select from ops.worker_task where attempt = 1');
  await holder.query('select pg_advisory_unlock(4712)');
  holder.release();
  const watched = await runCommand(notebooksWatch, config, { positionals: [String(run)] });
  expect(watched.exitCode).toBe(0);
  await sleep(Math.max(0, 30_000 - (performance.now() - cut)));
  ip('link', 'set', link, 'up');
  await untilRows(database, lives, worker.pid, 2);
  expect(await database.rows('select slug, status from publication.notebook_run')).toEqual([
    { slug: 'a', status: 'passed' },
  ]);
  expect(await database.rows('select from ops.worker_task')).toEqual([]);
}, 300_000);
