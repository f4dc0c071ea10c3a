import { readFileSync } from 'node:fs';
import { CreateError } from './create-error.js';
import type { Template } from './templates.js';

/** What npm is to do for a project; those that are there already stay. */
const scripts: Readonly<Record<string, string>> = {
  start: 'daybook up',
  dev: 'daybook dev',
  test: 'daybook test',
};

/** Install scripts that are not needed; npm asks to review all others. */
const allowScripts = JSON.parse(
  readFileSync(new URL('./allow-scripts.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, boolean>>;

/** What a package.json has been given, and what it kept instead. */
export interface CompletedPackage {
  readonly text: string;
  /** Fields that said something else and still do, like `scripts.test`. */
  readonly kept: readonly string[];
}

/**
 * The package.json of a project: a new one, or one that is there with what Daybook needs added.
 *
 * @param options - `existing`: its text; undefined: there is none. `name`: of a new project. `version`: of Daybook.
 *   `template`: of which the packages are added.
 * @throws CreateError when the existing one is no JSON object.
 */
export function completePackage({
  existing,
  name,
  version,
  template,
}: {
  readonly existing: string | undefined;
  readonly name: string;
  readonly version: string;
  readonly template: Template | undefined;
}): CompletedPackage {
  const found =
    existing === undefined
      ? { name, version: '0.0.0', private: true, type: 'module', engines: { node: '>=20.19.0' } }
      : parsePackage(existing);
  const kept: string[] = [];
  const add = (field: string, values: Readonly<Record<string, string | boolean>>) => {
    const before = recordOf(found, field);
    for (const [key, value] of Object.entries(values)) {
      if (before[key] !== undefined && before[key] !== value) kept.push(`${field}.${key}`);
    }
    return { ...values, ...before };
  };
  const added: [string, Record<string, unknown>][] = [
    ['scripts', add('scripts', scripts)],
    ['dependencies', add('dependencies', { daybook: `^${version}`, ...template?.dependencies })],
    ['overrides', add('overrides', template?.overrides ?? {})],
    ['allowScripts', add('allowScripts', allowScripts)],
  ];
  const filled = added.filter(([, values]) => Object.keys(values).length > 0);
  const completed = { ...found, ...Object.fromEntries(filled) };
  const indent = /^([ \t]+)"/m.exec(existing ?? '')?.[1] ?? '  ';
  return { text: `${JSON.stringify(completed, undefined, indent)}\n`, kept };
}

function parsePackage(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new CreateError('package.json is not JSON', 'mend it, then try again', { cause });
  }
  throw new CreateError('package.json is no JSON object', 'mend it, then try again');
}

function recordOf(value: Readonly<Record<string, unknown>>, field: string) {
  const found = value[field] ?? {};
  if (isRecord(found)) return found;
  throw new CreateError(`package.json: ${field} must be an object`, 'mend it, then try again');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A name that npm takes, made of that of a folder: `Meine Größen` gives `meine-grossen`.
 *
 * @returns `analytics` where nothing is left of it.
 */
export function packageName(folder: string): string {
  const name = folder
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[._-]+|[._-]+$/g, '')
    .slice(0, 200);
  // npm would take the package for this one, or refuse the name.
  const isTaken = ['', 'daybook', 'node_modules', 'favicon.ico'].includes(name);
  return isTaken ? 'analytics' : name;
}
