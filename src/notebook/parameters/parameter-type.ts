import { DaybookError } from '../../errors.js';

/** What a parameter may be. */
export type ParameterType =
  /** `date`: text like `2019-12-31`, of a day that exists. `instant`: a `Date`. */
  | { readonly kind: 'string' | 'number' | 'boolean' | 'date' | 'instant' }
  | { readonly kind: 'literals'; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: 'list'; readonly of: ParameterType }
  | { readonly kind: 'nullable'; readonly of: ParameterType }
  /** Any JSON; the type check of the whole notebook says whether it fits. */
  | { readonly kind: 'json' };

/** A value of a parameter: JSON, whatever the type makes of it. */
export type ParameterValue =
  | null
  | boolean
  | number
  | string
  | readonly ParameterValue[]
  | { readonly [name: string]: ParameterValue };

/** The value cannot be one of this type; the message says what would be. */
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
 * A value from the command line, where everything is text. Lists are JSON, or have commas.
 *
 * @throws ParameterMismatch when the text means no value of the type.
 */
export function valueFromText(type: ParameterType, text: string): ParameterValue {
  switch (type.kind) {
    case 'string':
    case 'date':
    case 'instant':
      return checkedValue(type, text);
    case 'number':
      // What is no number stays text, for the message.
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
 * A value as it stands in a file of parameters.
 *
 * @throws ParameterMismatch when it is none of the type.
 */
export function checkedValue(type: ParameterType, value: ParameterValue): ParameterValue {
  if (!isOfType(type, value)) {
    throw new ParameterMismatch(`${JSON.stringify(value)} is not ${describeType(type)}`);
  }
  return value;
}

/** The value as an expression of TypeScript. */
export function valueAsCode(type: ParameterType, value: ParameterValue): string {
  if (value === null) return 'null';
  if (type.kind === 'nullable') return valueAsCode(type.of, value);
  if (type.kind === 'instant') return `new Date(${JSON.stringify(value)})`;
  if (type.kind === 'list' && isList(value)) {
    return `[${value.map((item) => valueAsCode(type.of, item)).join(', ')}]`;
  }
  return jsonAsCode(value);
}

/** JSON as an expression. In one, a plain `"__proto__":` sets the prototype and makes no property. */
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

/** `2019-02-30` is no day, although JavaScript's Date takes it for one in March. */
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
