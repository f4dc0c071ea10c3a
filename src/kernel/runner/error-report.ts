import { inspect } from 'node:util';
import type { ErrorReport } from './protocol.js';

/** An exception, or whatever else was thrown, as data. Runs the value's own code as little as it can. */
export function errorReport(thrown: unknown): ErrorReport {
  try {
    return thrown instanceof Error ? reportOf(thrown) : reportOfValue(thrown);
  } catch (problem) {
    return {
      name: 'Error',
      message: `An exception was thrown that cannot be shown: ${String(problem)}`,
      stack: [],
      details: '',
    };
  }
}

/**
 * V8 names things as in the compiled code, where a name of a cell is a property of the shared scope:
 * `__scope__.rows is not iterable`, `(0 , __scope__.f) is not a function`.
 */
export function inSourceNames(message: string): string {
  return message
    .replace(/\(0 ?, ?__scope__\.([\p{ID_Continue}$]+)\)/gu, '$1')
    .replaceAll('__scope__.', '');
}

function reportOf(error: Error): ErrorReport {
  // Anybody can put anything there.
  const { name: ownName, message: ownMessage } = error as { name: unknown; message: unknown };
  const name = String(ownName) || error.constructor.name;
  const message = inSourceNames(String(ownMessage));
  const stack = typeof error.stack === 'string' ? error.stack.split('\n') : [];
  const frames = stack.filter((line) => line.startsWith('    at '));
  return { name, message, stack: frames, details: detailsOf(error) };
}

function reportOfValue(thrown: unknown): ErrorReport {
  const message = typeof thrown === 'string' ? thrown : inspect(thrown, { depth: 2 });
  return { name: `Thrown ${typeof thrown}`, message, stack: [], details: '' };
}

/** The fields and causes of an error, as `inspect` shows them behind its stack. */
function detailsOf(error: Error): string {
  const fields = Object.entries(error).filter(
    ([key, value]) => key !== 'name' && value !== undefined,
  );
  const parts: string[] = [];
  if (fields.length > 0) parts.push(inspect(Object.fromEntries(fields), { depth: 2 }));
  const causes =
    error instanceof AggregateError
      ? (error.errors as unknown[])
      : 'cause' in error
        ? [error.cause]
        : [];
  for (const cause of causes.slice(0, 5)) {
    parts.push(`caused by: ${inspect(cause, { depth: 2 })}`);
  }
  return parts.join('\n');
}
