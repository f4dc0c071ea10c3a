// `daybook scheduler`: does what the project file schedules.

import { DaybookError } from '../../errors.js';
import { describeSchedule } from '../../schedules/describe-schedule.js';
import { runScheduler } from '../../schedules/scheduler.js';
import { openWarehouse } from '../../warehouse/warehouse.js';
import { evaluateInBackground } from '../notify/deadlines.js';
import type { Command, Invocation } from '../command.js';
import { dataStateOf, readScheduledProject, scheduledWork } from './scheduled-work.js';

/** `daybook scheduler`. */
export const scheduler: Command = {
  usage: '',
  description: `Does what the schedules of daybook.config.ts say, until Ctrl-C or SIGTERM. Any number of schedulers may run, on any
machines: each time is done by one of them, by the clock of the warehouse, and what a process dies of is
taken over by another. “daybook up” runs one, too.

“daybook schedule list” says what comes next and how the last ones ended.`,
  options: {},
  async run(invocation) {
    if (invocation.config.project.schedules.length === 0) {
      throw new DaybookError('USAGE', 'daybook scheduler: the project file has no schedules', {
        hint: "daybook.config.ts: schedules: { nightly: { cron: '0 5 * * *' } }",
      });
    }
    await doSchedules(invocation);
    return 0;
  },
};

/** Runs a scheduler until the signal is aborted. */
export async function doSchedules(invocation: Invocation): Promise<void> {
  const { config, logger, signal } = invocation;
  const { schedules } = config.project;
  const project = await readScheduledProject(config);
  const warehouse = await openWarehouse(config, { logger });
  try {
    for (const schedule of schedules) {
      logger.info(
        `schedule ${schedule.name}: ${describeSchedule(schedule, config.reportTimeZone)}`,
      );
    }
    const judging = evaluateInBackground(config, { logger, signal });
    await runScheduler({
      ...{ pool: warehouse.owner, schedules, timeZone: config.reportTimeZone, signal, logger },
      dataState: dataStateOf(warehouse.owner, config, project),
      fire: scheduledWork(invocation),
    });
    await judging;
  } finally {
    await warehouse.close();
  }
}
