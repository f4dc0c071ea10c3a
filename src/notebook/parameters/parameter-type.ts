// Types of parameters: validation, conversion from text, and code.

import { DaybookError } from '../../errors.js';

/** The type of a parameter. */
export type ParameterType =
  /** `date`: text like `2019-12-31`, a valid day. `instant`: a `Date`. */
  | { readonly kind: 'string' | 'number' | 'boolean' | 'date' | 'instant' }
  | { readonly kind: 'literals'; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: 'list'; readonly of: ParameterType }
  | { readonly kind: 'nullable'; readonly of: ParameterType }
  /** Any JSON; the type check of the notebook validates it. */
  | { readonly kind: 'json' };

/** A parameter's value as JSON. */
export type ParameterValue =
  | null
  | boolean
  | number
  | string
  | readonly ParameterValue[]
  | { readonly [name: string]: ParameterValue };

/** An invalid value; the message says what would be valid. */
export class ParameterMismatch extends DaybookError {
  override readonly name = 'ParameterMismatch';

  constructor(message: string) {
    super('PARAMETER_INVALID', message);
  }
}

/** The type in words, for help and messages: `"ON" | "QC"`, `a date like 2019-12-31`. */
export function describeType(type: ParameterType): string {
  switch (type.kind) {
    case 'literals':
      return type.values.map((value) => JSON.stringify(value)).join(' | ');
    case 'list':
      return `a list of ${describeType(type.of)}`;
    case 'nullable':
      return `${describeType(type.of)}, or null`;
    case 'date':
      return 'a date like 2019-12-31';
    case 'instant':
      return 'a date or an instant like 2019-12-31T00:00:00Z';
    case 'json':
      return 'JSON';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'text';
  }
}

/**
 * Converts a text of the command line. Lists are JSON or comma-separated.
 *
 * @throws ParameterMismatch for an invalid text.
 */
export function valueFromText(type: ParameterType, text: string): ParameterValue {
  switch (type.kind) {
    case 'string':
    case 'date':
    case 'instant':
      return checkedValue(type, text);
    case 'number':
      // A text that is no number stays text, for the message.
      return checkedValue(type, text.trim() === '' || Number.isNaN(+text) ? text : +text);
    case 'boolean':
      return checkedValue(type, text === 'true' ? true : text === 'false' ? false : text);
    case 'literals':
      return checkedValue(type, type.values.find((value) => String(value) === text) ?? text);
    case 'nullable':
      return text === 'null' ? null : valueFromText(type.of, text);
    case 'list':
      if (text.startsWith('[')) return checkedValue(type, fromJson(type, text));
      return text === '' ? [] : text.split(',').map((item) => valueFromText(type.of, item.trim()));
    case 'json':
      return fromJson(type, text);
  }
}

/**
 * Validates a value of a file.
 *
 * @throws ParameterMismatch for an invalid value.
 */
export function checkedValue(type: ParameterType, value: ParameterValue): ParameterValue {
  if (!isOfType(type, value)) {
    throw new ParameterMismatch(`${JSON.stringify(value)} is not ${describeType(type)}`);
  }
  return value;
}

/** The value as a TypeScript expression. */
export function valueAsCode(type: ParameterType, value: ParameterValue): string {
  if (value === null) return 'null';
  if (type.kind === 'nullable') return valueAsCode(type.of, value);
  if (type.kind === 'instant') return `new Date(${JSON.stringify(value)})`;
  if (type.kind === 'list' && isList(value)) {
    return `[${value.map((item) => valueAsCode(type.of, item)).join(', ')}]`;
  }
  return jsonAsCode(value);
}

/** JSON as an expression, in which a plain `"__proto__":` would set the prototype. */
function jsonAsCode(value: ParameterValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(jsonAsCode).join(',')}]`;
  const members = Object.entries(value).map(([name, member]) => {
    const key = name === '__proto__' ? '["__proto__"]' : JSON.stringify(name);
    return `${key}:${jsonAsCode(member)}`;
  });
  return `{${members.join(',')}}`;
}

function isList(value: ParameterValue): value is readonly ParameterValue[] {
  return Array.isArray(value);
}

function isOfType(type: ParameterType, value: ParameterValue): boolean {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'date':
      return typeof value === 'string' && isDay(value);
    case 'instant':
      return (
        typeof value === 'string' && isDay(value.slice(0, 10)) && !Number.isNaN(Date.parse(value))
      );
    case 'literals':
      return type.values.some((allowed) => allowed === value);
    case 'list':
      return Array.isArray(value) && value.every((item: ParameterValue) => isOfType(type.of, item));
    case 'nullable':
      return value === null || isOfType(type.of, value);
    case 'json':
      return true;
  }
}

/** `2019-02-30` is invalid, although JavaScript's Date reads it as a day in March. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function fromJson(type: ParameterType, text: string): ParameterValue {
  try {
    return JSON.parse(text) as ParameterValue;
  } catch {
    throw new ParameterMismatch(`${JSON.stringify(text)} is not ${describeType(type)}`);
  }
}
