import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const src = join(import.meta.dirname, '../../src');

/** The files of src/ that name a table in code, by a pattern; what comments name is left out. */
function filesThatName(table: string, except: RegExp): string[] {
  const name = new RegExp(`\\b(?:from|join|into|update|table|copy|exists|on|')\\s*${table}`, 'i');
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !except.test(path))
    .filter((path) =>
      readFileSync(join(src, path), 'utf8')
        .split('\n')
        .some((line) => !/^\s*(?:\*|\/\*|\/\/)/.test(line) && name.test(line)),
    )
    .sort();
}

test('what the warehouse remembers of runs is read and written by src/history alone', () => {
  expect(filesThatName('ops\\.(?!schedule|deadline)[a-z_]+', /^history\//)).toEqual([
    // One statement says of each notebook which pipeline run it shows and whether that is outdated.
    'publication/notebook-rows.ts',
    // The newest run as every page shows it: a part of the publication's state.
    'publication/pipeline-row.ts',
    // What a notebook reads is looked up in the newest run's graph.
    'publication/publication-writer.ts',
    // One statement says of each deadline what it looks at, in whichever form that was declared.
    'schedules/deadline-reader.ts',
    // One statement says whether anything is due, and whether a run is at work.
    'schedules/scheduler.ts',
    // One statement says of each relation which task built it and how its tests ended.
    'server/reading/readers/catalogue-reader.ts',
    // Which version of the engine wrote to the warehouse is no run.
    'warehouse/schema/engine-version.ts',
    // Migrations keep books of themselves before there is anything else.
    'warehouse/schema/migrate.ts',
  ]);
});

test('what the warehouse remembers of schedules is read and written by src/schedules alone', () => {
  expect(filesThatName('ops\\.(?:schedule|deadline)', /^schedules\//)).toEqual([]);
});

test('published runs of notebooks are read and written by src/publication alone', () => {
  expect(filesThatName('publication\\.[a-z_]+', /^publication\//)).toEqual([
    // Runs of the pipeline that a page names are kept.
    'history/runs/run-record.ts',
  ]);
});
