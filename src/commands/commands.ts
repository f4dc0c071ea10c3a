// The list of all commands: a new command is added here.

import { readConfig } from '../config/config.js';
import type { Environment } from '../config/environment/env-file.js';
import type { Command } from './command.js';

/** The project of the working directory, whose options some commands have. */
export interface ProjectContext {
  readonly root: string;
  readonly env: Environment;
}

/** A command's line in the overview, and its loader. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: (project: ProjectContext) => Promise<Command>;
}

/** All commands by name (one or two words), in the order of the help. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  up: {
    summary: 'Do everything, then serve the dashboard; what npm start runs',
    load: async () => (await import('./workspace/up.js')).up,
  },
  init: {
    summary: 'Make a project of this folder, or add what it lacks',
    load: async () => (await import('./workspace/init.js')).init,
  },
  'pipeline run': {
    summary: 'Load what changed, then build and test the models',
    load: async () => (await import('./pipeline/pipeline-run.js')).pipelineRun,
  },
  'pipeline runs': {
    summary: 'List the newest pipeline runs',
    load: async () => (await import('./pipeline/pipeline-runs.js')).pipelineRuns,
  },
  'pipeline show': {
    summary: 'Show one run and how each of its tasks ended',
    load: async () => (await import('./pipeline/pipeline-show.js')).pipelineShow,
  },
  'pipeline logs': {
    summary: 'Show the SQL that a run ran, with rows, durations and errors',
    load: async () => (await import('./pipeline/pipeline-logs.js')).pipelineLogs,
  },
  'pipeline graph': {
    summary: 'Show what is loaded, built and published, in which order',
    load: async () => (await import('./pipeline/pipeline-graph.js')).pipelineGraph,
  },
  'pipeline watch': {
    summary: 'Follow a run, wherever it is, and end as it ends',
    load: async () => (await import('./pipeline/pipeline-watch.js')).pipelineWatch,
  },
  'pipeline cancel': {
    summary: 'End a run, wherever it is',
    load: async () => (await import('./pipeline/pipeline-cancel.js')).pipelineCancel,
  },
  'rejects list': {
    summary: 'List the lines that could not be loaded, and why',
    load: async () => (await import('./pipeline/rejects.js')).rejectsList,
  },
  'rejects export': {
    summary: 'Write these lines into files that can be mended by hand',
    load: async () => (await import('./pipeline/rejects.js')).rejectsExport,
  },
  'rejects replay': {
    summary: 'Load what is accepted of them now, mended or not, exactly once',
    load: async () => (await import('./pipeline/rejects.js')).rejectsReplay,
  },
  query: {
    summary: 'Run a read-only query',
    load: async () => (await import('./warehouse/query.js')).query,
  },
  'notebooks new': {
    summary: 'Write a notebook to begin with',
    load: async () => (await import('./notebooks/notebooks-new.js')).notebooksNew,
  },
  'notebooks run': {
    summary: 'Execute notebooks and publish their runs',
    load: async () => (await import('./notebooks/notebooks-run.js')).notebooksRun,
  },
  'notebooks watch': {
    summary: 'Follow a run of notebooks that workers are at',
    load: async () => (await import('./notebooks/notebooks-watch.js')).notebooksWatch,
  },
  'notebooks cancel': {
    summary: 'End a run of notebooks that workers are at',
    load: async () => (await import('./notebooks/notebooks-watch.js')).notebooksCancel,
  },
  'notebooks check': {
    summary: 'Type-check whole notebooks',
    load: async () => (await import('./notebooks/notebooks-check.js')).notebooksCheck,
  },
  'notebooks format': {
    summary: 'Lay out the SQL of notebooks',
    load: async () => (await import('./notebooks/notebooks-format.js')).notebooksFormat,
  },
  'notebooks render': {
    summary: 'Write the page of an executed notebook as one HTML file',
    load: async () => (await import('./notebooks/notebooks-render.js')).notebooksRender,
  },
  'notebooks diff': {
    summary: 'Compare what two runs of a notebook showed, by value',
    load: async () => (await import('./notebooks/notebooks-diff.js')).notebooksDiff,
  },
  'notebooks pin': {
    summary: 'Keep runs for good, or to a day; without a name, list them',
    load: async () => (await import('./notebooks/notebooks-pin.js')).notebooksPin,
  },
  'notebooks unpin': {
    summary: 'Let the retention hold for pinned runs again',
    load: async () => (await import('./notebooks/notebooks-pin.js')).notebooksUnpin,
  },
  'notebooks unpublish': {
    summary: 'Take pages off the dashboard; without a name, list them',
    load: async () => (await import('./notebooks/notebooks-unpublish.js')).notebooksUnpublish,
  },
  'notebooks clean': {
    summary: 'Take the outputs out of notebooks; a filter for git',
    load: async () => (await import('./notebooks/notebooks-clean.js')).notebooksClean,
  },
  lab: {
    summary: 'Open JupyterLab on TypeScript kernels, without Python',
    load: async () => (await import('./notebooks/lab.js')).lab,
  },
  'kernel install': {
    summary: 'Make our kernels known to the Jupyter or VS Code that is here already',
    load: async () => (await import('./notebooks/kernel-install.js')).kernelInstall,
  },
  serve: {
    summary: 'Serve the published notebooks as a dashboard',
    load: async () => (await import('./dashboard/serve.js')).serve,
  },
  'users list': {
    summary: 'List who may sign in to the dashboard with a password',
    load: async () => (await import('./dashboard/users.js')).usersList,
  },
  'users add': {
    summary: 'Let somebody sign in, with a password that is asked for',
    load: async () => (await import('./dashboard/users.js')).usersAdd,
  },
  'users remove': {
    summary: 'Remove a user, and end their sessions',
    load: async () => (await import('./dashboard/users.js')).usersRemove,
  },
  'users password': {
    summary: 'Give a user another password, and end their sessions',
    load: async () => (await import('./dashboard/users.js')).usersPassword,
  },
  'users groups': {
    summary: 'Say which groups a user belongs to',
    load: async () => (await import('./dashboard/users.js')).usersGroups,
  },
  'users sign-out': {
    summary: 'End all sessions of somebody, whichever way they signed in',
    load: async () => (await import('./dashboard/users.js')).usersSignOut,
  },
  dev: {
    summary: 'Serve the dashboard and show what you save at once',
    load: async () => (await import('./workspace/dev.js')).dev,
  },
  export: {
    summary: 'Write the dashboard as static files',
    load: async () => (await import('./dashboard/export.js')).exportDashboard,
  },
  'export airflow': {
    summary: 'Write the pipeline as a DAG file for Airflow',
    load: async () => (await import('./orchestration/export-airflow.js')).exportAirflow,
  },
  test: {
    summary: 'Prove the project: models, types, notebooks, links and its own tests',
    load: async () => (await import('./workspace/test.js')).test,
  },
  schedule: {
    summary: 'Run pipeline and notebooks again and again',
    load: async () => (await import('./workspace/schedule.js')).schedule,
  },
  scheduler: {
    summary: 'Do what the project file schedules, in any number of processes',
    load: async () => (await import('./workspace/scheduler.js')).scheduler,
  },
  'schedule list': {
    summary: 'List what is scheduled: next times, last outcomes, lateness',
    load: async () => (await import('./workspace/schedule-list.js')).scheduleList,
  },
  'schedule pause': {
    summary: 'Pause a schedule, for all schedulers',
    load: async () => (await import('./workspace/schedule-actions.js')).schedulePause,
  },
  'schedule resume': {
    summary: 'Let a paused schedule go on',
    load: async () => (await import('./workspace/schedule-actions.js')).scheduleResume,
  },
  'schedule run': {
    summary: 'Do now what a schedule says',
    load: async () => (await import('./workspace/schedule-actions.js')).scheduleRun,
  },
  'schedule stop': {
    summary: 'Stop what a schedule is at',
    load: async () => (await import('./workspace/schedule-actions.js')).scheduleStop,
  },
  backfill: {
    summary: 'Load and build a part of the past again, slice by slice',
    load: async () => (await import('./backfill/backfill.js')).backfill,
  },
  'backfill list': {
    summary: 'List backfills and how they stand',
    load: async () => (await import('./backfill/backfill-list.js')).backfillList,
  },
  'backfill show': {
    summary: 'Show a backfill as a grid of models and slices',
    load: async () => (await import('./backfill/backfill-list.js')).backfillShow,
  },
  'backfill resume': {
    summary: 'Go on with a backfill that was stopped, killed or failed',
    load: async () => (await import('./backfill/backfill-actions.js')).backfillResume,
  },
  'backfill cancel': {
    summary: 'End a backfill, wherever it is',
    load: async () => (await import('./backfill/backfill-actions.js')).backfillCancel,
  },
  worker: {
    summary: 'Take part in the work of runs, on this machine or another',
    load: async () => (await import('./workers/worker.js')).worker,
  },
  'queue list': {
    summary: 'Show the workers, what waits for them, and what was given up',
    load: async () => (await import('./workers/queue.js')).queueList,
  },
  'queue retry': {
    summary: 'Give what was given up to the workers again',
    load: async () => (await import('./workers/queue.js')).queueRetry,
  },
  'queue drop': {
    summary: 'Forget what was given up',
    load: async () => (await import('./workers/queue.js')).queueDrop,
  },
  'sample-data': {
    summary: 'Write logs to try Daybook on, of any size',
    load: async ({ root, env }) =>
      (await import('./pipeline/sample-data.js')).sampleDataOf(await readConfig(env, root)),
  },
  'db start': {
    summary: 'Start the embedded Postgres',
    load: async () => (await import('./warehouse/db.js')).dbStart,
  },
  'db stop': {
    summary: 'Stop the embedded Postgres',
    load: async () => (await import('./warehouse/db.js')).dbStop,
  },
  'db status': {
    summary: 'Show which Postgres is the warehouse and whether it runs',
    load: async () => (await import('./warehouse/db.js')).dbStatus,
  },
  'db url': {
    summary: 'Print the address of the warehouse',
    load: async () => (await import('./warehouse/db.js')).dbUrl,
  },
  doctor: {
    summary: 'Say what is missing on this machine, and the command that mends it',
    load: async () => (await import('./workspace/doctor.js')).doctor,
  },
};
