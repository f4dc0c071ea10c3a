// Filters as parameters of an address, and back; only what a reader has set stands in it.

import { datePattern } from './bin-dates.js';
import { datePresets, type Choice, type Choices } from './choices.js';
import { parseDecimal } from './decimal.js';
import type { Control } from './grammar.js';

/** The prefix of filter parameters, which tells them from parameters of choices. */
export const filterPrefix = 'filter.';

/** The value that stands for rows without one; a value that begins with it begins with two of them. */
const missing = '~';

/**
 * The parameters of an address that say what is chosen, in the order of the controls. Zero, false and the empty text
 * are values like others.
 */
export function toParameters(
  choices: Choices,
  controls: readonly Pick<Control, 'field'>[],
): [name: string, value: string][] {
  return controls.flatMap(({ field }): [string, string][] => {
    const choice = choices.get(field);
    return choice === undefined
      ? []
      : textsOf(choice).map((text) => [`${filterPrefix}${field}`, text]);
  });
}

function textsOf(choice: Choice): string[] {
  switch (choice.kind) {
    case 'values':
      return choice.values.map((value) =>
        value === null ? missing : value.startsWith(missing) ? `${missing}${value}` : value,
      );
    case 'preset':
      return [choice.preset];
    case 'dates':
    case 'numbers':
      return [`${choice.from ?? ''}..${choice.to ?? ''}`];
    case 'text':
      return [choice.text];
  }
}

/** Reads what an address says; parameters that no control knows, and those that do not fit theirs, choose nothing. */
export function fromParameters(
  parameters: Iterable<readonly [name: string, value: string]>,
  controls: readonly Pick<Control, 'field' | 'control'>[],
): Map<string, Choice> {
  const texts = new Map<string, string[]>();
  for (const [name, value] of parameters) {
    if (!name.startsWith(filterPrefix)) continue;
    const field = name.slice(filterPrefix.length);
    texts.set(field, [...(texts.get(field) ?? []), value]);
  }
  return new Map(
    controls.flatMap(({ field, control }): [string, Choice][] => {
      const choice = choiceOf(control, texts.get(field) ?? []);
      return choice === undefined ? [] : [[field, choice]];
    }),
  );
}

function choiceOf(control: Control['control'], texts: readonly string[]): Choice | undefined {
  const [first] = texts;
  if (first === undefined) return undefined;
  switch (control) {
    case 'select':
    case 'multiple': {
      const values = texts.map((text) =>
        text === missing ? null : text.startsWith(missing) ? text.slice(1) : text,
      );
      return {
        kind: 'values',
        values: [...new Set(control === 'select' ? values.slice(0, 1) : values)],
      };
    }
    case 'text':
      return first === '' ? undefined : { kind: 'text', text: first };
    case 'dates': {
      const preset = datePresets.find((one) => one === first);
      if (preset !== undefined) return { kind: 'preset', preset };
      const span = spanOf(first, (end) => end.length === 10 && datePattern.test(end));
      return span && { kind: 'dates', ...span };
    }
    case 'range': {
      const span = spanOf(first, (end) => parseDecimal(end) !== undefined);
      return span && { kind: 'numbers', ...span };
    }
  }
}

function spanOf(text: string, isEnd: (end: string) => boolean) {
  const [from = '', to = '', ...others] = text.split('..');
  if (others.length > 0 || (from === '' && to === '') || !text.includes('..')) return undefined;
  if ((from !== '' && !isEnd(from)) || (to !== '' && !isEnd(to))) return undefined;
  return { ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) };
}
