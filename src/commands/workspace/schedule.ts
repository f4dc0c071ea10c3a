// `daybook schedule`: refreshes by a cron expression.

import { setTimeout as sleep } from 'node:timers/promises';
import {
  cronHint,
  cronTimes,
  type ScheduleTimes,
} from '../../config/declarations/cron-expression.js';
import { DaybookError, describeError } from '../../errors.js';
import type { Command } from '../command.js';
import { flag, pathOption, textOption } from '../options.js';
import {
  dataOption,
  limitHelp,
  limitOptions,
  limitsOption,
  limitUsage,
} from '../pipeline/load-options.js';
import { refresh } from './refresh.js';
import { Webhook } from '../notify/webhook.js';

/** The longest single wait, in milliseconds: timers overflow after 24.8 days, and clocks are adjusted. */
const longestWaitMs = 60 * 60 * 1000;

/** `daybook schedule`. */
export const schedule: Command = {
  usage: `--cron 'EXPRESSION' [--now] [--data DIR] ${limitUsage}`,
  description: `Runs the pipeline and the notebooks again and again. The expression has five fields (minute, hour,
day of month, month, day of week), or six with seconds first, and counts in the report time zone. Runs
never overlap: a time that passes while one is under way is left out. A run that fails is reported and
the next one comes at its time; with DAYBOOK_WEBHOOK that address is told of it, too. What daybook.config.ts
schedules, any number of processes of “daybook scheduler” do.

${limitHelp}`,
  options: {
    cron: { type: 'string', placeholder: 'EXPRESSION', help: "When to run, like '0 * * * *'" },
    now: { type: 'boolean', help: 'Run once at the start, too' },
    data: dataOption,
    ...limitOptions,
  },
  async run(invocation) {
    const { values, config, terminal, logger, signal, env } = invocation;
    const expression = textOption(values, 'cron');
    if (expression === undefined) {
      throw new DaybookError('USAGE', 'daybook schedule: --cron is missing', {
        hint: `daybook schedule ${schedule.usage}`,
      });
    }
    const limits = limitsOption(values);
    const times = parseSchedule(expression, config.reportTimeZone);
    const data = pathOption(invocation, 'data');

    const work = async (nominalTime?: Date): Promise<void> => {
      const webhook = new Webhook(config.webhook, config, logger);
      const options = {
        config,
        data,
        limits,
        env,
        terminal,
        logger,
        signal,
        webhook,
        trigger: 'schedule',
        nominalTime,
      };
      const exitCode = await refresh(options).catch((error: unknown) => {
        if (!signal.aborted) logger.error(describeError(error));
        return 1;
      });
      logger.info(exitCode === 0 ? 'the scheduled run passed' : 'the scheduled run failed');
    };

    if (flag(values, 'now')) await work();
    while (!isAborted(signal)) {
      const next = times.next(new Date());
      // Only an expression with years ends.
      if (next === undefined) {
        logger.info(`no time follows for "${expression}"`);
        return 0;
      }
      logger.info(`next run at ${next.toISOString()}`);
      await waitUntil(next, signal);
      if (!isAborted(signal)) await work(next);
    }
    return 0;
  },
};

/** The signal changes during an await, which control-flow analysis cannot know. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function waitUntil(time: Date, signal: AbortSignal): Promise<void> {
  for (let left = remaining(time); left > 0 && !signal.aborted; left = remaining(time)) {
    await sleep(Math.min(left, longestWaitMs), undefined, { signal }).catch(() => undefined);
  }
}

function remaining(time: Date): number {
  return time.getTime() - Date.now();
}

/**
 * Parses a cron expression; see {@link cronTimes} for where clocks change.
 *
 * @param expression - Five fields, or six with seconds first.
 * @param timeZone - An IANA name.
 * @throws DaybookError `USAGE` for anything else, and for a time that never comes.
 */
export function parseSchedule(expression: string, timeZone: string): ScheduleTimes {
  let times: ScheduleTimes;
  try {
    times = cronTimes(expression, timeZone);
  } catch (cause) {
    throw new DaybookError('USAGE', `daybook schedule: "${expression}" is not a cron expression`, {
      cause,
      hint: cronHint,
    });
  }
  if (times.next(new Date()) === undefined) {
    throw new DaybookError('USAGE', `daybook schedule: the time "${expression}" never comes`, {
      hint: 'a day that its month does not have? Fields: minute hour day month weekday',
    });
  }
  return times;
}
