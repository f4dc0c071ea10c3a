// A project's whole work by processes that are killed, frozen and cut off at random, against one Postgres.

import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { once } from 'node:events';
import type { TestDatabase } from '../database.js';
import { root } from '../database.js';
import { formatNotebook } from '../../src/nbformat/write-notebook.js';
import { notebookOf } from '../notebook/notebooks.js';
import { customerLogsYaml } from '../pipeline/line-sources.js';
import { temporaryFolder } from '../temporary-folder.js';
import { seededRandom } from '../seeded-random.js';

/** How much is done, and how much goes wrong. */
export interface ChaosOptions {
  readonly seed: number;
  readonly lines: number;
  readonly files: number;
  readonly notebooks: number;
  /** Characters that each line is longer by: files of some megabytes are shared out. */
  readonly padding: number;
  /** Something goes wrong so often, on average, in milliseconds. */
  readonly everyMs: number;
  /** So often at most: then all of it has to come to its end. */
  readonly mostFaults: number;
  /** The most time for all of it, in milliseconds. */
  readonly limitMs: number;
}

/** What went wrong. */
export interface ChaosTold {
  kills: number;
  cuts: number;
  freezes: number;
  seconds: number;
}

const header = (columns: string) => `/* { description: x, columns: { ${columns} } } */\n`;

/** The models whose rows must be those of one process. */
export const chaosModels = ['silver.event', 'gold.total', 'gold.tick'];

/** A project with lines, models, notebooks, and two schedules that workers do. */
export async function chaosProject({
  lines,
  files,
  notebooks,
  padding,
}: Pick<ChaosOptions, 'lines' | 'files' | 'notebooks' | 'padding'>): Promise<string> {
  const reading = `import { query } from "daybook/pipeline";
const [total] = await query<{ n: string }>("select n::text as n from gold.total");
await new Promise((done) => setTimeout(done, 500));
console.log("total is", total?.n);`;
  const folder = temporaryFolder({
    'package.json': '{}',
    'sql/sources/log_event.yaml': customerLogsYaml,
    'sql/silver/event.sql': `${header('source_file: { type: text }, n: { type: bigint }')}select source_file, count(*) as n from bronze.log_event group by source_file`,
    'sql/gold/total.sql': `${header('n: { type: numeric }')}select sum(n) as n from silver.event`,
    'sql/gold/tick.sql': `${header('n: { type: bigint }')}select 1::bigint as n`,
    'daybook.config.ts': `export default { schedules: {
      nightly: { every: '1 day', where: 'workers', does: { pipeline: true, notebooks: true } },
      tick: { every: '1 day', where: 'workers', does: { pipeline: ['gold.tick'] } },
    } };`,
    'shift-clock.cjs': `const hour = 3_600_000;
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...given) { given.length === 0 ? super(Real.now() + hour) : super(...given); }
  static now() { return Real.now() + hour; }
};`,
    ...Object.fromEntries(
      Array.from({ length: notebooks }, (_, i) => [
        `notebooks/n${i}.ipynb`,
        formatNotebook(notebookOf([reading])),
      ]),
    ),
  });
  mkdirSync(join(folder, 'data'));
  const each = Math.ceil(lines / files);
  const more = padding === 0 ? '' : `,"text":"${'x'.repeat(padding)}"`;
  for (let file = 0, made = 0; file < files; file += 1) {
    const stream = createWriteStream(join(folder, `data/${String(file).padStart(3, '0')}.log`));
    for (let i = 0; i < each && made < lines;) {
      let chunk = '';
      for (let j = 0; j < 5000 && i < each && made < lines; j += 1, i += 1, made += 1) {
        chunk +=
          made % 1000 === 999
            ? `rejected ${made}\n`
            : `{"date":"2019-01-05T10:00:00-05:00","log_type":"LOGIN","account":${made}${more}}\n`;
      }
      if (!stream.write(chunk)) await once(stream, 'drain');
    }
    stream.end();
    await once(stream, 'close');
  }
  return folder;
}

/** A process that is started again whenever it ends. */
class Supervised {
  child: ChildProcess | undefined;
  #isWanted = true;
  log = '';

  readonly name: string;
  readonly #args: readonly string[];
  readonly #options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };

  constructor(
    name: string,
    args: readonly string[],
    options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  ) {
    this.name = name;
    this.#args = args;
    this.#options = options;
    this.#start();
  }

  #start(): void {
    const child = spawn(process.execPath, [join(root, 'bin/daybook.js'), ...this.#args], {
      ...this.#options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child = child;
    child.stderr.on('data', (chunk: Buffer) => {
      this.log = (this.log + chunk.toString()).slice(-20_000);
    });
    child.on('exit', () => {
      if (this.#isWanted)
        setTimeout(() => {
          if (this.#isWanted) this.#start();
        }, 300);
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Lets three workers, two schedulers and two dashboards do what two schedules say, of which one has a clock that is an
 * hour off, while they are killed, frozen for longer than the others wait, and cut off from Postgres.
 *
 * @param check - Called with the addresses of the dashboards when all has been done and nothing goes wrong any more.
 */
export async function chaos(
  database: TestDatabase,
  folder: string,
  options: ChaosOptions,
  check: (dashboards: readonly string[]) => Promise<void>,
): Promise<ChaosTold> {
  const random = seededRandom(options.seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATABASE_URL: database.ownerUrl,
    DAYBOOK_READER_URL: database.readerUrl,
    DAYBOOK_HOME: join(folder, '.daybook'),
  };
  const shifted = { ...env, NODE_OPTIONS: `--require ${join(folder, 'shift-clock.cjs')}` };
  const ports = [await freePort(), await freePort()];
  const told: ChaosTold = { kills: 0, cuts: 0, freezes: 0, seconds: 0 };
  const begin = performance.now();
  const worker = ['worker', '--jobs', '2', '--memory', '2G'];
  const workers = [env, env, shifted].map(
    (one, i) => new Supervised(`worker ${i}`, worker, { cwd: folder, env: one }),
  );
  const schedulers = [env, shifted].map(
    (one, i) => new Supervised(`scheduler ${i}`, ['scheduler'], { cwd: folder, env: one }),
  );
  const servers = ports.map(
    (port, i) =>
      new Supervised(`server ${i}`, ['serve', '--port', String(port)], { cwd: folder, env }),
  );
  const all = [...workers, ...schedulers, ...servers];
  const isOver = async () => {
    const open = await database.rows(
      `select from ops.schedule_firing where status in ('waiting', 'running')`,
    );
    const known = await database.rows('select from ops.schedule_firing');
    return known.length >= 2 && open.length === 0;
  };
  const thaws: Promise<void>[] = [];
  try {
    while ((await database.rows('select from ops.schedule')).length < 2) await sleep(50);
    // Both come due now, for the day before.
    await database.owner.query(
      `update ops.schedule set decided_until = decided_until - interval '1 day'`,
    );
    while (!(await isOver())) {
      if (performance.now() - begin > options.limitMs) {
        const state = await database.rows(
          `select schedule, status, attempt, run_id, error from ops.schedule_firing`,
        );
        const logs = all.map(({ name, log }) => `--- ${name}\n${log.slice(-3000)}`).join('\n');
        throw new Error(`not done within the time: ${JSON.stringify(state)}\n${logs}`);
      }
      await sleep(options.everyMs * (0.5 + random()));
      if (told.kills + told.cuts + told.freezes >= options.mostFaults) continue;
      const what = random();
      if (what < 0.55) {
        pick(all).kill('SIGKILL');
        told.kills += 1;
      } else if (what < 0.85) {
        const names = ['daybook worker %', 'daybook%', '%'];
        await database.owner.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and application_name like $1
            and application_name <> 'chaos' and (hashtext(pid::text || $2) & 3) = 0`,
          [pick(names), String(options.seed + told.cuts)],
        );
        told.cuts += 1;
      } else {
        const { child } = pick(workers);
        child?.kill('SIGSTOP');
        told.freezes += 1;
        thaws.push(
          sleep(7000 + 3000 * random()).then(() => {
            child?.kill('SIGCONT');
          }),
        );
      }
    }
    told.seconds = (performance.now() - begin) / 1000;
    await Promise.all(thaws);
    // Whoever has woken up would publish now what was given to others.
    await sleep(2000);
    await check(ports.map((port) => `http://127.0.0.1:${port}`));
    return told;
  } catch (error) {
    const logs = all.map(({ name, log }) => `--- ${name}\n${log.slice(-3000)}`).join('\n');
    throw new Error(`seed ${options.seed}, ${JSON.stringify(told)}:\n${logs}`, { cause: error });
  } finally {
    await Promise.all(all.map((one) => one.stop()));
  }
}

/** Everything that the project's work leaves; rows are added up, whatever their order. */
export async function chaosContent(database: TestDatabase): Promise<Record<string, unknown>> {
  const relations = {
    lines: '(select source_file, line_number, account, log_type from bronze.log_event)',
    rejects: '(select source_file, line_number, reason, raw from ops.reject)',
    ledger:
      '(select source_file, sha256, bytes, line_count, loaded_count, rejected_count from ops.source_file)',
    ...Object.fromEntries(chaosModels.map((model) => [model, model])),
  };
  const content: Record<string, unknown> = {};
  for (const [name, relation] of Object.entries(relations)) {
    [content[name]] = await database.rows(
      `select count(*)::int, sum(hashtextextended(r::text, 0)::numeric)::text as digest from ${relation} as r`,
    );
  }
  return content;
}
