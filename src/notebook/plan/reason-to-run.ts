// Why a notebook has to be run again.

import type { RelationStates } from '../../history/models/relation-states.js';
import { defaultLocale } from '../../text/locale.js';
import { failedBefore } from '../report/run-report.js';
import type { CodeInputs, NotebookInputs } from './notebook-inputs.js';

/** The last run of a notebook. */
export interface EarlierRun {
  readonly status: 'passed' | 'failed';
  /** Null: written by a version that stored none. */
  readonly inputs: NotebookInputs | null;
}

/**
 * Why a notebook has to be run, in a few words.
 *
 * @param earlier - Its last run; undefined: there is none.
 * @param now - The current inputs of its code.
 * @param tables - The current state of the tables that the earlier run read.
 * @returns Undefined when a run would have the same outputs.
 */
export function reasonToRun(
  earlier: EarlierRun | undefined,
  now: CodeInputs,
  tables: RelationStates,
): string | undefined {
  if (earlier === undefined) return 'it was never run';
  const { status, inputs } = earlier;
  if (status === 'failed') return failedBefore;
  if (inputs === null) return 'its last run did not record what it depended on';
  return (
    changedNames(inputs.parameters, now.parameters, 'parameter') ??
    changedCells(inputs.cells, now.cells) ??
    changedNames(inputs.files, now.files, 'imported file') ??
    (inputs.lock === now.lock ? undefined : 'package-lock.json changed') ??
    changedText('Node.js', inputs.node, now.node) ??
    changedText('the kernel', inputs.kernel, now.kernel) ??
    changedText('the time zone', inputs.timeZone, now.timeZone) ??
    changedText('the locale', inputs.locale ?? defaultLocale, now.locale ?? defaultLocale) ??
    inputs.unknown ??
    changedNames(inputs.tables, tables, 'table') ??
    undefined
  );
}

function changedCells(before: readonly string[], now: readonly string[]): string | undefined {
  if (before.length !== now.length) {
    return `it has ${now.length} cells that run, and had ${before.length}`;
  }
  const changed = now.flatMap((cell, index) => (cell === before[index] ? [] : [index + 1]));
  const [first] = changed;
  if (first === undefined) return undefined;
  return `its code changed in cell ${first} of those that run${others(changed.length - 1)}`;
}

function changedNames(
  before: Readonly<Record<string, string | null>>,
  now: Readonly<Record<string, string | null>>,
  kind: string,
): string | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const changed = names.filter((name) => before[name] !== now[name]);
  const [first] = changed;
  if (first === undefined) return undefined;
  const how = !(first in now) ? 'is gone' : first in before ? 'changed' : 'is new';
  return `${kind} ${first} ${how}${others(changed.length - 1)}`;
}

function changedText(what: string, before: string, now: string): string | undefined {
  return before === now ? undefined : `${what} is ${now || 'unset'} and was ${before || 'unset'}`;
}

function others(count: number): string {
  return count === 0 ? '' : `, and ${count} more`;
}
