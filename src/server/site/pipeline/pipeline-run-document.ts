// The page of one pipeline run, and of one of its tasks.

import { formatCount } from '../../../text/amounts.js';
import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import type { RejectGroup } from '../../../history/runs/pipeline-reader.js';
import type { RenderedCode } from '../../rendering/rendered-code.js';
import { banner, noticeBanner } from '../../parts/banner.js';
import {
  driftTable,
  passedOverTable,
  keptGroups,
  refusedGroups,
  rejectGroups,
} from './run-findings.js';
import { pageDocument, type PageFrame } from '../../parts/layout.js';
import { driftId, pipelinePath, pipelineRunPath, stepsPath, taskId } from '../../paths.js';
import { runFacts } from './pipeline-document.js';
import { factsLine } from '../../parts/provenance.js';
import { failureElements, taskLog } from './task-log.js';
import { loadStep, type ListedRun, type ListedTask } from '../../../history/runs/pipeline-run.js';
import type { Drift } from '../../../history/reports/pipeline-report.js';

/** A pipeline run with its tasks. */
export interface PipelineRunView {
  readonly run: ListedRun;
  readonly tasks: readonly ListedTask[];
  readonly rejects: readonly RejectGroup[];
  /** The first of the new keys and values. */
  readonly drift: readonly Drift[];
  /** Highlighted SQL, by task name. */
  readonly code: RenderedCode;
}

/** A task of a pipeline run. */
export interface PipelineTaskView {
  readonly run: ListedRun;
  readonly task: ListedTask;
  readonly tests: readonly ListedTask[];
  readonly code: RenderedCode;
}

/** `/pipeline/runs/ID`: all tasks of a run with their logs. */
export function pipelineRunDocument(
  { run, tasks, rejects, drift, code }: PipelineRunView,
  frame: PageFrame,
  timeZone: string,
): string {
  const loads = tasks.filter(({ kind }) => kind === 'load');
  const tests = new Map<string, ListedTask[]>();
  for (const test of tasks.filter(({ kind }) => kind === 'test')) {
    const model = test.task.slice(0, test.task.indexOf(':'));
    const known = tests.get(model);
    if (known === undefined) tests.set(model, [test]);
    else known.push(test);
  }
  const testsOf = ({ task }: ListedTask) => tests.get(task) ?? [];
  const models = tasks.filter(({ kind }) => kind !== 'load' && kind !== 'test');
  return pageDocument(
    {
      title: `Pipeline run ${run.runId}`,
      description: `What run ${run.runId} of the pipeline did, task by task`,
      main: [
        h('div', { className: 'wide' }, [
          h('p', { className: 'breadcrumb' }, [h('a', { href: pipelinePath }, 'Pipeline')]),
          h('header', { className: 'page-head' }, [
            h('h1', `Run ${run.runId}`),
            run.error === null
              ? noticeBanner('This run needs a look', run.notices)
              : banner('failed', 'This run failed', failureElements(run.error)),
            h('div', { className: 'page-facts' }, [factsLine(runFacts(run, timeZone, true))]),
            tasks.length < run.taskCount ? leftOut(run, tasks.length) : undefined,
          ]),
          ...part(
            'Models',
            models.map((task) => taskLog(run.runId, task, testsOf(task), code)),
          ),
          ...part(
            'Files',
            loads.map((task) => taskLog(run.runId, task, [], code)),
            taskId(loadStep),
          ),
          ...part('Rejected lines', rejectGroups(keptGroups(rejects))),
          ...part('Lines of files that were refused', refusedGroups(rejects)),
          ...part('Files that were not read', passedOverTable(run)),
          ...part('Drift', driftTable(drift, run.driftCount), driftId),
        ]),
      ],
    },
    frame,
  );
}

/** The notice on tasks that the page leaves out. */
function leftOut({ runId, taskCount }: ListedRun, shown: number): Element {
  return h('p', { className: 'figure-caption' }, [
    `Of ${formatCount(taskCount)} tasks ${formatCount(shown)} are shown, first those that failed, were blocked or did something. Each has a page of its own, to which `,
    h('a', { href: stepsPath(1) }, 'the list of steps'),
    ' leads; ',
    h('code', `npx daybook pipeline logs ${runId}`),
    ' lists all.',
  ]);
}

/** `/pipeline/runs/ID/tasks/TASK`: the log of a task. */
export function pipelineTaskDocument(
  { run, task, tests, code }: PipelineTaskView,
  frame: PageFrame,
  timeZone: string,
): string {
  return pageDocument(
    {
      title: `${task.task} in run ${run.runId}`,
      description: `What run ${run.runId} of the pipeline did with ${task.task}`,
      main: [
        h('div', { className: 'wide' }, [
          h('p', { className: 'breadcrumb' }, [
            h('a', { href: pipelinePath }, 'Pipeline'),
            ' / ',
            h('a', { href: pipelineRunPath(run.runId) }, `Run ${run.runId}`),
          ]),
          h('header', { className: 'page-head' }, [
            h('h1', task.task),
            h('div', { className: 'page-facts' }, [factsLine(runFacts(run, timeZone))]),
          ]),
          h('section', { className: 'part' }, [unfolded(taskLog(run.runId, task, tests, code))]),
        ]),
      ],
    },
    frame,
  );
}

function unfolded(log: Element): Element {
  return { ...log, properties: { ...log.properties, open: true } };
}

function part(title: string, children: ElementContent[], id?: string): Element[] {
  return children.length === 0
    ? []
    : [h('section', { className: 'part', id }, [h('h2', title), ...children])];
}
