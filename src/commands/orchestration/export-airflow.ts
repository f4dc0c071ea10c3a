// `daybook export airflow`: the project as a DAG of Airflow.

import { resolve } from 'node:path';
import { DaybookError } from '../../errors.js';
import { writeAtomically } from '../../files/atomic-write.js';
import { airflowDag } from '../../orchestration/airflow-dag.js';
import type { Command } from '../command.js';
import { flag, pathOption, textOption } from '../options.js';
import { readGraph } from '../pipeline/pipeline-graph.js';

/** `daybook export airflow`. */
export const exportAirflow: Command = {
  usage:
    '[--output FILE] [--one-task] [--dag-id ID] [--schedule CRON] [--project DIR] [--command TEXT]',
  description: `Writes the project as one DAG file for Airflow 3: a task loads the files, one for each model builds it
after those that it reads, and the last runs the notebooks. The tasks of a DAG run are one run of
Daybook. A task is tried again when it ended with exit code 75, and fails for good with any other.

The file stands by itself: it needs Airflow and its standard provider, and nothing of Daybook until a task
runs. Where the tasks run there have to be the project with its packages, Node.js, and DATABASE_URL. The
same project gives the same file.`,
  options: {
    output: {
      type: 'string',
      placeholder: 'FILE',
      help: 'Write it here',
      default: 'standard output',
    },
    'one-task': { type: 'boolean', help: 'Put everything into one task' },
    'dag-id': { type: 'string', placeholder: 'ID', help: 'Call the DAG so', default: 'daybook' },
    schedule: {
      type: 'string',
      placeholder: 'CRON',
      help: 'Run it by itself, in the report time zone',
      default: 'when it is triggered',
    },
    project: {
      type: 'string',
      placeholder: 'DIR',
      help: 'The folder of the project where the tasks run',
      default: 'that of this project',
    },
    command: {
      type: 'string',
      placeholder: 'TEXT',
      help: 'The command line of Daybook there',
      default: 'npx daybook',
    },
  },
  async run(invocation) {
    const { values, config, cwd, terminal } = invocation;
    const dagId = textOption(values, 'dag-id') ?? 'daybook';
    if (!/^[A-Za-z0-9_.-]{1,250}$/.test(dagId)) {
      throw new DaybookError('USAGE', `--dag-id: "${dagId}" is not made of letters, digits, _ . -`);
    }
    const dag = airflowDag(await readGraph(invocation), {
      dagId,
      schedule: textOption(values, 'schedule'),
      project: textOption(values, 'project') ?? config.root,
      command: textOption(values, 'command') ?? 'npx daybook',
      oneTask: flag(values, 'one-task'),
    });
    const output = pathOption({ values, cwd }, 'output');
    if (output === undefined) terminal.out(dag);
    else await writeAtomically(resolve(output), dag, { makeFolders: true });
    return 0;
  },
};
