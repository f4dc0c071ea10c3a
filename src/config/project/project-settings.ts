// Validation of the project file, with defaults: a new key of daybook.config.ts is read here, and typed in
// define-config.ts.

import { defaultSeverities, lintRules, type LintSeverities } from '../declarations/lint-rules.js';
import type { CronProblem } from '../declarations/cron-expression.js';
import { readDeadlines, type DeadlineSettings } from '../declarations/deadline-config.js';
import { FieldReader, isRecord, oneOf, type FieldProblem } from '../declarations/field-reader.js';
import {
  lineageUrlProblem,
  type OpenLineageSettings,
} from '../declarations/open-lineage-config.js';
import { readSchedules, type ScheduleSettings } from '../declarations/schedule-config.js';
import { storageUrlProblem, type StorageSettings } from '../declarations/storage-config.js';
import { defaultLocale, isKnownLocale } from '../../text/locale.js';
import { timeZoneProblem } from '../declarations/time-zone.js';
import { readTheme, type ThemeSettings } from '../theme/theme-config.js';

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
  /** What happens by itself, and when. */
  readonly schedules: readonly ScheduleSettings[];
  /** Where objects are; undefined: as the environment says. */
  readonly storage: StorageSettings | undefined;
  /** What has to arrive by when. */
  readonly deadlines: readonly DeadlineSettings[];
  /** The locale of numbers and dates: a BCP 47 tag. */
  readonly locale: string;
  /** The house style; undefined: the default look. */
  readonly theme: ThemeSettings | undefined;
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
  schedules: [],
  storage: undefined,
  deadlines: [],
  theme: undefined,
  locale: defaultLocale,
};

/** The fields of a project file. */
export const projectFields: readonly string[] = [
  ...['title', 'groups', 'schemas', 'report', 'sampleLogs', 'lint', 'openLineage'],
  ...['schedules', 'storage', 'deadlines', 'theme', 'locale'],
];

/**
 * Completes the export of a project file.
 *
 * @param value - Its default export, untyped: people also write JavaScript.
 * @param cronProblem - Checks cron expressions. Default: they are not checked.
 * @returns All problems, or the settings.
 */
export function completeProject(
  value: unknown,
  cronProblem?: CronProblem,
): { readonly settings: ProjectSettings } | { readonly problems: readonly FieldProblem[] } {
  const fields = new FieldReader();
  const { problems } = fields;

  const project = fields.object(value, [], projectFields);
  const report = fields.object(project['report'], ['report'], ['timeZone', 'model']);
  const schemas = readSchemas(project['schemas'], fields);
  const text = (name: string, problem: (text: string) => string | undefined) =>
    fields.text(report[name], ['report', name], problem);
  const schedules = readSchedules(project['schedules'], fields, cronProblem);
  const settings: ProjectSettings = {
    site: {
      title: fields.text(project['title'], ['title'], titleProblem) ?? defaultSite.title,
      groups: readGroups(project['groups'], fields),
    },
    schemas,
    timeZone: text('timeZone', timeZoneProblem) ?? defaultProject.timeZone,
    reportModel: text('model', (name) => modelProblem(name, schemas.names)),
    sampleLogs: fields.text(project['sampleLogs'], ['sampleLogs'], samplePathProblem),
    lint: readLint(project['lint'], fields),
    openLineage: readLineage(project['openLineage'], fields),
    storage: readStores(project['storage'], fields),
    schedules,
    deadlines: readDeadlines(
      project['deadlines'],
      fields,
      schedules.map(({ name }) => name),
    ),
    theme: readTheme(project['theme'], fields),
    locale: fields.text(project['locale'], ['locale'], localeProblem) ?? defaultLocale,
  };
  return problems.length > 0 ? { problems } : { settings };
}

function localeProblem(locale: string): string | undefined {
  return isKnownLocale(locale)
    ? undefined
    : "must be the name of a language and its country, like 'en-CA', 'de-DE' or 'fr-CA'";
}

function titleProblem(title: string): string | undefined {
  return title.trim() === '' || title.length > 80 ? 'must have 1 to 80 characters' : undefined;
}

function readGroups(value: unknown, fields: FieldReader): readonly string[] {
  if (value === undefined) return defaultSite.groups;
  if (Array.isArray(value) && value.every((group) => typeof group === 'string')) {
    const twice = value.find((group, index) => value.indexOf(group) < index);
    if (twice === undefined) return value;
    fields.wrong(['groups'], `names "${twice}" twice`);
  } else fields.wrong(['groups'], "must be a list of names, like ['Sales', 'Operations']");
  return defaultSite.groups;
}

function readLint(value: unknown, fields: FieldReader): LintSeverities {
  const given = fields.object(value, ['lint'], Object.keys(lintRules));
  const severities: readonly unknown[] = ['error', 'warning', 'off'];
  for (const [rule, severity] of Object.entries(given)) {
    if (!severities.includes(severity))
      fields.wrong(['lint', rule], "must be 'error', 'warning' or 'off'");
  }
  return { ...defaultSeverities, ...given };
}

function readLineage(value: unknown, fields: FieldReader): OpenLineageSettings | undefined {
  if (value === undefined) return undefined;
  const path = ['openLineage'];
  const given = fields.object(value, path, ['url', 'file', 'namespace']);
  const text = (name: string, problem: (text: string) => string | undefined) =>
    fields.text(given[name], [...path, name], problem);
  const isEmpty = (words: string) => (words.trim() === '' ? 'must not be empty' : undefined);
  if ((given['url'] === undefined) === (given['file'] === undefined)) {
    fields.wrong(path, "must have a url or a file, like { url: 'https://lineage.example.org' }");
  }
  return {
    url: text('url', (url) => lineageUrlProblem(url)),
    file: text('file', isEmpty),
    namespace: text('namespace', isEmpty),
  };
}

function readStores(value: unknown, fields: FieldReader): StorageSettings | undefined {
  if (value === undefined) return undefined;
  const path = ['storage'];
  const given = fields.object(value, path, ['endpoint', 'region', 'forcePathStyle']);
  const text = (name: string, problem: (text: string) => string | undefined) =>
    fields.text(given[name], [...path, name], problem);
  const { forcePathStyle } = given;
  const isSwitch = forcePathStyle === undefined || typeof forcePathStyle === 'boolean';
  if (!isSwitch) fields.wrong([...path, 'forcePathStyle'], 'must be true or false');
  return {
    endpoint: text('endpoint', storageUrlProblem),
    region: text('region', (region) =>
      /^[\w-]+$/.test(region) ? undefined : 'must be the name of a region, like eu-central-1',
    ),
    forcePathStyle: isSwitch ? forcePathStyle : undefined,
  };
}

function readSchemas(value: unknown, fields: FieldReader): Schemas {
  if (value === undefined) return defaultSchemas;
  const path = ['schemas'];
  if (!isRecord(value) || Object.keys(value).length === 0) {
    fields.wrong(
      path,
      "must name the schemas and say what each is, like { bronze: 'The lines', gold: 'Answers' }",
    );
    return defaultSchemas;
  }
  const words: Record<string, string> = {};
  for (const [name, word] of Object.entries(value)) {
    const problem = schemaProblem(name);
    if (problem !== undefined) fields.wrong([...path, name], problem);
    else if (typeof word !== 'string')
      fields.wrong([...path, name], 'must be text: what the tables of it are');
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
const reserved: readonly string[] = [
  ...engineSchemas,
  ...['daybook_queue', 'sources', 'information_schema'],
];

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
