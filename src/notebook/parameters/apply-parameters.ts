// Setting of parameter values in a notebook.

import { DaybookError } from '../../errors.js';
import { hasTag } from '../../nbformat/cell-tags.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import { sqlMetadata } from '../../nbformat/sql-language.js';
import { sqlCell } from '../../parse-sql/sql-cell.js';
import type { Environment } from '../../config/environment/env-file.js';
import { declaredParameters, type DeclaredParameter } from './declared-parameters.js';
import type { GivenParameters } from './given-parameters.js';
import {
  checkedValue,
  ParameterMismatch,
  valueAsCode,
  valueFromText,
  type ParameterValue,
} from './parameter-type.js';

/** A notebook with its values for one run. */
export interface ParameterizedNotebook {
  readonly notebook: Notebook;
  /** The values of the run, without secret and computed ones. */
  readonly values: Readonly<Record<string, ParameterValue>>;
  /** The values that differ from those in the file. */
  readonly changed: Readonly<Record<string, ParameterValue>>;
  /** Secret values, which must not appear anywhere. */
  readonly secrets: readonly string[];
  /** The environment variables of the secrets. */
  readonly secretNames: readonly string[];
}

/** The declared parameters of a notebook; none without a tagged cell. */
export async function parametersOf(notebook: Notebook, path: string): Promise<DeclaredParameter[]> {
  const cell = notebook.cells[parametersCell(notebook)];
  if (cell === undefined) return [];
  if (sqlCell(joinText(cell.source), sqlMetadata(cell.metadata)) !== undefined) {
    throw new DaybookError('PARAMETER_INVALID', 'the cell tagged parameters is SQL', {
      ...{
        where: path,
        hint: 'declare parameters in a TypeScript cell: SQL cells use them as ${name}',
      },
    });
  }
  try {
    return await declaredParameters(joinText(cell.source));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DaybookError('PARAMETER_INVALID', reason, { where: path });
  }
}

/**
 * Replaces values in the cell that declares them: so they have their declared types, and the cell shows the values
 * of the run.
 *
 * @param given - Undeclared names are ignored.
 * @param env - The source of secrets.
 * @throws DaybookError `PARAMETER_INVALID` with all invalid values and unset secrets.
 */
export async function applyParameters(
  notebook: Notebook,
  path: string,
  given: GivenParameters,
  env: Environment,
): Promise<ParameterizedNotebook> {
  const declared = await parametersOf(notebook, path);
  const problems: string[] = [];
  const values: Record<string, ParameterValue> = {};
  const changed: Record<string, ParameterValue> = {};
  const secrets: string[] = [];
  const index = parametersCell(notebook);
  let source = joinText(notebook.cells[index]?.source ?? '');
  for (const parameter of declared.toReversed()) {
    const { name, type, secret, standing } = parameter;
    const value = given[name];
    if (secret !== undefined) {
      const text = env[secret.variable] ?? '';
      if (value !== undefined) {
        problems.push(`${name} is secret: set ${secret.variable} in the environment`);
      } else if (text === '') problems.push(`${name}: ${secret.variable} is not set`);
      else secrets.push(text);
      continue;
    }
    if (value === undefined) {
      if (standing !== undefined) values[name] = standing;
      continue;
    }
    try {
      const checked =
        'text' in value ? valueFromText(type, value.text) : checkedValue(type, value.value);
      values[name] = checked;
      if (JSON.stringify(checked) === JSON.stringify(standing)) continue;
      changed[name] = checked;
      source =
        source.slice(0, parameter.start) + valueAsCode(type, checked) + source.slice(parameter.end);
    } catch (error) {
      if (!(error instanceof ParameterMismatch)) throw error;
      problems.push(`${name}: ${error.message}`);
    }
  }
  if (problems.length > 0) {
    throw new DaybookError('PARAMETER_INVALID', problems.toReversed().join('\n'), {
      where: path,
      hint: `npx daybook notebooks run ${path} --help-params says what it takes`,
    });
  }
  const cell = notebook.cells[index];
  return {
    notebook:
      cell === undefined || Object.keys(changed).length === 0
        ? notebook
        : { ...notebook, cells: notebook.cells.with(index, { ...cell, source }) },
    values: inOrder(values, declared),
    changed: inOrder(changed, declared),
    secrets,
    secretNames: declared.flatMap(({ secret }) => (secret === undefined ? [] : [secret.variable])),
  };
}

/** The index of the cell that declares parameters; -1: none does. */
export function parametersCell(notebook: Notebook): number {
  return notebook.cells.findIndex(
    (cell) => cell.cell_type === 'code' && hasTag(cell, 'parameters'),
  );
}

function inOrder(
  values: Readonly<Record<string, ParameterValue>>,
  declared: readonly DeclaredParameter[],
): Record<string, ParameterValue> {
  return Object.fromEntries(
    declared.flatMap(({ name }) => (name in values ? [[name, values[name] ?? null]] : [])),
  );
}
