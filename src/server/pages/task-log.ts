import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import type { PipelineTask, TaskFailure } from '../readers/pipeline-reader.js';
import { highlightCode } from '../render/highlight.js';
import { taskId } from './paths.js';
import { planText } from './plan-text.js';
import { taskElement } from './state.js';
import { countOf, dataTable } from './table.js';
import { formatDuration } from './time.js';

/** Longer statements are cut: the load of a file may keep many. */
const maxSql = 20_000;

/** The log of one task: how it ended, why it failed, its SQL, its plan, the results of its tests. */
export function taskLog(task: PipelineTask, tests: readonly PipelineTask[]): Element {
  const { status, attempt, rowCount, durationMs, reason, error, sql, plan } = task;
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
      sql === null || sql === '' ? undefined : codeBlock('SQL', sql, 'sql'),
      plan === null || plan === undefined ? undefined : codeBlock('Plan', planText(plan), ''),
    ]),
  ]);
}

/** Why something failed, like a good compiler says it: what, where, the rows, what to do. */
export function failureElements(error: TaskFailure): ElementContent[] {
  const { code, message, where, hint, sqlstate, detail, failures = [] } = error;
  return [
    h('div', { className: 'failure' }, [
      h('p', [
        code === undefined ? undefined : h('code', code),
        ` ${message ?? ''}`,
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

/** Values up to this length stay on one line. */
const maxShort = 32;

function failingRows({
  test,
  count,
  found,
  rows,
}: NonNullable<TaskFailure['failures']>[number]): Element {
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

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function testTable(task: string, tests: readonly PipelineTask[]): Element {
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

function codeBlock(title: string, text: string, language: string): Element {
  const shown = text.length > maxSql ? `${text.slice(0, maxSql)}\n… (cut)` : text;
  return h('div', { className: 'task-code' }, [
    h('p', { className: 'stream-name' }, title),
    h('pre', { tabIndex: 0, ariaLabel: title }, [h('code', highlightCode(shown, language))]),
  ]);
}
