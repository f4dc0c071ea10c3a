// Reading of untyped fields of the project file: each problem is reported at its path.

import { closestName } from '../../text/closest-name.js';

/** A problem of a project file with the path of its field. */
export interface FieldProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** Reads fields; what is wrong with them is in {@link problems}. */
export class FieldReader {
  readonly problems: FieldProblem[] = [];

  wrong(path: readonly string[], message: string): void {
    this.problems.push({ path, message });
  }

  /** An object; empty when it is missing or invalid. @param known - Its fields. Default: any. */
  object(
    value: unknown,
    path: readonly string[],
    known?: readonly string[],
  ): Readonly<Record<string, unknown>> {
    // A missing export means that this is no project file.
    if (value === undefined && path.length > 0) return {};
    if (!isRecord(value)) {
      this.wrong(path, 'must be an object, { … }');
      return {};
    }
    for (const name of known === undefined ? [] : Object.keys(value)) {
      if (known?.includes(name) !== true) this.wrong([...path, name], unknownField(name, known));
    }
    return value;
  }

  /** A text; undefined when it is missing or invalid. */
  text(
    value: unknown,
    path: readonly string[],
    problem: (text: string) => string | undefined,
  ): string | undefined {
    if (value === undefined) return undefined;
    const found = typeof value === 'string' ? problem(value) : 'must be text';
    if (found === undefined) return value as string;
    this.wrong(path, found);
    return undefined;
  }

  /** One name or a list of some; undefined when it is missing or invalid. */
  texts(
    value: unknown,
    path: readonly string[],
    problem = 'must be a name, or a list of names',
  ): readonly string[] | undefined {
    if (value === undefined) return undefined;
    const names: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isList = names.length > 0 && names.every(isName);
    if (isList) return names;
    this.wrong(path, problem);
    return undefined;
  }

  /** One of some words; undefined when it is missing or invalid. */
  oneOf<Word extends string>(
    value: unknown,
    path: readonly string[],
    words: readonly Word[],
  ): Word | undefined {
    const found = words.find((word) => word === value);
    if (found === undefined && value !== undefined) {
      const quoted = words.map((word) => `'${word}'`);
      this.wrong(path, `must be ${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1) ?? ''}`);
    }
    return found;
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function unknownField(name: string, known: readonly string[] = []): string {
  const closest = closestName(name, known);
  const meant = closest === undefined ? '' : `; did you mean ${closest}?`;
  return `there is no such field${meant}${oneOf(known)}`;
}

/** The names that there are, behind a message. */
export function oneOf(names: readonly string[]): string {
  return ` (there ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')})`;
}

/** Whether a value is an object with fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
