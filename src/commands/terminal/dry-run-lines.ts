// Output of `daybook pipeline run --dry-run`.

import type { DryRun, PlannedFile } from '../../pipeline/dry-run.js';
import type { PlannedModel } from '../../pipeline/plan/plan-models.js';
import { countOf, formatBytes, formatCount } from '../../text/amounts.js';
import { passedOverLines } from './pipeline-lines.js';

const describeFile = {
  load: 'load   ',
  append: 'append ',
  remove: 'remove ',
  keep: 'keep   ',
  fail: 'FAIL   ',
} as const;
const describeModel = {
  build: 'build  ',
  extend: 'extend ',
  describe: 'comment',
  depends: 'perhaps',
  keep: 'keep   ',
} as const;

/**
 * The plan of a run for a terminal.
 *
 * @param all - Include what stays unchanged.
 */
export function dryRunLines(
  { files, passedOver, models, retired, refused, busy }: DryRun,
  all: boolean,
): string[] {
  const isShown = ({ action }: PlannedFile | PlannedModel): boolean => all || action !== 'keep';
  const sum = <Action extends string>(
    of: readonly { action: Action }[],
    words: readonly (readonly [Action, string])[],
  ): string => {
    const counts = words
      .map(([action, word]) => [of.filter((each) => each.action === action).length, word] as const)
      .filter(([number]) => number > 0)
      .map(([number, word]) => `${formatCount(number)} ${word}`);
    return counts.length === 0 ? 'none' : counts.join(', ');
  };
  return [
    ...(busy === null
      ? []
      : [`run ${busy} is at work; what it does is done before another begins`]),
    ...files
      .filter(isShown)
      .flatMap((file) => [`  ${describeFile[file.action]} ${file.file}${amount(file)}`, why(file)]),
    ...passedOverLines(passedOver, all),
    ...models.filter(isShown).flatMap((model) => {
      const rows = model.rows === null ? '' : `  ${countOf(model.rows, 'row')} now`;
      return [`  ${describeModel[model.action]} ${model.model}${rows}`, why(model)];
    }),
    ...retired.map(
      (model) => `  drop    ${model}, unless something depends on it: its model is gone`,
    ),
    `files   ${sum(files, [
      ['load', 'to load'],
      ['append', 'to append'],
      ['remove', 'to remove'],
      ['keep', 'unchanged'],
      ['fail', 'to fail'],
    ])}`,
    `models  ${sum(models, [
      ['build', 'to build'],
      ['extend', 'to extend'],
      ['describe', 'to comment'],
      ['depends', 'perhaps'],
      ['keep', 'unchanged'],
    ])}`,
    ...(refused === null
      ? []
      : [
          `the run would fail: ${refused.message} [${refused.code}]`,
          ...(refused.hint === undefined ? [] : [`→ ${refused.hint}`]),
        ]),
    'nothing was written: this was a dry run',
  ];
}

function amount({ action, bytes, lines }: PlannedFile): string {
  if (action !== 'load' && action !== 'append') return '';
  const about = lines === null ? '' : `, about ${countOf(lines, 'line')}`;
  return `  ${formatBytes(bytes)}${about}`;
}

function why({ reason }: { readonly reason: string }): string {
  return `          ${reason}`;
}
