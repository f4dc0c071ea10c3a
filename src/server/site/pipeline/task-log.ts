// The log of one task: status, error, SQL, plan, results of tests.

import { countOf, formatDuration } from '../../../text/amounts.js';
import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { maxStatement } from '../../../history/runs/task-queries.js';
import type { RenderedCode } from '../../rendering/rendered-code.js';
import { pipelineTaskPath, taskId } from '../../paths.js';
import { planText } from './plan-text.js';
import { taskElement } from '../../parts/state.js';
import { dataTable } from '../../parts/table.js';
import type { ListedTask } from '../../../history/runs/pipeline-run.js';
import type { TaskError } from '../../../history/reports/task-error.js';

/**
 * The log of a task: how it ended, why it failed, its SQL, its plan, the results of its tests.
 *
 * @param runId - The run of the task.
 * @param code - Highlighted SQL by task name; without it SQL is plain.
 */
export function taskLog(
  runId: string,
  task: ListedTask,
  tests: readonly ListedTask[],
  code: RenderedCode,
): Element {
  const { status, attempt, rowCount, durationMs, reason, error, sql, plan, isCut } = task;
  const facts = [
    rowCount === null ? undefined : countOf(rowCount, 'row'),
    durationMs === null ? undefined : formatDuration(durationMs),
    attempt > 1 ? `attempt ${attempt}` : undefined,
    tests.length === 0 ? undefined : countOf(tests.length, 'test'),
  ].filter((fact) => fact !== undefined);
  const isBad = status === 'failed' || tests.some((test) => test.status === 'failed');
  return h('details', { className: 'task', id: taskId(task.task), open: isBad }, [
    h('summary', [
      h('span', { className: 'task-name' }, task.task),
      taskElement(status),
      h('span', { className: 'task-facts' }, facts.join(' · ')),
    ]),
    h('div', { className: 'task-body' }, [
      reason === null ? undefined : h('p', { className: 'task-reason' }, `Why: ${reason}`),
      ...(error === null ? [] : failureElements(error)),
      tests.length === 0 ? undefined : testTable(task.task, tests),
      sql === null || sql === ''
        ? undefined
        : codeBlock('SQL', code.get(task.task) ?? h('code', shownStatement(sql))),
      plan === null ? undefined : codeBlock('Plan', h('code', shownStatement(planText(plan)))),
      isCut === true
        ? h('p', [
            h('a', { href: pipelineTaskPath(runId, task.task) }, 'Its SQL'),
            ' has a page of its own.',
          ])
        : undefined,
    ]),
  ]);
}

/** A failure like a good compiler's message: what, where, the rows, what to do. */
export function failureElements(error: TaskError): ElementContent[] {
  const { code, message, where, hint, sqlstate, detail, failures = [] } = error;
  return [
    h('div', { className: 'failure' }, [
      h('p', [
        h('code', code),
        ` ${message}`,
        sqlstate === undefined ? undefined : ` (SQLSTATE ${sqlstate})`,
      ]),
      detail === undefined ? undefined : h('p', detail),
      where === undefined ? undefined : h('p', ['in ', h('code', where)]),
      hint === undefined ? undefined : h('p', hint),
    ]),
    ...failures.map(failingRows),
  ];
}

const number = /^-?\d+(\.\d+)?$/;

/** The longest value that does not wrap. */
const maxShort = 32;

function failingRows({
  test,
  count,
  found,
  rows,
}: NonNullable<TaskError['failures']>[number]): Element {
  const objects = rows.filter((row) => typeof row === 'object' && row !== null);
  const names = [...new Set(objects.flatMap((row) => Object.keys(row)))];
  const texts = objects.map((row) => {
    const values = row as Readonly<Record<string, unknown>>;
    return names.map((name) => valueText(values[name]));
  });
  const first = rows.length < count ? `the first ${rows.length} of ` : '';
  const caption = `${test}: ${found ?? `${first}${countOf(count, 'failing row')}`}`;
  return dataTable(
    caption,
    names.map((label, column) => ({
      label,
      isNumber: texts.every(({ [column]: value }) => value === '–' || number.test(value ?? '')),
      isShort: texts.every(({ [column]: value }) => (value ?? '').length <= maxShort),
    })),
    texts,
  );
}

/** Longer values are cut. */
const maxValue = 500;

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > maxValue ? `${text.slice(0, maxValue)}…` : text;
}

function testTable(task: string, tests: readonly ListedTask[]): Element {
  return dataTable(
    `Tests of ${task}`,
    [
      { label: 'Test' },
      { label: 'Result', isShort: true },
      { label: 'Failing rows', isNumber: true },
    ],
    tests.map((test) => [
      test.task.slice(task.length + 1),
      [taskElement(test.status)],
      test.rowCount === null ? '–' : String(test.rowCount),
    ]),
  );
}

/** A statement, cut where it is very long. */
export function shownStatement(text: string): string {
  return text.length > maxStatement ? `${text.slice(0, maxStatement)}\n… (cut)` : text;
}

function codeBlock(title: string, code: ElementContent): Element {
  return h('div', { className: 'task-code' }, [
    h('p', { className: 'stream-name' }, title),
    h('pre', { tabIndex: 0, ariaLabel: title }, [code]),
  ]);
}
