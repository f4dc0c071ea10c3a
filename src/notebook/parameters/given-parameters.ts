// Parameter values from the command line and from files.

import { DaybookError } from '../../errors.js';
import { readTextFile } from '../../files/text-file.js';
import type { ParameterValue } from './parameter-type.js';

/** A given value: text of the command line, or a value of a file. */
export type GivenValue = { readonly text: string } | { readonly value: ParameterValue };

/** The parameters of one run, by name. */
export type GivenParameters = Readonly<Record<string, GivenValue>>;

/** The sources of parameter values. */
export interface ParameterSources {
  /** `NAME=VALUE` options. */
  readonly single: readonly string[];
  /** `NAME=A,B,C` options: a run for each combination of values. */
  readonly matrix: readonly string[];
  /** A YAML or JSON file: an object, or a list of objects for several runs; absolute. */
  readonly file: string | undefined;
}

/**
 * The values of each run; the command line overrides the file.
 *
 * @returns At least one entry, empty when nothing is given.
 * @throws DaybookError `USAGE` for invalid syntax.
 */
export async function givenParameters(sources: ParameterSources): Promise<GivenParameters[]> {
  const fromFile = sources.file === undefined ? [{}] : await readParameterFile(sources.file);
  const single = Object.fromEntries(
    sources.single.map((piece) => {
      const [name, text] = assignment(piece, '--param');
      return [name, { text }];
    }),
  );
  let runs: GivenParameters[] = fromFile.map((run) => ({ ...run, ...single }));
  for (const piece of sources.matrix) {
    const [name, list] = assignment(piece, '--matrix');
    const texts = list.split(',').map((text) => text.trim());
    runs = runs.flatMap((run) => texts.map((text) => ({ ...run, [name]: { text } })));
  }
  return runs;
}

function assignment(piece: string, option: string): [name: string, text: string] {
  const at = piece.indexOf('=');
  if (at > 0) return [piece.slice(0, at).trim(), piece.slice(at + 1)];
  throw new DaybookError('USAGE', `${option}: "${piece}" is not NAME=VALUE`);
}

async function readParameterFile(file: string): Promise<GivenParameters[]> {
  const wrong = (message: string, cause?: unknown) =>
    new DaybookError('USAGE', message, { where: file, cause });
  let value: unknown;
  try {
    const text = await readTextFile(file);
    // JSON is a subset of YAML.
    value = (await import('yaml')).parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw wrong(`The file of parameters cannot be read: ${reason}`, cause);
  }
  const runs: unknown[] = Array.isArray(value) ? value : [value ?? {}];
  if (runs.length === 0) throw wrong('The file of parameters lists no run');
  return runs.map((run) => {
    if (typeof run !== 'object' || run === null || Array.isArray(run)) {
      throw wrong('A file of parameters holds an object, or a list of objects: one for each run');
    }
    return Object.fromEntries(
      Object.entries(run).map(([name, entry]) => [name, { value: entry as ParameterValue }]),
    );
  });
}
