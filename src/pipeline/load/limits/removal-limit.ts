// The check of the removal limit (`--allow-removal`): how many loaded lines a run may take out. Its default is in
// source-limits.ts.

import { describeLimit } from '../../../config/environment/limits.js';
import { DaybookError } from '../../../errors.js';
import { formatCount } from '../../../text/amounts.js';
import { notDeclared, type LoadPlan } from '../../plan/load-plan.js';
import { exceeds, type LimitsOf } from './source-limits.js';

/** The most file names in a message. */
const mostNames = 3;

/** The factor by which a file that was never read may exceed the lines that its size suggests. */
const doubt = 3;

/**
 * Why a run may not begin: it would certainly remove more lines than the limit allows.
 *
 * @returns Undefined: it may begin.
 */
export function refusedRemoval(
  plan: LoadPlan,
  limitsOf: LimitsOf,
  isCertain = false,
): DaybookError | undefined {
  const { balance, gone, declared } = plan;
  const refused = balance.sources.filter((source) =>
    exceeds(
      limitsOf(source).removal,
      balance.lost(source, isCertain ? 1 : doubt),
      balance.before(source),
    ),
  );
  const [first] = refused;
  if (first === undefined) return undefined;
  const messages = refused.map((source) => {
    const about = isCertain || balance.shorter(source).length === 0 ? '' : 'about ';
    const lines = `${about}${formatCount(balance.lost(source))} of ${formatCount(balance.before(source))} lines of ${source}`;
    const names = gone.filter(([, known]) => known.source === source).map(([name]) => name);
    const reasons = [
      ...(declared.has(source)
        ? describeFiles(names, 'is no longer in the folder', 'are no longer in the folder')
        : [notDeclared(source)]),
      ...describeFiles(
        balance.moved(source),
        'is of another source now',
        'are of another source now',
      ),
      ...describeFiles(balance.shorter(source), 'has become shorter', 'have become shorter'),
      ...removedNote(balance.removedBefore(source)),
    ];
    return `${lines} would go, ${describeLimit(limitsOf(source).removal)} may: ${reasons.join(', ')}`;
  });
  return new DaybookError('REMOVAL_EXCEEDED', messages.join('; '), {
    hint: `nothing was taken out and no model was built; is it the right folder? If the lines are to go: ${allowance(plan, first)}`,
  });
}

/** How to allow the removal; a source that is declared no more has no declaration to say it in. */
function allowance({ declared }: LoadPlan, source: string): string {
  return declared.has(source)
    ? `--allow-removal, or limits.removal in sql/sources/${source}.yaml`
    : '--allow-removal, once; otherwise put the declaration back';
}

/**
 * Checks a file with fewer lines than before against the limit, together with the files before it.
 *
 * @throws DaybookError `REMOVAL_EXCEEDED`.
 */
export function checkShorterFile(
  plan: LoadPlan,
  limitsOf: LimitsOf,
  file: { readonly name: string; readonly path: string; readonly loaded: number },
): void {
  const { balance, ledger } = plan;
  const known = ledger.get(file.name);
  if (known === undefined || file.loaded >= known.loadedLines) return;
  const { source, loadedLines } = known;
  const { removal } = limitsOf(source);
  const vanished = balance.lost(source);
  if (!exceeds(removal, vanished, balance.before(source))) return;
  const taken = removedNote(balance.removedBefore(source)).map((words) => ` (${words})`);
  throw new DaybookError(
    'REMOVAL_EXCEEDED',
    `has ${formatCount(file.loaded)} lines that can be loaded and had ${formatCount(loadedLines)}: ${source} would lose ${formatCount(vanished)} of ${formatCount(balance.before(source))} lines${taken.join('')}, ${describeLimit(removal)} may go`,
    {
      where: file.path,
      hint: `the file's lines of before are kept. If the others are to go: ${allowance(plan, source)}`,
    },
  );
}

/** Lines that earlier runs removed count, too. */
function removedNote(lines: number): string[] {
  if (lines === 0) return [];
  return [`${formatCount(lines)} ${lines === 1 ? 'has' : 'have'} gone in runs that failed since`];
}

function describeFiles(names: readonly string[], one: string, many: string): string[] {
  if (names.length === 0) return [];
  const more = names.length > mostNames ? ', …' : '';
  const shown = `${names.slice(0, mostNames).join(', ')}${more}`;
  return [names.length === 1 ? `${shown} ${one}` : `${names.length} files ${many} (${shown})`];
}
