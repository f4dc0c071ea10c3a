// `daybook doctor`: checks of the installation and the project.

import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pool } from 'pg';
import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/environment/env-file.js';
import { ConfigError, DaybookError } from '../../errors.js';
import { notebookUser } from '../../notebook/execute/notebook-user.js';
import type { SystemUser } from '../../system/system-users.js';
import { projectTypesProblem } from '../../pipeline/table-types/types-problem.js';
import { describeUrl } from '../../warehouse/connect/connection-error.js';
import { surveyFiles } from '../../pipeline/extract/files/survey-files.js';
import { isObjectAddress } from '../../storage/object-address.js';
import { readSources } from '../../pipeline/project/read-sources.js';
import { findPostgresPackage } from '../../warehouse/embedded/binaries.js';
import { embeddedStatus } from '../../warehouse/embedded/server.js';
import { openReader } from '../../warehouse/warehouse.js';
import { formatBytes } from '../../text/amounts.js';
import type { Command } from '../command.js';
import { flag } from '../options.js';
import { makeFolder } from '../../files/make-folder.js';
import { packageFile } from '../../files/package-file.js';
import { nearestAbove } from '../../files/nearest-above.js';
import { findBrowser } from '../../browser/find-browser.js';
import { migrationProblem } from '../../warehouse/schema/migrate.js';
import { findSupportProblem } from '../../warehouse/connect/server-facts.js';
import { describeFailure, type Finding } from './finding.js';
import {
  checkImports,
  checkProjectFile,
  checkProjectFiles,
  checkVersion,
} from './upgrade-findings.js';

/** `daybook doctor` */
export const doctor: Command = {
  usage: '[--json]',
  description:
    'Looks at what Daybook needs on this machine and says, for what is missing, the command that mends\n' +
    'it.',
  failsWhen: 'something is missing without which Daybook does not work',
  options: { json: { type: 'boolean', help: 'An array of JSON objects' } },
  run: async ({ config, env, values, terminal }) => {
    const findings = await examine(config, env);
    terminal.out(
      flag(values, 'json') ? `${JSON.stringify(findings)}\n` : findings.map(line).join(''),
    );
    return findings.some(({ ok, required }) => required && !ok) ? 1 : 0;
  },
};

function line({ name, ok, required, detail, mend }: Finding): string {
  const verdict = ok ? 'ok' : required ? 'missing' : 'missing (optional)';
  const remedy = ok || mend === undefined ? '' : `\n    → ${mend}`;
  return `${verdict.padEnd(20)}${name}: ${detail}${remedy}\n`;
}

async function examine(config: Config, env: Environment): Promise<Finding[]> {
  return [
    checkNode(),
    checkMemory(),
    await checkHome(config.home),
    await checkDisk(config.home),
    ...(config.databaseUrl === undefined ? [checkBinaries()] : []),
    ...(await checkWarehouse(config)),
    checkNotebookUser(config),
    await checkProjectFile(config),
    await checkProjectFiles(config.root),
    await checkImports(config.root),
    await checkTypes(config),
    await checkFiles(config),
    await checkBrowser(env),
    await checkGit(),
  ];
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return {
    name: 'Node.js',
    ok: major > 20 || (major === 20 && minor >= 19),
    required: true,
    detail: process.versions.node,
    mend: 'Install Node.js 24 LTS, or any from 20.19 on: https://nodejs.org/en/download',
  };
}

/** Files of the data folder that a run would skip or cannot read. */
async function checkFiles({ root, dataDir, project, storage }: Config): Promise<Finding> {
  const finding = { name: 'data files', required: false };
  try {
    const sources = await readSources(root, project.schemas.loaded);
    const patterns = sources.flatMap((source) => source.files);
    const { files, passedOver } = await surveyFiles(dataDir, patterns, storage);
    const unreadable = files.flatMap(({ name, problem }) => (problem === undefined ? [] : [name]));
    const isOfFolder = patterns.some((pattern) => !isObjectAddress(pattern));
    const places = [...(isOfFolder ? [dataDir] : []), ...patterns.filter(isObjectAddress)];
    const ignored = passedOver.map(({ file, reason }) => `; ${file} is not read: ${reason}`);
    const broken = unreadable.map((name) => `; ${name} cannot be read`);
    return {
      ...finding,
      ok: unreadable.length === 0,
      detail: `${files.length} in ${places.join(', ')}${[...broken, ...ignored].join('')}`,
      mend: 'mend these files, or move them out of the data folder',
    };
  } catch (error) {
    if (!(error instanceof DaybookError)) throw error;
    // A project without data is complete; a run reports errors of declarations.
    return { ...finding, ok: true, detail: error.message };
  }
}

const gigabyte = 1e9;

function checkMemory(): Finding {
  const free = process.availableMemory();
  return {
    name: 'memory',
    ok: free >= gigabyte,
    required: false,
    detail: `${formatBytes(free)} available`,
    mend: 'Close other programs: Postgres, notebooks and a browser want 1 GB together',
  };
}

async function checkHome(home: string): Promise<Finding> {
  const finding = { name: 'DAYBOOK_HOME', required: true, detail: home };
  try {
    makeFolder(home);
    await rm(await mkdtemp(join(home, 'doctor-')), { recursive: true });
    return { ...finding, ok: true };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ...finding,
      ok: false,
      detail: `${home} cannot be written (${reason})`,
      mend: 'Set DAYBOOK_HOME to a folder of yours',
    };
  }
}

async function checkDisk(home: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(nearestAbove(home, existsSync) ?? home);
  const free = bavail * bsize;
  return {
    name: 'disk',
    ok: free >= gigabyte,
    required: true,
    detail: `${formatBytes(free)} free for DAYBOOK_HOME`,
    mend: 'Make room, or set DAYBOOK_HOME to another disk: 1 GB is the least, plus three times the logs',
  };
}

function checkBinaries(): Finding {
  const finding = { name: 'embedded Postgres', required: true };
  try {
    return { ...finding, ok: true, detail: findPostgresPackage().version };
  } catch (error) {
    return { ...finding, ok: false, ...describeFailure(error) };
  }
}

async function checkWarehouse(config: Config): Promise<Finding[]> {
  const finding = { name: 'warehouse', required: true };
  try {
    if (config.databaseUrl === undefined && embeddedStatus(config.home).server.state !== 'ready') {
      return [{ ...finding, ok: true, detail: 'embedded, not running; starts on first use' }];
    }
    const reader = await openReader(config);
    try {
      const { host, database, user } = describeUrl(reader.url);
      return [
        { ...finding, ok: true, detail: `${database} at ${host}, as ${user}` },
        await checkVersion(reader.pool),
        await checkMigrations(reader.pool),
        await checkSupport(reader.pool),
      ];
    } finally {
      await reader.close();
    }
  } catch (error) {
    return [{ ...finding, ok: false, ...describeFailure(error) }];
  }
}

async function checkMigrations(reader: Pool): Promise<Finding> {
  const finding = { name: 'migrations', required: true };
  const found = await migrationProblem(reader);
  return found === undefined
    ? { ...finding, ok: true, detail: 'nothing contradicts this version of Daybook' }
    : { ...finding, ok: false, detail: found.problem, mend: found.remedy };
}

async function checkSupport(reader: Pool): Promise<Finding> {
  const finding = { name: 'Postgres', required: false };
  const found = await findSupportProblem(reader);
  return found === undefined
    ? { ...finding, ok: true, detail: 'its makers mend this version' }
    : { ...finding, ok: false, detail: found.problem, mend: found.remedy };
}

/** Whether cells cannot read this process's secrets, and can read what they need. */
function checkNotebookUser(config: Config): Finding {
  const finding = { name: 'notebooks run as', required: config.notebookUser !== undefined };
  try {
    const user = notebookUser(config);
    if (user === undefined) {
      return { ...finding, ok: true, detail: 'the user that starts them, and read what it reads' };
    }
    const problem = reachProblem(user, [config.root, packageFile('dist/cli.js')]);
    return problem === undefined
      ? { ...finding, ok: true, detail: user.name }
      : {
          ...finding,
          ok: false,
          detail: `"${user.name}" does not reach what notebooks need: ${problem}`,
          mend: `Let "${user.name}" read the project, Daybook and Node.js, and every folder above them`,
        };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      ...finding,
      ok: false,
      detail: error.problems.join('; '),
      mend: 'correct these settings',
    };
  }
}

/** Why a user cannot read files or folders; tested as that user, since links and ACLs matter, too. */
function reachProblem({ uid, gid }: SystemUser, paths: readonly string[]): string | undefined {
  const code = `for (const path of ${JSON.stringify(paths)}) require('node:fs').accessSync(path, 4)`;
  const tried = spawnSync(process.execPath, ['-e', code], { uid, gid, cwd: '/', encoding: 'utf8' });
  if (tried.status === 0) return undefined;
  return /Error: (.*)/.exec(tried.stderr)?.[1] ?? tried.error?.message ?? 'Node.js does not start';
}

async function checkTypes(config: Config): Promise<Finding> {
  const finding = { name: 'types of tables', required: false };
  try {
    const problem = await projectTypesProblem(config);
    return problem === undefined
      ? { ...finding, ok: true, detail: 'those of the models' }
      : { ...finding, ok: false, detail: problem, mend: 'npx daybook pipeline run' };
  } catch (error) {
    return { ...finding, ok: false, ...describeFailure(error) };
  }
}

async function checkBrowser(env: Environment): Promise<Finding> {
  const finding = { name: 'browser', required: false };
  try {
    return { ...finding, ok: true, detail: await findBrowser(env) };
  } catch (error) {
    return { ...finding, ok: false, ...describeFailure(error) };
  }
}

async function checkGit(): Promise<Finding> {
  const finding = { name: 'git', required: false };
  try {
    const { stdout } = await promisify(execFile)('git', ['--version']);
    return { ...finding, ok: true, detail: stdout.trim().replace('git version ', '') };
  } catch {
    return {
      ...finding,
      ok: false,
      detail: 'not in PATH; runs and pages name no code version',
      mend: 'apt-get install git',
    };
  }
}
