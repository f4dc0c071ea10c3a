// Run reports as files: JUnit XML or JSON.

import { stripVTControlCharacters } from 'node:util';
import { writeAtomically } from '../../files/atomic-write.js';
import { headline } from '../document/failure.js';
import { failureMessage } from './failure-message.js';
import type { NotebookResult, RunReport } from './run-report.js';

/**
 * Writes a run's report: `.xml` as JUnit, anything else as JSON.
 *
 * @param file - Absolute.
 */
export async function writeReport(file: string, report: RunReport): Promise<void> {
  const text = file.endsWith('.xml') ? junitReport(report) : `${JSON.stringify(report, null, 2)}\n`;
  await writeAtomically(file, text, { makeFolders: true });
}

/**
 * The report as JUnit XML: a suite for each notebook, a case for each code cell, by the schema of the Jenkins
 * plug-in (https://github.com/testmoapp/junitxml).
 */
export function junitReport(report: RunReport): string {
  const suites = report.notebooks.map(suite);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="daybook notebooks"${counts(suites.map(({ count }) => count))} time="${seconds(report.duration)}">`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Count {
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
}

function suite(result: NotebookResult): { count: Count; xml: string } {
  const { path, failure, cells } = result;
  const failed = failure === undefined ? undefined : failureElement(result);
  const ofCell = (cell: number) => failure?.cell === cell;
  const cases = cells.map(({ cell, status, duration }) => {
    const inner = ofCell(cell)
      ? failed
      : status === 'skipped' || status === 'not-run'
        ? `<skipped message="${status}"/>`
        : undefined;
    return testCase(path, `cell ${cell}`, duration, inner);
  });
  // A failure outside of all cells, and a notebook that was not run, become a case of their own.
  const isElsewhere = failed !== undefined && !cells.some(({ cell }) => ofCell(cell));
  if (isElsewhere || cells.length === 0) {
    const inner =
      failed ?? (result.status === 'unchanged' ? '<skipped message="unchanged"/>' : undefined);
    cases.unshift(testCase(path, 'notebook', 0, inner));
  }
  const skipped = cases.filter((xml) => xml.includes('<skipped message=')).length;
  const count = { tests: cases.length, failures: failed === undefined ? 0 : 1, skipped };
  return {
    count,
    xml: [
      `  <testsuite name="${escaped(path)}"${counts([count])} time="${seconds(result.duration)}" timestamp="${result.startedAt.toISOString()}">`,
      ...cases,
      '  </testsuite>',
    ].join('\n'),
  };
}

function testCase(path: string, name: string, duration: number, inner: string | undefined): string {
  const start = `    <testcase classname="${escaped(path)}" name="${name}" time="${seconds(duration)}"`;
  return inner === undefined ? `${start}/>` : `${start}>${inner}</testcase>`;
}

function failureElement(result: NotebookResult): string {
  const { failure } = result;
  if (failure === undefined) return '';
  const message = escaped(headline(failure));
  return `<failure type="${escaped(failure.ename)}" message="${message}">${escaped(failureMessage(result))}</failure>`;
}

function counts(all: readonly Count[]): string {
  const sum = (of: (count: Count) => number) => all.reduce((total, count) => total + of(count), 0);
  return ` tests="${sum(({ tests }) => tests)}" failures="${sum(({ failures }) => failures)}" errors="0" skipped="${sum(({ skipped }) => skipped)}"`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** Text for an attribute or an element; characters that XML 1.0 forbids become U+FFFD. */
function escaped(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\n]/g, (character) => entities[character] ?? character);
}
