// A DAG file of Airflow 3 for a project: one task for each model, or one for all.

import type { ProjectGraph } from './graph-document.js';

/** Options of {@link airflowDag}. */
export interface AirflowOptions {
  readonly dagId: string;
  /** A cron expression or a preset of Airflow; undefined: it runs when it is triggered. */
  readonly schedule: string | undefined;
  /** The folder of the project where the tasks run. */
  readonly project: string;
  /** The command line of Daybook there, like `npx daybook`. */
  readonly command: string;
  /** Everything in one task. */
  readonly oneTask: boolean;
}

/** How long a task waits for another run before it is tried again later, in seconds. */
const waitSeconds = 300;

/** What ids of tasks may consist of. */
const taskId = /^[A-Za-z0-9_.-]{1,200}$/;

/**
 * A Python file with one DAG. It imports nothing of Daybook, asks nobody when it is parsed, and is the same for the
 * same graph.
 */
export function airflowDag(graph: ProjectGraph, options: AirflowOptions): string {
  const { dagId, schedule, project, command, oneTask } = options;
  const zone = pythonString(graph.project.timeZone);
  return `# Made by \`daybook export airflow\`. Do not edit it: make it again when models have come or gone.

import shlex
from datetime import timedelta

import pendulum
from airflow.exceptions import AirflowFailException, AirflowSkipException
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

PROJECT = ${pythonString(project)}
DAYBOOK = ${pythonString(command)}

# What passes by itself: the warehouse is away, or another run holds it.
TRY_AGAIN = 75


class Daybook(BashOperator):
    """One command of Daybook. Exit code 75 and a signal are tried again, every other failure is final."""

    # Commands are no templates: what looks like one in a name is none.
    template_fields = ("env",)
    template_ext = ()

    def __init__(self, *, command, **kwargs):
        super().__init__(
            bash_command=command,
            cwd=PROJECT,
            # All tasks of one DAG run are one run of Daybook, also when they are tried again.
            env={"DAYBOOK_RUN_KEY": "{{ dag.dag_id }}/{{ run_id }}"},
            append_env=True,
            skip_on_exit_code=[code for code in range(1, 128) if code != TRY_AGAIN],
            **kwargs,
        )

    def execute(self, context):
        try:
            return super().execute(context)
        except AirflowSkipException as skip:
            raise AirflowFailException(f"{self.task_id} failed, and would fail again") from skip


def run(arguments):
    return f'{DAYBOOK} pipeline run {arguments} --wait ${waitSeconds} --run-key "$DAYBOOK_RUN_KEY"'


with DAG(
    dag_id=${pythonString(dagId)},
    description=${pythonString(graph.project.title)},
    schedule=${schedule === undefined ? 'None' : pythonString(schedule)},
    start_date=pendulum.datetime(2020, 1, 1, tz=${zone}),
    catchup=False,
    max_active_runs=1,
    tags=["daybook"],
    default_args={
        "retries": 3,
        "retry_delay": timedelta(minutes=1),
        "retry_exponential_backoff": True,
    },
):
${(oneTask ? allInOne(graph) : taskEach(graph)).join('\n')}
`;
}

function allInOne({ notebooks }: ProjectGraph): string[] {
  const more = notebooks.length === 0 ? '' : ' + f" && {DAYBOOK} notebooks run"';
  return [`    Daybook(task_id="daybook", command=run("")${more})`];
}

function taskEach({ models, notebooks }: ProjectGraph): string[] {
  const ids = taskIds(models.map(({ id }) => id));
  const tasks = models.map(({ id, reads }) => {
    const before = reads.flatMap((read) => ids.get(read) ?? []).map(pythonString);
    const values = [pythonString(ids.get(id) ?? id), pythonString(id), `[${before.join(', ')}]`];
    return `        (${values.join(', ')}),`;
  });
  return [
    '    load = Daybook(task_id="load", command=run("--only-load"))',
    '    # Builds what this file does not know yet, and takes off what is gone.',
    '    rest = Daybook(task_id="rest", command=run("--no-load"))',
    '    load >> rest',
    '    tasks = {}',
    '    # The task, the model, and the tasks that come before it.',
    '    for task_id, model, before in [',
    ...tasks,
    '    ]:',
    '        command = run(f"--no-load --select {shlex.quote(model)}")',
    '        task = tasks[task_id] = Daybook(task_id=task_id, command=command)',
    '        load >> task >> rest',
    '        for other in before:',
    '            tasks[other] >> task',
    ...(notebooks.length === 0
      ? []
      : ['    rest >> Daybook(task_id="notebooks", command=f"{DAYBOOK} notebooks run")']),
  ];
}

/** An id of Airflow for each model: its own name where that may be one. */
function taskIds(models: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(['load', 'rest', 'notebooks']);
  const ids = new Map<string, string>();
  for (const model of models) {
    const plain = taskId.test(model) ? model : `model.${ids.size + 1}`;
    let id = plain;
    for (let number = 2; taken.has(id) || (id !== model && models.includes(id)); number += 1) {
      id = `${plain}.${number}`;
    }
    taken.add(id);
    ids.set(model, id);
  }
  return ids;
}

/**
 * A text as a string literal of Python, in ASCII on one line, whatever it holds.
 * Of JSON's escapes Python has all but `\/`, which is not written, and reads them alike; beyond the basic plane it
 * wants one escape of eight digits.
 */
export function pythonString(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return point > 0xffff
      ? `\\U${point.toString(16).padStart(8, '0')}`
      : `\\u${point.toString(16).padStart(4, '0')}`;
  });
}
