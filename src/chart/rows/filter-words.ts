// Filters in words, for captions, alternative texts, files and the announcement to screen readers.

import { countOf, formatCount } from '../../text/amounts.js';
import { missingName } from './chart-of-rows.js';
import type { Choice, Choices, DatePreset } from './choices.js';
import type { Control } from './grammar.js';

/** The presets of dates as readers see them. */
export const presetWords: Readonly<Record<DatePreset, string>> = {
  'last-7-days': 'Last 7 days',
  'last-30-days': 'Last 30 days',
  'last-90-days': 'Last 90 days',
  'last-12-months': 'Last 12 months',
  'this-year': 'The last year so far',
  'year-before': 'The year before',
};

/** A value as readers choose it. */
export function valueWords(value: string | null): string {
  return value === null ? missingName : value === '' ? '(empty)' : value;
}

/** What is chosen: `Province: Quebec, Ontario; Month: from 2019-05-01`; empty: nothing is. */
export function choicesInWords(
  choices: Choices,
  controls: readonly Pick<Control, 'field' | 'label'>[],
): string {
  return controls
    .flatMap(({ field, label }) => {
      const choice = choices.get(field);
      return choice === undefined ? [] : [`${label}: ${choiceWords(choice)}`];
    })
    .join('; ');
}

function choiceWords(choice: Choice): string {
  switch (choice.kind) {
    case 'values':
      return choice.values.map(valueWords).join(', ');
    case 'preset':
      return presetWords[choice.preset].toLowerCase();
    case 'text':
      return `contains “${choice.text}”`;
    case 'dates':
    case 'numbers': {
      const { from, to } = choice;
      if (from !== undefined && from === to) return from;
      return [from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(' ');
    }
  }
}

/** How many rows are chosen: `120 of 4,000 rows`. */
export function rowsInWords(chosen: number, count: number): string {
  return chosen === count
    ? `all ${countOf(count, 'row')}`
    : `${formatCount(chosen)} of ${countOf(count, 'row')}`;
}
