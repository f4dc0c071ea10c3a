// What a schedule does, by the functions of the commands: pipeline, notebooks, static copy.

import type { Config } from '../../config/config.js';
import type { ScheduleSettings } from '../../config/declarations/schedule-config.js';
import type { Pool } from 'pg';
import { readVersions } from '../../pipeline/plan/plan-models.js';
import { versionOf, type Versions } from '../../pipeline/plan/decide.js';
import { digest } from '../../pipeline/definitions/digests.js';
import { selectModels } from '../../pipeline/project/graph.js';
import { readProject, type Project } from '../../pipeline/project/read-project.js';
import { sourceTable } from '../../pipeline/definitions/source.js';
import { ConfigError } from '../../errors.js';
import { closestName } from '../../text/closest-name.js';
import type { Firing, FiringEnd } from '../../schedules/firing.js';
import type { SchedulerOptions } from '../../schedules/scheduler.js';
import type { Invocation, Terminal } from '../command.js';
import { exportDashboard } from '../dashboard/export.js';
import { Webhook } from '../notify/webhook.js';
import { refresh } from './refresh.js';

/** Does what schedules say. */
export function scheduledWork(invocation: Invocation): SchedulerOptions['fire'] {
  const { config, env, logger } = invocation;
  return async (schedule, firing, { signal, onRun }) => {
    const { does } = schedule;
    const terminal = linesOnly(invocation.terminal);
    const hasWork = does.pipeline !== false || does.notebooks !== false;
    if (hasWork && schedule.where === 'workers') {
      const { handOverScheduled } = await import('./hand-over-scheduled.js');
      const place = { config, env, logger, signal, onRun };
      const trigger = triggerOf(firing);
      if (!(await handOverScheduled({ ...place, schedule, firing, trigger }))) {
        return failed('the pipeline or a notebook failed on the workers');
      }
    } else if (hasWork) {
      const exitCode = await refresh({
        ...{ config, env, logger, signal, terminal, does, onRun },
        data: undefined,
        limits: {},
        webhook: new Webhook(config.webhook, config, logger),
        trigger: triggerOf(firing),
        nominalTime: firing.dueAt,
      });
      if (exitCode !== 0) return failed('the pipeline or a notebook failed');
    }
    if (does.export !== undefined && !signal.aborted) {
      await exportDashboard.run({
        ...{ ...invocation, signal, terminal },
        values: { output: undefined },
        positionals: [does.export],
        cwd: config.root,
      });
    }
    return { status: 'passed' };
  };
}

function failed(message: string): FiringEnd {
  return { status: 'failed', error: { code: 'PIPELINE_FAILED', message } };
}

/** What the history says started a run. */
function triggerOf({ schedule, cause, askedBy }: Firing): string {
  return cause === 'asked'
    ? `schedule ${schedule}, asked by ${askedBy ?? ''}`
    : `schedule ${schedule}`;
}

/** Several schedules may be at work at once: nothing is redrawn. */
function linesOnly(terminal: Terminal): Terminal {
  return {
    out: (text) => {
      terminal.err(text);
    },
    err: (text) => {
      terminal.err(text);
    },
    interactive: false,
    columns: terminal.columns,
  };
}

/**
 * The state of sources and tables, as a text that changes with their rows.
 *
 * @param names - Of sources, or `schema.name`.
 */
export function dataStateOf(
  pool: Pool,
  config: Config,
  { sources }: Project,
): (names: readonly string[]) => Promise<string> {
  const tables = new Map(sources.map((source) => [source.name, sourceTable(source)]));
  const stateOf = (name: string, versions: Versions): string =>
    versionOf(tables.get(name) ?? name, versions) ?? '';
  return async (names) => {
    const versions = await readVersions(pool, sources, config.project.schemas.loaded);
    return digest(names.map((name) => stateOf(name, versions)));
  };
}

/**
 * Reads the project whose schedules are to be done.
 *
 * @throws ConfigError naming all that schedules name and that is not there.
 */
export async function readScheduledProject(config: Config): Promise<Project> {
  const project = await readProject(config.root, config.project.schemas);
  const problems = [
    ...config.project.schedules.flatMap((schedule) => namesProblems(schedule, project)),
    ...config.project.deadlines.flatMap(({ name, of }) =>
      'data' in of ? dataProblems(`deadlines.${name}.data`, [of.data], project) : [],
    ),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return project;
}

function namesProblems({ name, does, when }: ScheduleSettings, project: Project): string[] {
  const place = `daybook.config.ts: schedules.${name}`;
  const { models } = project;
  const watched = when.kind === 'changed' ? when.names : [];
  const selected = typeof does.pipeline === 'boolean' ? [] : does.pipeline;
  return [
    ...dataProblems(`schedules.${name}.whenChanged`, watched, project),
    ...selected.flatMap((selector) => {
      try {
        selectModels(models, [selector]);
        return [];
      } catch (error) {
        const { message, hint } = error as { message: string; hint?: string };
        const words = message.replace('--select: ', '');
        return [`${place}.does.pipeline: ${words}${hint === undefined ? '' : `; ${hint}`}`];
      }
    }),
  ];
}

/** What is wrong with names of sources and tables. */
function dataProblems(
  field: string,
  names: readonly string[],
  { sources, models }: Project,
): string[] {
  const known = [...sources.map((source) => source.name), ...models.map(({ id }) => id)];
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const closest = closestName(name, known);
      const meant = closest === undefined ? '' : `; did you mean ${closest}?`;
      return `daybook.config.ts: ${field}: there is no source or table "${name}"${meant}`;
    });
}
