import { DaybookError } from '../../errors.js';
import { hasTag } from '../../nbformat/cell-tags.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import type { Environment } from '../../config/config.js';
import { declaredParameters, type DeclaredParameter } from './declared-parameters.js';
import type { GivenParameters } from './given-parameters.js';
import {
  checkedValue,
  ParameterMismatch,
  valueAsCode,
  valueFromText,
  type ParameterValue,
} from './parameter-type.js';

/** A notebook with the values of one run. */
export interface ParameterizedNotebook {
  readonly notebook: Notebook;
  /** The values that it runs with, but for secret and computed ones. */
  readonly values: Readonly<Record<string, ParameterValue>>;
  /** Those of them that are not the ones in its file. */
  readonly changed: Readonly<Record<string, ParameterValue>>;
  /** Values that must not be seen anywhere. */
  readonly secrets: readonly string[];
  /** The variables of the environment that they are read from. */
  readonly secretNames: readonly string[];
}

/** The parameters that a notebook declares; none where no cell is tagged. */
export async function parametersOf(notebook: Notebook, path: string): Promise<DeclaredParameter[]> {
  const cell = notebook.cells[parametersCell(notebook)];
  if (cell === undefined) return [];
  try {
    return await declaredParameters(joinText(cell.source));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DaybookError('PARAMETER_INVALID', reason, { where: path });
  }
}

/**
 * Puts values into the cell that declares them, in place of those that stand there: so they have the
 * types of their declarations, and the cell says what the run was about.
 *
 * @param given - Names that the notebook does not declare are passed over.
 * @param env - Where secrets are read.
 * @throws DaybookError `PARAMETER_INVALID` with all values that do not fit, and secrets that are not
 *   set.
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

function parametersCell(notebook: Notebook): number {
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
