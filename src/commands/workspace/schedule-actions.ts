// `daybook schedule pause|resume|run|stop NAME`.

import { DaybookError } from '../../errors.js';
import { closestName } from '../../text/closest-name.js';
import type { ScheduleSettings } from '../../config/declarations/schedule-config.js';
import {
  askForRun,
  askToStop,
  pauseSchedule,
  resumeSchedule,
} from '../../schedules/schedule-actions.js';
import { claimOpen, type FiringEnd } from '../../schedules/firing.js';
import { declareSchedules } from '../../schedules/claim-due.js';
import { doFiring, processName, type SchedulerOptions } from '../../schedules/scheduler.js';
import { withScheduleLock } from '../../schedules/schedule-lock.js';
import { withTransaction } from '../../warehouse/query/transaction.js';
import { openWarehouse, type Warehouse } from '../../warehouse/warehouse.js';
import type { Command, ExitCode, Invocation } from '../command.js';
import { flag } from '../options.js';
import { whoAsks } from '../who-asks.js';
import { dataStateOf, readScheduledProject, scheduledWork } from './scheduled-work.js';

/** `daybook schedule pause`. */
export const schedulePause: Command = {
  usage: 'NAME',
  description: `Pauses a schedule, for all schedulers, until “daybook schedule resume NAME”. What it is at goes on. A run that
somebody asks for is done all the same.`,
  options: {},
  positionals: { min: 1, max: 1 },
  run: (invocation) =>
    withSchedule(invocation, async ({ name }, warehouse) => {
      const isNew = await pauseSchedule(warehouse.owner, name, whoAsks());
      invocation.terminal.out(isNew ? `${name} is paused\n` : `${name} was paused already\n`);
      return 0;
    }),
};

/** `daybook schedule resume`. */
export const scheduleResume: Command = {
  usage: 'NAME',
  description: `Lets a paused schedule go on from now. Times that passed while it was paused are not made up for.`,
  options: {},
  positionals: { min: 1, max: 1 },
  run: (invocation) =>
    withSchedule(invocation, async ({ name }, warehouse) => {
      const wasPaused = await resumeSchedule(warehouse.owner, name);
      invocation.terminal.out(wasPaused ? `${name} goes on\n` : `${name} was not paused\n`);
      return 0;
    }),
};

/** `daybook schedule stop`. */
export const scheduleStop: Command = {
  usage: 'NAME',
  description: `Stops what a schedule is at, on whichever machine, and takes back a run that waits. Its next time comes all the
same.`,
  options: {},
  positionals: { min: 1, max: 1 },
  run: (invocation) =>
    withSchedule(invocation, async ({ name }, warehouse) => {
      const isAtWork = await askToStop(warehouse.owner, name, whoAsks());
      invocation.terminal.out(isAtWork ? `${name} is being stopped\n` : `${name} is at nothing\n`);
      return 0;
    }),
};

/** `daybook schedule run`. */
export const scheduleRun: Command = {
  usage: 'NAME [--detach]',
  description: `Does now what a schedule says, here, and ends with its outcome; a paused one, too. Its next time stays as it is.
While the schedule is at work elsewhere this ends with exit code 75.`,
  failsWhen: 'what it does failed, 75 when the schedule is at work already',
  options: { detach: { type: 'boolean', help: 'Leave it to a scheduler, and end at once' } },
  positionals: { min: 1, max: 1 },
  run: (invocation) =>
    withSchedule(invocation, async (schedule, warehouse) => {
      const { name } = schedule;
      if (flag(invocation.values, 'detach')) {
        if (!(await askForRun(warehouse.owner, name, whoAsks()))) throw busy(name);
        invocation.terminal.out(`${name} is asked for; a scheduler does it\n`);
        return 0;
      }
      const end = await runHere(schedule, warehouse, invocation);
      return end.status === 'passed' ? 0 : 1;
    }),
};

async function runHere(
  schedule: ScheduleSettings,
  warehouse: Warehouse,
  invocation: Invocation,
): Promise<FiringEnd> {
  const { config, logger, signal } = invocation;
  const project = await readScheduledProject(config);
  const pool = warehouse.owner;
  const work = scheduledWork(invocation);
  const options: SchedulerOptions = {
    ...{ pool, logger, schedules: [schedule], timeZone: config.reportTimeZone },
    dataState: dataStateOf(pool, config, project),
    fire: async (one, firing, { signal: ended, onRun }) => {
      const end = await work(one, firing, { signal: AbortSignal.any([signal, ended]), onRun });
      return end.status === 'failed' && signal.aborted ? { status: 'stopped' } : end;
    },
    // Whoever asked is here: what they interrupt is not left to others.
    signal: new AbortController().signal,
  };
  let end: FiringEnd | undefined;
  await withScheduleLock(pool, schedule.name, async (lost) => {
    await askForRun(pool, schedule.name, whoAsks());
    const again = schedule.ifDied === 'again';
    const firing = await withTransaction(pool, (client) =>
      claimOpen(client, schedule.name, processName(), again),
    );
    if (firing !== undefined) end = await doFiring(schedule, firing, options, lost);
  });
  if (end === undefined) throw busy(schedule.name);
  return end;
}

function busy(name: string): DaybookError {
  return new DaybookError('RUN_BUSY', `schedule ${name} is at work already`, {
    hint: 'daybook schedule list shows how it stands',
  });
}

/** @throws DaybookError `USAGE` for a schedule that is not declared. */
async function withSchedule<Result extends ExitCode>(
  { positionals, config, logger }: Invocation,
  work: (schedule: ScheduleSettings, warehouse: Warehouse) => Promise<Result>,
): Promise<Result> {
  const [name = ''] = positionals;
  const { schedules } = config.project;
  const schedule = schedules.find((one) => one.name === name);
  if (schedule === undefined) {
    const names = schedules.map((one) => one.name);
    const closest = closestName(name, names);
    throw new DaybookError('USAGE', `there is no schedule "${name}" in daybook.config.ts`, {
      hint:
        closest !== undefined
          ? `did you mean ${closest}?`
          : names.length === 0
            ? 'it declares none'
            : `schedules: ${names.join(', ')}`,
    });
  }
  const warehouse = await openWarehouse(config, { logger });
  try {
    await declareSchedules(warehouse.owner, [schedule], config.reportTimeZone);
    return await work(schedule, warehouse);
  } finally {
    await warehouse.close();
  }
}
