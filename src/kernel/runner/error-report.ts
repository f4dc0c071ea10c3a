// Exceptions of cells as data.

import { inspect, types } from 'node:util';
import { errorHead } from './primordials.js';
import type { ErrorReport } from './protocol.js';

/** Maps frames of an error of another realm, whose stack is V8's own, to sources. */
export type FramesOf = (frames: readonly string[]) => readonly string[];

/** The most causes of an error that are shown, one below another or side by side. */
const mostCauses = 5;

/** A thrown value as data. Runs as little of the value's own code as possible, and survives its failures. */
export function errorReport(thrown: unknown, framesOf: FramesOf = (frames) => frames): ErrorReport {
  try {
    const report = isError(thrown) ? reportOf(thrown, framesOf) : reportOfValue(thrown);
    if (typeof report.message === 'string' && typeof report.name === 'string') return report;
  } catch {
    // The following needs less.
  }
  return unshown(thrown);
}

/** The report when inspection fails. */
function unshown(thrown: unknown): ErrorReport {
  const details = 'Showing it fails, too: has a cell changed what JavaScript itself needs?';
  return { name: 'Error', message: headOf(thrown), stack: [], details };
}

function headOf(thrown: unknown): string {
  try {
    return errorHead(thrown);
  } catch {
    return `a ${typeof thrown} was thrown`;
  }
}

/** Whether a value is an error of this or another realm, or inherits from one of this. */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false; // a proxy that is revoked, or whose traps throw
  }
}

/**
 * V8's messages have names of the compiled code, where a name of a cell is a property of the shared scope:
 * `__scope__.rows is not iterable`, `(0 , __scope__.f) is not a function`.
 */
export function inSourceNames(message: string): string {
  return message
    .replace(/\(0 ?, ?__scope__\.([\p{ID_Continue}$]+)\)/gu, '$1')
    .replaceAll('__scope__.', '');
}

function reportOf(error: Error, framesOf: FramesOf): ErrorReport {
  const name =
    propertyText(error, 'name') || propertyText(read(error, 'constructor'), 'name') || 'Error';
  const message = inSourceNames(propertyText(error, 'message'));
  const stack = propertyText(error, 'stack').split('\n');
  const frames = stack.filter((line) => line.startsWith('    at '));
  if (isExplained(error)) return { ...explanation(error), stack: frames.filter(isOfProject) };
  const shown = isOfThisRealm(error) ? frames : framesOf(frames);
  return { name, message, stack: shown, details: detailsOf(error) };
}

/** Whether a frame is in the notebook or the project, rather than in a library. */
function isOfProject(frame: string): boolean {
  return !/\bnode:|[\\/]node_modules[\\/]/.test(frame);
}

function isOfThisRealm(error: Error): boolean {
  try {
    return error instanceof Error;
  } catch {
    return true;
  }
}

function reportOfValue(thrown: unknown): ErrorReport {
  const message = typeof thrown === 'string' ? thrown : shown(thrown);
  return { name: `Thrown ${typeof thrown}`, message, stack: [], details: '' };
}

/** An error of Daybook's own tree: its message and advice suffice. */
type ExplainedError = Error & { readonly code: string; readonly hint?: unknown };

/** By shape: a notebook may have another copy of Daybook than this kernel. */
function isExplained(error: Error): error is ExplainedError {
  const isOurs = /^(?:Daybook|Config)Error$/.test(propertyText(error, 'name'));
  return isOurs && typeof read(error, 'code') === 'string';
}

function explanation(error: ExplainedError): Pick<ErrorReport, 'name' | 'message' | 'details'> {
  const hint = read(error, 'hint');
  const where = read(error, 'where');
  const message = propertyText(error, 'message');
  const place = typeof where === 'string' ? `${where}: ` : '';
  const advice = typeof hint === 'string' ? `\n→ ${hint}` : '';
  return { name: error.code, message: `${place}${message}${advice}`, details: '' };
}

/** Fields and causes of an error, as `inspect` shows them after the stack. */
function detailsOf(error: Error): string {
  const parts: string[] = [];
  const fields = fieldsOf(error);
  if (Object.keys(fields).length > 0) parts.push(shown(fields));
  const errors = read(error, 'errors');
  const cause = read(error, 'cause');
  const causes = Array.isArray(errors) ? (errors as unknown[]) : [];
  for (const one of cause === undefined ? causes : [...causes.slice(0, mostCauses - 1), cause]) {
    if (parts.length > mostCauses) break;
    parts.push(`caused by: ${shown(one)}`);
  }
  return parts.join('\n');
}

/** The additional fields of an error; undefined ones are left out. */
function fieldsOf(error: Error): Record<string, unknown> {
  const known = new Set(['name', 'message', 'stack', 'cause', 'errors']);
  const names = ownKeys(error).filter((name) => !known.has(name));
  return Object.fromEntries(
    names.map((name) => [name, read(error, name)]).filter(([, value]) => value !== undefined),
  ) as Record<string, unknown>;
}

function ownKeys(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

/** A property as text; empty when it cannot be read. */
function propertyText(value: unknown, name: string): string {
  const found = read(value, name);
  try {
    return found === undefined ? '' : (found as string);
  } catch {
    return '';
  }
}

/** A property of any value; undefined when reading throws. */
function read(value: unknown, name: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string {
  try {
    return inspect(value, { depth: 2 });
  } catch {
    return `a ${typeof value} that cannot be shown`;
  }
}
