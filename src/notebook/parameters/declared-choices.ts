// Parameters whose values readers may choose: `metadata.daybook.choices`, the values of each, and the most
// combinations.

import { DaybookError } from '../../errors.js';
import { daybookMetadata } from '../../nbformat/daybook-metadata.js';
import type { Notebook } from '../../nbformat/notebook.js';
import {
  choiceText,
  type ChoiceOption,
  type ChoiceParameter,
  type ChoiceValue,
  type ChosenValues,
} from '../../publication/choice-values.js';
import { parametersOf } from './apply-parameters.js';
import type { DeclaredParameter } from './declared-parameters.js';
import type { ParameterType } from './parameter-type.js';

/** Asks the warehouse for the values of a parameter, in the reader's role. */
export type ReadOptions = (sql: string) => Promise<ChoiceOption[]>;

/** The most combinations of a notebook that does not declare more (`mostChoices`). */
const defaultMost = 100;

/** Names that addresses of pages use themselves. */
const takenNames: ReadonlySet<string> = new Set(['code', 'theme']);

/** The longest comment that is shown as a parameter's label. */
const longestLabel = 32;

/** The parameters that a notebook's metadata lets its readers choose; none without any. */
export function choiceNames(notebook: Notebook): string[] {
  const { choices } = daybookMetadata(notebook.metadata);
  const names: unknown[] = Array.isArray(choices)
    ? choices
    : choices === undefined
      ? []
      : [choices];
  return [
    ...new Set(names.map((name) => (typeof name === 'string' ? name : JSON.stringify(name)))),
  ];
}

/**
 * What the readers of a notebook may choose.
 *
 * @param readOptions - Undefined: values of the warehouse are not asked for; such a parameter has only the value in
 *   the notebook.
 * @throws DaybookError `PARAMETER_INVALID` with everything that is wrong with the declarations.
 */
export async function declaredChoices(
  notebook: Notebook,
  path: string,
  readOptions: ReadOptions | undefined,
): Promise<ChoiceParameter[]> {
  const names = choiceNames(notebook);
  if (names.length === 0) return [];
  const declared = await parametersOf(notebook, path);
  const problems: string[] = [];
  const found: ChoiceParameter[] = [];
  for (const name of names) {
    const parameter = declared.find((one) => one.name === name);
    try {
      found.push(await choiceOf(name, parameter, readOptions));
    } catch (error) {
      if (!(error instanceof DaybookError)) throw error;
      problems.push(`${name}: ${error.message}`);
    }
  }
  if (problems.length > 0) {
    throw new DaybookError('PARAMETER_INVALID', problems.join('\n'), {
      where: path,
      hint: 'metadata.daybook.choices lists parameters with a list of values: a union of literals, a boolean, or choicesFrom(query, value)',
    });
  }
  checkCount(notebook, path, found);
  return found;
}

async function choiceOf(
  name: string,
  parameter: DeclaredParameter | undefined,
  readOptions: ReadOptions | undefined,
): Promise<ChoiceParameter> {
  if (parameter === undefined) throw wrong('no cell tagged "parameters" declares it');
  const { type, standing, secret, query, description } = parameter;
  if (secret !== undefined) throw wrong('it is secret, and addresses are not');
  if (takenNames.has(name)) throw wrong(`?${name}= means something else in addresses: rename it`);
  if (standing === undefined || (typeof standing === 'object' && standing !== null)) {
    throw wrong('its value in the notebook is no literal');
  }
  const options =
    query === undefined
      ? optionsOf(type)
      : readOptions === undefined
        ? [optionOf(standing)]
        : await readOptions(query);
  if (options === undefined) {
    throw wrong(
      'its type has no list of values: declare them, like const region: "north" | "south"',
    );
  }
  const texts = options.map(({ value }) => choiceText(value));
  const twice = texts.find((text, index) => texts.indexOf(text) < index);
  if (twice !== undefined)
    throw wrong(`two of its values are ${JSON.stringify(twice)} in an address`);
  if (!options.some(({ value }) => value === standing)) {
    const few = options.slice(0, 10).map(({ value }) => JSON.stringify(value));
    const among =
      few.length === 0
        ? 'there are none'
        : `there are ${few.join(', ')}${options.length > 10 ? ' and more' : ''}`;
    throw wrong(
      `its value in the notebook, ${JSON.stringify(standing)}, is none of those that may be chosen: ${among}`,
    );
  }
  return { name, label: labelOf(name, description), options, standing };
}

function wrong(message: string): DaybookError {
  return new DaybookError('PARAMETER_INVALID', message);
}

/** The values of a type; undefined: they cannot be listed. */
function optionsOf(type: ParameterType): ChoiceOption[] | undefined {
  switch (type.kind) {
    case 'boolean':
      return [true, false].map(optionOf);
    case 'literals':
      return type.values.map(optionOf);
    case 'nullable': {
      const others = optionsOf(type.of);
      return others && [...others, optionOf(null)];
    }
    default:
      return undefined;
  }
}

function optionOf(value: ChoiceValue): ChoiceOption {
  const words = new Map<ChoiceValue, string>([
    [true, 'Yes'],
    [false, 'No'],
    [null, 'None'],
  ]);
  return { value, label: words.get(value) ?? String(value) };
}

/** A short comment, else the name in words: `signUpYear` becomes `Sign up year`. */
function labelOf(name: string, description: string): string {
  const [sentence = ''] = description.split(/[.:(](?:\s|$)/);
  if (sentence !== '' && sentence.length <= longestLabel) return sentence;
  const words = name
    .replace(
      /([\p{Ll}\d])(\p{Lu})/gu,
      (_, end: string, start: string) => `${end} ${start.toLowerCase()}`,
    )
    .replace(/_+/g, ' ')
    .trim();
  return words === '' ? name : words.charAt(0).toUpperCase() + words.slice(1);
}

/** Refuses more combinations than the notebook declares, and names the parameter with the most values. */
function checkCount(notebook: Notebook, path: string, choices: readonly ChoiceParameter[]): void {
  const { mostChoices } = daybookMetadata(notebook.metadata);
  const most =
    Number.isInteger(mostChoices) && Number(mostChoices) > 0 ? Number(mostChoices) : defaultMost;
  const count = choices.reduce((product, { options }) => product * options.length, 1);
  if (count <= most) return;
  const sizes = choices.map(({ name, options }) => `${name} has ${options.length}`);
  const [largest] = [...choices].sort((one, other) => other.options.length - one.options.length);
  throw new DaybookError(
    'PARAMETER_INVALID',
    `its choices have ${count} combinations, and ${most} are allowed: ${sizes.join(', ')} values`,
    {
      where: path,
      hint: `Give ${largest?.name ?? ''} fewer values or take it out of metadata.daybook.choices; "mostChoices": ${count} there allows all`,
    },
  );
}

/** All combinations of values, the last parameter changing fastest. */
export function combinations(choices: readonly ChoiceParameter[]): ChosenValues[] {
  return choices.reduce<ChosenValues[]>(
    (before, { name, options }) =>
      before.flatMap((values) => options.map(({ value }) => ({ ...values, [name]: value }))),
    [{}],
  );
}
