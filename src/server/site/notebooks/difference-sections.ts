// The values that differ between two pages, as sections of tables.

import type { Element } from 'hast';
import { h } from 'hastscript';
import { countOf, formatCount } from '../../../text/amounts.js';
import { dataTable } from '../../parts/table.js';
import type { Difference } from '../../rendering/page-values.js';

/** The most differing values on a page. */
const maxDifferences = 1000;

/** How many of the values differ, in a sentence. */
export function differenceWords(count: number, all: number): string {
  return count === 0
    ? `nothing. All ${countOf(all, 'value')} are the same.`
    : `${formatCount(count)} of ${countOf(all, 'value')} ${count === 1 ? 'differs' : 'differ'}.`;
}

/**
 * A section for each card, chart, table and text that differs.
 *
 * @param sides - What the two pages are called.
 * @param headOf - What stands above the differences of a group: its heading and more. Default: its name.
 */
export function differenceSections(
  differences: readonly Difference[],
  [before, after]: readonly [before: string, after: string],
  headOf: (group: string) => readonly Element[] = (group) => [h('h2', group)],
  otherGroups: readonly string[] = [],
): Element[] {
  const shown = differences.slice(0, maxDifferences);
  const groups = new Map<string, Difference[]>();
  for (const one of shown) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  for (const group of otherGroups) if (!groups.has(group)) groups.set(group, []);
  const sections = [...groups].map(([group, members]) => {
    const hasChange = members.some(({ change }) => change !== undefined);
    return h('section', { className: 'part' }, [
      ...headOf(group),
      members.length === 0
        ? h('p', 'No value differs.')
        : dataTable(
            `${group}: ${countOf(members.length, 'difference')}`,
            [
              ...[{ label: 'Value' }, { label: before }, { label: after }],
              ...(hasChange ? [{ label: 'Difference', isNumber: true }] : []),
            ],
            members.map(({ name, before: old, after: now, change }) => [
              name,
              old === undefined ? 'not there' : short(old),
              now === undefined ? 'not there' : short(now),
              ...(hasChange ? [change ?? '–'] : []),
            ]),
          ),
    ]);
  });
  return differences.length > shown.length
    ? [...sections, h('p', `Only the first ${shown.length} are shown.`)]
    : sections;
}

function short(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
