/**
 * Tries the last commit on other versions of Node.js, each in a clone of its own in a temporary folder: installs,
 * builds, loads and publishes the sample logs, serves them, runs the core of the tests, and goes the way of somebody
 * who installs the packages from a registry, without a browser. Their Node.js
 * comes from npm, whose packages `node-PLATFORM-ARCH` hold the program and need no script.
 *
 * Usage: npm run check:node [-- VERSION…]; without one: the oldest that package.json allows, and all that are kept up.
 * A version that the registry does not have is left out, and said to be. The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { leaveNothing } from './leave-nothing.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const oldest = engines.node.replace('>=', '');
const versions = process.argv.length > 2 ? process.argv.slice(2) : [oldest, '22', '24', '26'];

/** What holds on one version holds for the rest of the tests: values, cells, kernel, warehouse, loading, pages. */
const coreOfTests = [
  'test/core/',
  'test/cells/',
  'test/kernel/execution.test.ts',
  'test/kernel/errors.test.ts',
  'test/warehouse/',
  'test/pipeline/extract/',
  'test/pipeline/load/load-file.test.ts',
  'test/pipeline/load/values.test.ts',
  'test/notebook/daybook-execution.test.ts',
  'test/server/app.test.ts',
];
/** The smallest project is made from the packages, started, read, changed, proven and exported; the example is run here. */
const journey = ['test/package/journey.test.ts', '-t', 'empty'];
// A filter that fits nothing would leave tests out without a word.
const gone = [...coreOfTests, ...journey.slice(0, 1)].filter(
  (path) => !existsSync(join(root, path)),
);
if (gone.length > 0) throw new Error(`${gone.join(', ')}: no such tests`);

/** Processes that run; ended when this one is. */
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    process.exitCode = 1;
  });
}

function start(folder, environment, command, ...parameters) {
  const child = spawn(command, parameters, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  void once(child, 'close').then(() => running.delete(child));
  return child;
}

async function run(...command) {
  const child = start(...command);
  child.stdout.pipe(process.stdout, { end: false });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command.slice(2).join(' ')}: ${code ?? signal}`);
}

/** Starts the dashboard and asks for its pages. */
async function lookAtPages(folder, environment) {
  const server = start(folder, environment, 'node', 'bin/daybook.js', 'serve', '--port', '0');
  try {
    let written = '';
    let address;
    for await (const chunk of server.stdout) {
      written += chunk;
      address = /http:\/\/127\.0\.0\.1:\d+/.exec(written)?.[0];
      if (address !== undefined) break;
    }
    if (address === undefined) throw new Error(`serve did not say where it listens: ${written}`);
    for (const path of ['/', '/pipeline', '/data', '/status.json']) {
      const { status } = await fetch(address + path);
      if (status !== 200) throw new Error(`${path}: ${status}`);
    }
  } finally {
    server.kill();
    if (running.has(server)) await once(server, 'close');
  }
}

/** What npm calls the program of this system. */
const runtime = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** The newest release of a version that the registry has, or undefined where it has none. */
async function releaseOf(version) {
  const child = start(
    root,
    process.env,
    'npm',
    'view',
    '--json',
    `${runtime}@${version}`,
    'version',
  );
  const written = await text(child.stdout);
  const answer = written === '' ? undefined : JSON.parse(written);
  if (answer?.error === undefined) return Array.isArray(answer) ? answer.at(-1) : answer;
  if (['E404', 'ETARGET'].includes(answer.error.code)) return undefined;
  throw new Error(`npm view ${runtime}@${version}: ${answer.error.summary ?? answer.error.code}`);
}

async function tryOn(version) {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-node-'));
  // Tests that become another user must be able to start this Node.js, too.
  await chmod(folder, 0o755);
  const isRemoved = leaveNothing(folder);
  const project = join(folder, 'daybook');
  const bin = join(folder, 'node_modules', runtime, 'bin');
  const environment = { ...process.env, PATH: bin + delimiter + process.env.PATH };
  try {
    const release = await releaseOf(version);
    if (release === undefined) return `left out: the registry has no ${runtime}@${version}`;
    const installed = `${runtime}@${release}`;
    await run(folder, process.env, 'npm', 'install', '--silent', '--prefix', folder, installed);
    await run(folder, environment, 'node', '--version');
    await run(folder, environment, 'git', 'clone', '--quiet', root, project);
    await run(project, environment, 'npm', 'ci', '--no-audit', '--no-fund');
    await run(project, environment, 'node', 'bin/daybook.js', 'up', '--once');
    await lookAtPages(project, environment);
    await run(project, environment, 'npx', 'vitest', 'run', ...coreOfTests);
    // As somebody who knows the packages alone; that the browser shows the pages holds for every version.
    const withoutBrowser = { ...environment, CI: 'true', DAYBOOK_TEST_BROWSER: 'none' };
    await run(project, withoutBrowser, 'npx', 'vitest', 'run', ...journey);
    return 'passed';
  } catch (error) {
    return `failed: ${error.message}`;
  } finally {
    if (existsSync(project)) {
      const stop = ['node', 'bin/daybook.js', 'db', 'stop'];
      await run(project, environment, ...stop).catch(() => undefined);
    }
    await rm(folder, { recursive: true, force: true });
    isRemoved();
  }
}

const outcomes = [];
for (const version of versions) {
  if (process.exitCode === 1) break;
  outcomes.push([version, await tryOn(version)]);
}
for (const [version, outcome] of outcomes) console.log(`Node.js ${version}: ${outcome}`);
const leftOut = outcomes.filter(([, outcome]) => outcome.startsWith('left out')).length;
const passed = outcomes.filter(([, outcome]) => outcome === 'passed').length;
const failed = versions.length - passed - leftOut;
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;
