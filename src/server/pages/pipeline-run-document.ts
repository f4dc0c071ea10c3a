import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import {
  loadStep,
  type DriftItem,
  type PipelineRun,
  type PipelineTask,
  type RejectGroup,
} from '../readers/pipeline-reader.js';
import { banner, noticeBanner } from './banner.js';
import { driftTable } from './drift.js';
import { pageDocument, type PageFrame } from './layout.js';
import { passedOverTable } from './passed-over.js';
import { driftId, pipelinePath, taskId } from './paths.js';
import { runFacts } from './pipeline-document.js';
import { factsLine } from './provenance.js';
import { keptGroups, refusedGroups, rejectGroups } from './rejects.js';
import { failureElements, taskLog } from './task-log.js';

/** One pipeline run with its tasks. */
export interface PipelineRunView {
  readonly run: PipelineRun;
  readonly tasks: readonly PipelineTask[];
  readonly rejects: readonly RejectGroup[];
  /** The first of what its lines had that was new. */
  readonly drift: readonly DriftItem[];
  /** There are more tasks than the page shows. */
  readonly isCut: boolean;
}

/** `/pipeline/runs/ID`: every task of a run with its log. */
export function pipelineRunDocument(
  { run, tasks, rejects, drift, isCut }: PipelineRunView,
  frame: PageFrame,
  timeZone: string,
): string {
  const loads = tasks.filter(({ kind }) => kind === 'load');
  const tests = tasks.filter(({ kind }) => kind === 'test');
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
          ]),
          ...part(
            'Models',
            models.map((task) => taskLog(task, testsOf(task, tests))),
          ),
          ...part(
            'Files',
            loads.map((task) => taskLog(task, [])),
            taskId(loadStep),
          ),
          ...part('Rejected lines', rejectGroups(keptGroups(rejects))),
          ...part('Lines of files that were refused', refusedGroups(rejects)),
          ...part('Files that were not read', passedOverTable(run)),
          ...part('Drift', driftTable(drift, run.driftCount), driftId),
          isCut
            ? h('p', { className: 'figure-caption' }, [
                `Only the first ${tasks.length} tasks are shown; `,
                h('code', `npx daybook pipeline logs ${run.runId}`),
                ' lists all.',
              ])
            : undefined,
        ]),
      ],
    },
    frame,
  );
}

function testsOf({ task }: PipelineTask, tests: readonly PipelineTask[]): PipelineTask[] {
  return tests.filter((test) => test.task.startsWith(`${task}:`));
}

function part(title: string, children: ElementContent[], id?: string): Element[] {
  return children.length === 0
    ? []
    : [h('section', { className: 'part', id }, [h('h2', title), ...children])];
}
