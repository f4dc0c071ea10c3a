// `daybook backfill`: past periods loaded and built again.

import { DaybookError } from '../../errors.js';
import {
  beginBackfill,
  findSameBackfill,
  type BackfillRequest,
} from '../../history/runs/backfill-record.js';
import type { Period } from '../../pipeline/definitions/period.js';
import { planBackfill, type BackfillPlan } from '../../pipeline/backfill/plan-backfill.js';
import { isDay, mostSlices, readWidth, slicesOf } from '../../pipeline/backfill/slices.js';
import { selectModels } from '../../pipeline/project/graph.js';
import { readProject } from '../../pipeline/project/read-project.js';
import { countOf, formatBytes, formatCount, formatDuration } from '../../text/amounts.js';
import { formatTable } from '../../text/table.js';
import { openWarehouse, type Warehouse } from '../../warehouse/warehouse.js';
import type { Command, Invocation } from '../command.js';
import { flag, pathOption, textOption, textsOption } from '../options.js';
import { dataOption } from '../pipeline/load-options.js';
import { findLogFolder } from '../pipeline/log-folder.js';
import { withHistory } from '../warehouse/with-history.js';
import { whoAsks } from '../who-asks.js';
import { goOn, jobsOption, jsonOption } from './go-on.js';

/** `daybook backfill`. */
export const backfill: Command = {
  usage:
    '--from DAY --to DAY [--select MODEL]… [--width WIDTH] [--order ORDER] [--data DIR] [--jobs N] [--again] [--dry-run] [--json]',
  description: `Loads and builds a part of the past again, slice by slice: of the files that are not loaded yet those whose
names have a date in the slice, and the slices of models that grow (\`incremental\`). At the end what
reads them is built.

Each slice is a pipeline run. Between two slices other runs come first, so the daily one waits for one slice
at most. The same command goes on where an earlier one was stopped, killed or failed: what is done is not done
twice, unless with --again.

A model that has to be built as a whole, because it is new or its query changed, is built so in the first slice.`,
  failsWhen: 'a slice failed or was stopped; 75 while another process is at this backfill',
  options: {
    from: { type: 'string', placeholder: 'DAY', help: 'The first day, like 2026-01-31' },
    to: { type: 'string', placeholder: 'DAY', help: 'The last day' },
    select: {
      type: 'string',
      multiple: true,
      placeholder: 'MODEL',
      help: 'Build only these models; MODEL+ with all that read it',
    },
    width: {
      type: 'string',
      placeholder: 'WIDTH',
      help: 'The length of a slice, like 7 days or 1 year',
      default: '1 month',
    },
    order: {
      type: 'string',
      placeholder: 'ORDER',
      help: 'Begin with newest-first or oldest-first',
      default: 'oldest-first',
    },
    data: dataOption,
    jobs: jobsOption,
    again: { type: 'boolean', help: 'Do slices again that an earlier backfill has done' },
    'dry-run': { type: 'boolean', help: 'Say how much would be done, and do nothing' },
    json: jsonOption,
  },
  async run(invocation) {
    const { values, config, terminal, logger } = invocation;
    const { slices, ...chosen } = readChoice(values);
    const { models } = await readProject(config.root, config.project.schemas);
    selectModels(models, chosen.selected);
    const given = pathOption(invocation, 'data');
    if (flag(values, 'dry-run')) {
      return withHistory({ config, logger }, async (pool): Promise<0> => {
        const dataDir = await findLogFolder(config, { given, pool, logger });
        const request = { ...chosen, dataDir: dataDir ?? config.dataDir };
        const plan = await planBackfill(pool, config, request, slices);
        terminal.out(flag(values, 'json') ? `${JSON.stringify(plan)}\n` : planText(plan));
        return 0;
      });
    }
    const warehouse = await openWarehouse(config, { logger });
    try {
      const dataDir = await findLogFolder(config, { given, pool: warehouse.owner, logger });
      const request = { ...chosen, dataDir: dataDir ?? config.dataDir };
      const id = await backfillOf(request, slices, invocation, warehouse);
      return id === undefined ? 0 : await goOn(id, invocation, warehouse);
    } finally {
      await warehouse.close();
    }
  },
};

/** The backfill to go on with: one that was asked for before, or a new one; undefined: it is done already. */
async function backfillOf(
  request: BackfillRequest,
  slices: readonly Period[],
  { values, terminal }: Invocation,
  { owner }: Warehouse,
): Promise<number | undefined> {
  const before = flag(values, 'again') ? undefined : await findSameBackfill(owner, request);
  if (before === undefined) {
    const steps = slices.map(({ from, to }) => ({ fromDay: from, toDay: to }));
    const last = { fromDay: null, toDay: null };
    return beginBackfill(owner, request, [...steps, last], whoAsks());
  }
  const { backfillId, finishedAt } = before;
  if (finishedAt === null) {
    terminal.err(`going on with backfill ${backfillId}\n`);
    return backfillId;
  }
  if (flag(values, 'json')) terminal.out(`${JSON.stringify(before)}\n`);
  terminal.err(`backfill ${backfillId} has done it, at ${finishedAt}; --again does it again\n`);
  return undefined;
}

/** What the options choose. @throws DaybookError `USAGE`. */
function readChoice(
  values: Invocation['values'],
): Omit<BackfillRequest, 'dataDir'> & { readonly slices: readonly Period[] } {
  const [from, to] = [dayOption(values, 'from'), dayOption(values, 'to')];
  if (to < from) throw new DaybookError('USAGE', `--to: ${to} is before --from ${from}`);
  const width = textOption(values, 'width') ?? '1 month';
  const parsed = readWidth(width);
  if (parsed === undefined) {
    throw new DaybookError('USAGE', `--width: "${width}" is not a length like 7 days or 1 month`);
  }
  const order = textOption(values, 'order') ?? 'oldest-first';
  if (order !== 'newest-first' && order !== 'oldest-first') {
    throw new DaybookError('USAGE', `--order: "${order}" is neither newest-first nor oldest-first`);
  }
  const newestFirst = order === 'newest-first';
  const slices = slicesOf({ from, to }, parsed, newestFirst);
  if (slices.length > mostSlices) {
    throw new DaybookError('USAGE', `--width: these are more than ${mostSlices} slices`, {
      hint: 'make them wider, like --width "1 month"',
    });
  }
  const selected = textsOption(values, 'select')
    .flatMap((names) => names.split(/[\s,]+/))
    .filter((name) => name !== '');
  return { fromDay: from, toDay: to, width, newestFirst, selected, slices };
}

function dayOption(values: Invocation['values'], name: 'from' | 'to'): string {
  const day = textOption(values, name);
  if (day !== undefined && isDay(day)) return day;
  const problem = day === undefined ? 'is missing' : `: "${day}" is not a day like 2026-01-31`;
  throw new DaybookError('USAGE', `daybook backfill: --${name} ${problem}`.replace(' :', ':'), {
    hint: 'daybook backfill --from 2026-01-01 --to 2026-01-31',
  });
}

function planText({ slices, models, atEnd, undatedFiles, expectedMs }: BackfillPlan): string {
  const files = slices.reduce((sum, slice) => sum + slice.files, 0);
  const bytes = slices.reduce((sum, slice) => sum + slice.bytes, 0);
  return [
    `${countOf(slices.length, 'slice')}, ${countOf(files, 'file')} to load, ${formatBytes(bytes)}`,
    ...(undatedFiles === 0
      ? []
      : [
          `${countOf(undatedFiles, 'file')} without a date in the name: an ordinary run loads ${undatedFiles === 1 ? 'it' : 'them'}`,
        ]),
    expectedMs === null
      ? 'nothing like it was done before, so how long it takes is unknown'
      : `about ${formatDuration(expectedMs)}, by earlier work, and what is built at the end`,
    '',
    formatTable([
      ['slice', 'files', 'size'],
      ...slices.map((slice) => [
        `${slice.from} to ${slice.to}`,
        formatCount(slice.files),
        formatBytes(slice.bytes),
      ]),
    ]),
    ...(models.length === 0
      ? ['no model that grows is selected']
      : [
          formatTable([
            ['model', 'rows built again', 'of'],
            ...models.map(({ model, rows, rowsWithin }) => [
              model,
              rowsWithin === null ? 'all: it was never built' : `about ${formatCount(rowsWithin)}`,
              formatCount(rows),
            ]),
          ]),
        ]),
    ...(atEnd.length === 0 ? [] : [`at the end: ${atEnd.join(', ')}`]),
    '',
  ].join('\n');
}
