// `daybook schedule list`: next times, last outcomes, lateness.

import { formatDuration } from '../../text/amounts.js';
import { formatTable } from '../../text/table.js';
import {
  readScheduleStates,
  type ListedFiring,
  type ScheduleState,
} from '../../schedules/schedule-reader.js';
import { openReader } from '../../warehouse/warehouse.js';
import type { Command } from '../command.js';
import { flag } from '../options.js';
import { readScheduledProject } from './scheduled-work.js';

/** `daybook schedule list`. */
export const scheduleList: Command = {
  usage: '[--json]',
  description: `Lists the schedules of daybook.config.ts: when each comes next, in its zone, how the last time ended, and which
are late or paused.`,
  options: { json: { type: 'boolean', help: 'Print one JSON object for each schedule' } },
  async run({ values, config, terminal, logger }) {
    const { schedules } = config.project;
    await readScheduledProject(config);
    const reader = await openReader(config, { logger });
    try {
      const states = await readScheduleStates(reader.pool, schedules, config.reportTimeZone);
      if (flag(values, 'json')) {
        for (const schedule of states.schedules) terminal.out(`${JSON.stringify(schedule)}\n`);
      } else if (schedules.length === 0) {
        terminal.out(
          "no schedules: daybook.config.ts, schedules: { nightly: { cron: '0 5 * * *' } }\n",
        );
      } else {
        terminal.out(
          formatTable([header, ...states.schedules.map((one) => scheduleRow(one, states.now))]),
        );
        if (states.schedulers === 0) {
          terminal.err('no scheduler is at work: daybook scheduler, or daybook up\n');
        }
      }
    } finally {
      await reader.close();
    }
    return 0;
  },
};

const header = ['schedule', 'when', 'does', 'next', 'last', 'state'];

function scheduleRow(schedule: ScheduleState, now: string): string[] {
  const { name, when, does, next, timeZone, firings } = schedule;
  const [last] = firings.filter(({ status }) => status !== 'waiting');
  return [
    ...[name, when, does],
    next[0] === undefined ? '' : inZone(next[0], timeZone),
    last === undefined ? '' : `${last.status} ${inZone(last.dueAt, timeZone)}${tookOf(last)}`,
    stateWords(schedule, now),
  ];
}

function tookOf({ startedAt, finishedAt }: ListedFiring): string {
  if (startedAt === null || finishedAt === null) return '';
  return `, took ${formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))}`;
}

function stateWords({ paused, lateSince, firings }: ScheduleState, now: string): string {
  if (paused !== null) return `paused by ${paused.by}`;
  if (firings.some(({ status }) => status === 'running')) return 'running';
  if (lateSince === null) return '';
  return `late by ${formatDuration(Date.parse(now) - Date.parse(lateSince))}`;
}

/** `2026-03-01 05:00 +01:00`: the wall clock of a zone, and how far it is from UTC. */
function inZone(instant: string, timeZone: string): string {
  const time = new Date(instant);
  const clock = time.toLocaleString('sv-SE', { timeZone }).slice(0, 16);
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const offset = parts.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value;
  const hours = (offset ?? '').replace(/^GMT(?:[+-]00:00)?$/, 'UTC').replace('GMT', '');
  return `${clock} ${hours}`;
}
