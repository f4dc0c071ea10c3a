// Validation of the project file, with defaults: a new key of daybook.config.ts is read here, and typed in
// define-config.ts.

import { defaultSeverities, lintRules, type LintSeverities } from './lint-rules.js';
import { closestName } from '../text/closest-name.js';
import { lineageUrlProblem, type OpenLineageSettings } from './open-lineage-config.js';
import { timeZoneProblem } from './time-zone.js';

/** The schemas of a project's tables. */
export interface Schemas {
  /** In the order of the data flow. */
  readonly names: readonly string[];
  /** The schema of loaded tables. */
  readonly loaded: string;
  /** The catalogue's description of each, by name. */
  readonly words: Readonly<Record<string, string>>;
}

/** The dashboard's title and order. */
export interface Site {
  readonly title: string;
  /** The groups of notebooks that come first. */
  readonly groups: readonly string[];
}

/** The complete settings of a project file. */
export interface ProjectSettings {
  readonly site: Site;
  readonly schemas: Schemas;
  /** `schema.name` of the model with the report's instant; undefined: none. */
  readonly reportModel: string | undefined;
  /** IANA name of the zone for days, months and years. */
  readonly timeZone: string;
  /** The folder of sample logs, or the module that makes them, relative to the root; undefined: none. */
  readonly sampleLogs: string | undefined;
  /** The severities of the rules for notebooks. */
  readonly lint: LintSeverities;
  /** Where lineage goes; undefined: nowhere, unless the environment says so. */
  readonly openLineage: OpenLineageSettings | undefined;
}

/** A problem of a project file with the path of its field. */
export interface FieldProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** The default schemas. */
export const defaultSchemas: Schemas = schemasOf({
  bronze: 'Accepted lines of the logs, as they came',
  silver: 'Cleaned and typed',
  gold: 'Answers: the tables that notebooks and dashboards read',
});

/** The default dashboard. */
export const defaultSite: Site = { title: 'Daybook', groups: [] };

/** The settings without a project file. */
export const defaultProject: ProjectSettings = {
  site: defaultSite,
  schemas: defaultSchemas,
  reportModel: undefined,
  timeZone: 'UTC',
  sampleLogs: undefined,
  lint: defaultSeverities,
  openLineage: undefined,
};

/** The fields of a project file. */
export const projectFields: readonly string[] = [
  ...['title', 'groups', 'schemas', 'report', 'sampleLogs', 'lint', 'openLineage'],
];

/** Reports a problem of a field. */
type Wrong = (path: readonly string[], message: string) => void;

/**
 * Completes the export of a project file.
 *
 * @param value - Its default export, untyped: people also write JavaScript.
 * @returns All problems, or the settings.
 */
export function completeProject(
  value: unknown,
): { readonly settings: ProjectSettings } | { readonly problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const wrong: Wrong = (path, message) => void problems.push({ path, message });

  const project = readObject(value, [], projectFields, wrong);
  const report = readObject(project['report'], ['report'], ['timeZone', 'model'], wrong);
  const schemas = readSchemas(project['schemas'], wrong);
  const text = (name: string, problem: (text: string) => string | undefined) =>
    readText(report[name], ['report', name], problem, wrong);
  const settings: ProjectSettings = {
    site: {
      title: readText(project['title'], ['title'], titleProblem, wrong) ?? defaultSite.title,
      groups: readGroups(project['groups'], wrong),
    },
    schemas,
    timeZone: text('timeZone', timeZoneProblem) ?? defaultProject.timeZone,
    reportModel: text('model', (name) => modelProblem(name, schemas.names)),
    sampleLogs: readText(project['sampleLogs'], ['sampleLogs'], samplePathProblem, wrong),
    lint: readLint(project['lint'], wrong),
    openLineage: readLineage(project['openLineage'], wrong),
  };
  return problems.length > 0 ? { problems } : { settings };
}

/** An object with known fields only; empty when it is missing or invalid. */
function readObject(
  value: unknown,
  path: readonly string[],
  known: readonly string[],
  wrong: Wrong,
): Readonly<Record<string, unknown>> {
  // A missing export means that this is no project file.
  if (value === undefined && path.length > 0) return {};
  if (!isRecord(value)) {
    wrong(path, 'must be an object, { … }');
    return {};
  }
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) wrong([...path, name], unknownField(name, known));
  }
  return value;
}

function readText(
  value: unknown,
  path: readonly string[],
  problem: (text: string) => string | undefined,
  wrong: Wrong,
): string | undefined {
  if (value === undefined) return undefined;
  const found = typeof value === 'string' ? problem(value) : 'must be text';
  if (found === undefined) return value as string;
  wrong(path, found);
  return undefined;
}

function titleProblem(title: string): string | undefined {
  return title.trim() === '' || title.length > 80 ? 'must have 1 to 80 characters' : undefined;
}

function readGroups(value: unknown, wrong: Wrong): readonly string[] {
  if (value === undefined) return defaultSite.groups;
  if (Array.isArray(value) && value.every((group) => typeof group === 'string')) {
    const twice = value.find((group, index) => value.indexOf(group) < index);
    if (twice === undefined) return value;
    wrong(['groups'], `names "${twice}" twice`);
  } else wrong(['groups'], "must be a list of names, like ['Sales', 'Operations']");
  return defaultSite.groups;
}

function readLint(value: unknown, wrong: Wrong): LintSeverities {
  const given = readObject(value, ['lint'], Object.keys(lintRules), wrong);
  const severities: readonly unknown[] = ['error', 'warning', 'off'];
  for (const [rule, severity] of Object.entries(given)) {
    if (!severities.includes(severity))
      wrong(['lint', rule], "must be 'error', 'warning' or 'off'");
  }
  return { ...defaultSeverities, ...given };
}

function readLineage(value: unknown, wrong: Wrong): OpenLineageSettings | undefined {
  if (value === undefined) return undefined;
  const path = ['openLineage'];
  const given = readObject(value, path, ['url', 'file', 'namespace'], wrong);
  const text = (name: string, problem: (text: string) => string | undefined) =>
    readText(given[name], [...path, name], problem, wrong);
  const isEmpty = (words: string) => (words.trim() === '' ? 'must not be empty' : undefined);
  if ((given['url'] === undefined) === (given['file'] === undefined)) {
    wrong(path, "must have a url or a file, like { url: 'https://lineage.example.org' }");
  }
  return {
    url: text('url', (url) => lineageUrlProblem(url)),
    file: text('file', isEmpty),
    namespace: text('namespace', isEmpty),
  };
}

function readSchemas(value: unknown, wrong: Wrong): Schemas {
  if (value === undefined) return defaultSchemas;
  const path = ['schemas'];
  if (!isRecord(value) || Object.keys(value).length === 0) {
    wrong(
      path,
      "must name the schemas and say what each is, like { bronze: 'The lines', gold: 'Answers' }",
    );
    return defaultSchemas;
  }
  const words: Record<string, string> = {};
  for (const [name, word] of Object.entries(value)) {
    const problem = schemaProblem(name);
    if (problem !== undefined) wrong([...path, name], problem);
    else if (typeof word !== 'string')
      wrong([...path, name], 'must be text: what the tables of it are');
    else words[name] = word;
  }
  return Object.keys(words).length === 0 ? defaultSchemas : schemasOf(words);
}

function schemasOf(words: Readonly<Record<string, string>>): Schemas {
  const names = Object.keys(words);
  return { names, loaded: names[0] ?? '', words };
}

/** The engine's own schemas. */
export const engineSchemas = ['ops', 'publication'] as const;

/** Reserved names: schemas of others, and a folder of sql/ that is no schema. */
const reserved: readonly string[] = [...engineSchemas, 'sources', 'information_schema'];

function schemaProblem(name: string): string | undefined {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) {
    return 'a schema is named by lower-case letters, digits and _, at most 63';
  }
  return reserved.includes(name) || name.startsWith('pg_')
    ? 'this name is not free; choose another'
    : undefined;
}

function modelProblem(name: string, schemas: readonly string[]): string | undefined {
  const [schema = ''] = name.split('.');
  if (!/^[a-z_][a-z0-9_]{0,62}\.[a-z_][a-z0-9_]{0,62}$/.test(name)) return 'must be schema.name';
  return schemas.includes(schema) ? undefined : `there is no schema ${schema}${oneOf(schemas)}`;
}

function samplePathProblem(path: string): string | undefined {
  return /^(?:[\w-][\w.-]*\/)*[\w-](?:[\w.-]*\.(?:ts|js|mjs)|[\w-]*)$/.test(path)
    ? undefined
    : 'must be a folder or a module below the root, like sample-logs or sample-logs/generate-logs.ts';
}

function unknownField(name: string, known: readonly string[]): string {
  const closest = closestName(name, known);
  const meant = closest === undefined ? '' : `; did you mean ${closest}?`;
  return `there is no such field${meant}${oneOf(known)}`;
}

function oneOf(names: readonly string[]): string {
  return ` (there ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')})`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
