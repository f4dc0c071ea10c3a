import { z } from 'zod';
import { code, markdownTable } from './markdown.js';

/** A JSON schema as far as tables read it. */
interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number | boolean)[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
}

/** The fields of a schema as rows: name, value, default and meaning; those within fields stand below them. */
export function schemaTable(schema: z.ZodType): string {
  return markdownTable(['field', 'value', 'default', 'meaning'], fieldRows(jsonSchema(schema), ''));
}

/** The alternatives of a list's items: how each is written, and what it means. */
export function itemsTable(schema: z.ZodType, path: readonly string[], head: string): string {
  let at: JsonSchema | undefined = jsonSchema(schema);
  for (const key of path) {
    at = key === '*' ? (at?.additionalProperties as JsonSchema) : at?.properties?.[key];
  }
  return markdownTable(
    [head, 'meaning'],
    (at?.items?.anyOf ?? []).map((one) => [code(valueText(one)), one.description ?? '']),
  );
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

function fieldRows(schema: JsonSchema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const isNeeded = schema.required?.includes(name) === true;
    const fallback =
      field.default === undefined
        ? isNeeded
          ? 'needed'
          : '–'
        : code(JSON.stringify(field.default));
    const row = [code(path), valueWords(field), fallback, field.description ?? ''];
    const { additionalProperties: values } = field;
    return [
      row,
      ...fieldRows(field, `${path}.`),
      ...(typeof values === 'object' ? fieldRows(values, `${path}.NAME.`) : []),
    ];
  });
}

function valueWords(schema: JsonSchema): string {
  if (schema.anyOf?.every(({ description }) => description !== undefined) === true) {
    return 'see below';
  }
  if (schema.anyOf !== undefined) return schema.anyOf.map(valueWords).join(' or ');
  if (schema.enum !== undefined) return schema.enum.map((one) => code(String(one))).join(', ');
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.prefixItems !== undefined) return 'a list of keys';
  if (schema.items !== undefined) {
    const items = valueWords(schema.items);
    return items === 'see below' ? 'a list, see below' : `a list of ${plural(items)}`;
  }
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    integer: 'a whole number',
    boolean: '`true` or `false`',
    object: 'fields',
  };
  return words[schema.type ?? ''] ?? 'see its meaning';
}

function plural(words: string): string {
  return words === 'text' ? 'texts' : words.replace(/^a list of/, 'lists of');
}

/** How a value is written in YAML. */
function valueText(schema: JsonSchema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.items !== undefined) return '[…]';
  if (schema.properties === undefined) return '…';
  const fields = Object.entries(schema.properties).map(
    ([name, field]) => `${name}: ${valueText(field)}`,
  );
  return `{ ${fields.join(', ')} }`;
}
