// The variables that cells have declared, for front ends: name, type, value.

import { inspect } from 'node:util';
import { className } from '../../display/shape.js';
import { resultBundle } from '../../display/result.js';
import type { MimeData, Variable } from './protocol.js';

type Scope = Readonly<Record<string, unknown>>;

/** How much of a value a list shows, in characters. */
const mostText = 200;

/**
 * The variables that cells have declared. Nothing of a value is called: getters and proxies stay as they are. Empty where a cell
 * has changed what this needs.
 */
export function variablesOf({
  declared,
  imported,
  scope,
}: Readonly<Record<'declared' | 'imported' | 'scope', Scope>>): Variable[] {
  try {
    return Object.keys(declared)
      .filter((name) => name in scope && !(name in imported && imported[name] === scope[name]))
      .map((name) => variable(name, scope[name]));
  } catch {
    return [];
  }
}

function variable(name: string, value: unknown): Variable {
  try {
    return { name, type: typeName(value), value: shortText(value) };
  } catch {
    return { name, type: typeof value, value: 'A value that cannot be shown.' };
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return `Array(${value.length})`;
  return className(value) ?? 'object';
}

function shortText(value: unknown): string {
  const text = inspect(value, {
    ...{ depth: 1, customInspect: false, breakLength: Infinity, compact: true },
    ...{ maxArrayLength: 5, maxStringLength: mostText },
  });
  return text.length > mostText ? `${text.slice(0, mostText - 1)}…` : text;
}

/** A variable as a cell would show it; undefined: there is none of that name, or it has nothing to show. */
export function variableBundle(name: string, scope: Scope): MimeData | undefined {
  try {
    return name in scope ? resultBundle(scope[name]) : undefined;
  } catch {
    return undefined;
  }
}
