// The complete configuration: environment variables over the project file over defaults. Environment variables are
// listed in environment/settings.ts, keys of daybook.config.ts in define-config.ts.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  readAccessConfig,
  readExposureConfig,
  type AccessConfig,
  type ExposureConfig,
} from './environment/access-config.js';
import { projectFile, readProjectFile } from './project/project-file.js';
import { defaultProject, type ProjectSettings } from './project/project-settings.js';
import { readOpenLineage, type OpenLineageConfig } from './declarations/open-lineage-config.js';
import { readStorage, type StorageConfig } from './declarations/storage-config.js';
import { timeZoneProblem } from './declarations/time-zone.js';
import { readLimitSettings, type LimitSettings } from './environment/limits.js';
import {
  settings,
  type ReadSetting,
  type Setting,
  type SettingName,
  type SettingText,
} from './environment/settings.js';
import type { Environment } from './environment/env-file.js';
import { ConfigError } from '../errors.js';
import { nearestAbove } from '../files/nearest-above.js';

/** All settings of a project, complete and frozen. Only {@link parseConfig} makes it. */
export interface Config {
  /** The project's root: the folder with sql/, notebooks/ and package.json. Absolute. */
  readonly root: string;
  /** DAYBOOK_HOME: the folder of Daybook's own files (embedded Postgres, caches). Absolute. */
  readonly home: string;
  /** The warehouse, as a `postgres://` URL of its owner; undefined: the embedded Postgres. */
  readonly databaseUrl: string | undefined;
  /** The warehouse for readers; undefined: derived from {@link databaseUrl}. */
  readonly readerUrl: string | undefined;
  /** The data folder with the log files. Absolute. */
  readonly dataDir: string;
  /** False when {@link dataDir} is the default: then sample logs may replace it. */
  readonly dataDirIsSet: boolean;
  /** The settings of the project file. */
  readonly project: ProjectSettings;
  /** IANA name of the zone for days, months and years. */
  readonly reportTimeZone: string;
  /** The instant of the report (RFC 3339); undefined: the start of the day after the newest event. */
  readonly reportAsOf: string | undefined;
  /** Limits on what a run may lose. */
  readonly limits: LimitSettings;
  /** The code's version, for images without a git checkout. */
  readonly codeVersion: string | undefined;
  /** The retention of pipeline runs: the most runs, and the most days. */
  readonly keepRuns: { readonly runs: number; readonly days: number };
  /** The retention of each notebook's runs: the most runs, and the most days. */
  readonly keepNotebookRuns: { readonly runs: number; readonly days: number };
  /** The most rows of one query that a notebook holds. */
  readonly queryRows: number;
  /** The system user of notebooks; undefined: that of this process. */
  readonly notebookUser: string | undefined;
  /** The webhook for failures and recoveries; undefined: none. A secret. */
  readonly webhook: string | undefined;
  /** Where lineage goes; undefined: nowhere. */
  readonly openLineage: OpenLineageConfig | undefined;
  /** Where objects are. */
  readonly storage: StorageConfig;
  /** The path below which a proxy serves the dashboard, like `/daybook`; empty: none. */
  readonly basePath: string;
  /** How the dashboard is reached, and its rate limit. */
  readonly exposure: ExposureConfig;
  /** Who may read the dashboard. */
  readonly access: AccessConfig;
  /** The address that the dashboard listens on. */
  readonly host: string;
  /** The port that the dashboard listens on; 0: any free one. */
  readonly port: number;
}

/**
 * The root of a folder's project: the nearest folder at or above it with package.json and sql/, or with a project
 * file; otherwise the folder itself.
 */
export function findRoot(from: string): string {
  const isRoot = (folder: string): boolean => {
    const has = (name: string): boolean => existsSync(join(folder, name));
    return has(projectFile) || (has('package.json') && has('sql'));
  };
  return nearestAbove(from, isRoot) ?? from;
}

/** DAYBOOK_HOME, absolute. */
function homeOf(env: Environment, root: string): string {
  return resolve(root, settingOf(env, 'DAYBOOK_HOME'));
}

function isSet(env: Environment, name: SettingName): boolean {
  return (env[name] ?? '').trim() !== '';
}

function settingOf<Name extends SettingName>(env: Environment, name: Name): SettingText<Name> {
  const { default: fallback }: Setting = settings[name];
  return (isSet(env, name) ? env[name]?.trim() : fallback) as SettingText<Name>;
}

/**
 * The configuration of a project: its file, overridden by the environment.
 *
 * @throws ConfigError naming every invalid setting of either.
 */
export async function readConfig(env: Environment, root: string): Promise<Config> {
  return parseConfig(env, root, await readProjectFile(root, homeOf(env, root)));
}

/**
 * Parses the environment into a {@link Config}. Relative folders start from the root.
 *
 * @param env - See `environment/settings.ts` for the names.
 * @param root - The project's root, absolute.
 * @param project - The settings of the project file, which the environment overrides.
 * @throws ConfigError naming every invalid setting at once.
 */
export function parseConfig(
  env: Environment,
  root: string,
  project: ProjectSettings = defaultProject,
): Config {
  const problems: string[] = [];
  const read: ReadSetting = (name, check) => {
    const value = settingOf(env, name);
    const problem = value === undefined ? undefined : check?.(value);
    if (problem !== undefined) problems.push(`${name}: ${problem}`);
    return value;
  };

  const home = homeOf(env, root);
  const config: Config = {
    root,
    home,
    project,
    databaseUrl: read('DATABASE_URL', postgresUrlProblem),
    readerUrl: read('DAYBOOK_READER_URL', postgresUrlProblem),
    dataDir: resolve(root, read('DAYBOOK_DATA_DIR')),
    dataDirIsSet: isSet(env, 'DAYBOOK_DATA_DIR'),
    reportTimeZone: read('DAYBOOK_REPORT_TIMEZONE', timeZoneProblem) ?? project.timeZone,
    reportAsOf: read('DAYBOOK_REPORT_AS_OF', instantProblem),
    limits: readLimitSettings(read),
    codeVersion: read('DAYBOOK_CODE_VERSION'),
    keepRuns: {
      runs: Number(read('DAYBOOK_KEEP_RUNS', countProblem)),
      days: Number(read('DAYBOOK_KEEP_RUNS_DAYS', countProblem)),
    },
    keepNotebookRuns: {
      runs: Number(read('DAYBOOK_KEEP_NOTEBOOK_RUNS', countProblem)),
      days: Number(read('DAYBOOK_KEEP_NOTEBOOK_RUNS_DAYS', countProblem)),
    },
    queryRows: Number(read('DAYBOOK_QUERY_ROWS', countProblem)),
    notebookUser: read('DAYBOOK_NOTEBOOK_USER'),
    webhook: read('DAYBOOK_WEBHOOK', webhookProblem),
    openLineage: readOpenLineage(read, project.openLineage, root),
    storage: readStorage(read, project.storage),
    basePath: read('DAYBOOK_BASE_PATH', basePathProblem) ?? '',
    exposure: readExposureConfig(read),
    access: readAccessConfig(read, home, (problem) => problems.push(problem)),
    host: read('HOST'),
    port: Number(read('PORT', portProblem)),
  };
  if (config.readerUrl !== undefined && config.databaseUrl === undefined) {
    problems.push('DAYBOOK_READER_URL: needs DATABASE_URL, the same warehouse for its owner');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function postgresUrlProblem(value: string): string | undefined {
  // The value may contain a password, so the message does not repeat it.
  if (!/^postgres(ql)?:\/\//.test(value)) return 'must begin with postgres:// or postgresql://';
  return URL.canParse(value) ? undefined : 'is not a valid URL (escape special characters with %)';
}

/** The problem of a webhook's address, without repeating it: it is a secret. */
export function webhookProblem(value: string): string | undefined {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    return 'is not an address like https://chat.example/hook';
  }
  const { username, password } = new URL(value);
  return username === '' && password === '' ? undefined : 'must not hold a user or a password';
}

function instantProblem(value: string): string | undefined {
  const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/;
  return shape.test(value) && !Number.isNaN(Date.parse(value))
    ? undefined
    : `"${value}" is not an instant with its offset, like 2020-01-01T00:00:00-05:00`;
}

function countProblem(value: string): string | undefined {
  return /^[1-9]\d{0,6}$/.test(value) ? undefined : `"${value}" is not a whole number from 1`;
}

function basePathProblem(value: string): string | undefined {
  return /^(?:\/[A-Za-z0-9._~-]+)+$/.test(value)
    ? undefined
    : `"${value}" is not a path like /daybook, without a slash at its end`;
}

function portProblem(value: string): string | undefined {
  return /^\d{1,5}$/.test(value) && Number(value) <= 65535
    ? undefined
    : `"${value}" is not a port, a whole number from 0 to 65535`;
}
