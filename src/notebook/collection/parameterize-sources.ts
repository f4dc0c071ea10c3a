// The notebooks of a run with their parameter values.

import type { Environment } from '../../config/environment/env-file.js';
import { DaybookError } from '../../errors.js';
import type { NotebookSource } from './notebook-source.js';
import { applyParameters, parametersOf } from '../parameters/apply-parameters.js';
import type { GivenParameters } from '../parameters/given-parameters.js';
import type { ParameterValue } from '../parameters/parameter-type.js';

/**
 * The notebooks of a run with their values, each once for every distinct set of values.
 *
 * @param runs - The given values of each run; one entry at least.
 * @throws DaybookError `USAGE` for a name that no notebook declares; `PARAMETER_INVALID` for an invalid value.
 */
export async function parameterizeSources(
  sources: readonly NotebookSource[],
  runs: readonly GivenParameters[],
  env: Environment,
): Promise<NotebookSource[]> {
  await refuseUnknown(sources, runs);
  const result: NotebookSource[] = [];
  for (const source of sources) {
    const variants = new Map<string, NotebookSource>();
    for (const given of runs) {
      const variant = await withValues(source, given, env);
      const values = JSON.stringify(variant.changed);
      if (!variants.has(values)) variants.set(values, variant);
    }
    result.push(...variants.values());
  }
  return result;
}

async function refuseUnknown(
  sources: readonly NotebookSource[],
  runs: readonly GivenParameters[],
): Promise<void> {
  const unknown = new Set(runs.flatMap((given) => Object.keys(given)));
  if (unknown.size === 0) return;
  for (const { content, path } of sources) {
    if ('failure' in content) continue;
    for (const { name } of await parametersOf(content.notebook, path)) unknown.delete(name);
  }
  if (unknown.size > 0) {
    throw new DaybookError(
      'USAGE',
      `No notebook declares the parameter ${[...unknown].join(', ')}`,
      {
        hint: 'Declare it in a cell that is tagged "parameters"; --help-params lists those there are',
      },
    );
  }
}

async function withValues(
  source: NotebookSource,
  given: GivenParameters,
  env: Environment,
): Promise<NotebookSource> {
  const { content, path, slug } = source;
  if ('failure' in content) return source;
  try {
    const applied = await applyParameters(content.notebook, path, given, env);
    const { notebook, values, changed, secrets, secretNames } = applied;
    const variant = variantOf(changed);
    return {
      ...{ ...source, slug: slug + variant, variant, changed, parameters: values },
      ...{ secrets, secretNames },
      variantTitle: describeValues(changed),
      content: { ...content, notebook },
    };
  } catch (error) {
    // A missing value, such as an unset secret, fails this notebook alone.
    if (!(error instanceof DaybookError) || Object.keys(given).length > 0) throw error;
    return {
      ...source,
      content: { failure: { kind: 'parameters', ename: error.code, evalue: error.message } },
    };
  }
}

/** Values in words: `province QC, limit 5`. */
export function describeValues(values: Readonly<Record<string, ParameterValue>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** The suffix of an address: `--QC-5`. */
export function variantOf(values: Readonly<Record<string, ParameterValue>>): string {
  const words = Object.values(values).map((value) =>
    (typeof value === 'string' ? value : JSON.stringify(value))
      .replace(/[^\p{L}\p{N}.]+/gu, '-')
      .replace(/^-+|-+$/g, ''),
  );
  return words.length === 0 ? '' : `--${words.join('-')}`.slice(0, 80);
}
