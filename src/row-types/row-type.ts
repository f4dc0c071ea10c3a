/** A column as generated types describe it. */
export interface TypedColumn {
  readonly name: string;
  /** Its type's name in pg_type, like `int8`; of an array the element's. */
  readonly type: string;
  readonly isArray: boolean;
  readonly isNullable: boolean;
  readonly description: string | undefined;
}

/** How values of a type arrive, see `warehouse/query/value-mapping.ts`; all other types arrive as text. */
const scalars: Readonly<Record<string, string>> = {
  int2: 'number',
  int4: 'number',
  oid: 'number',
  float4: 'number',
  float8: 'number',
  int8: 'bigint',
  bool: 'boolean',
  bytea: 'Uint8Array',
  json: 'unknown',
  jsonb: 'unknown',
};

/** What may be given for a parameter of a type; for all others a text. */
const givenScalars: Readonly<Record<string, string>> = {
  ...scalars,
  int8: 'bigint | number',
  numeric: 'string | number | bigint',
  date: 'string | Date',
  timestamp: 'string | Date',
  timestamptz: 'string | Date',
  json: 'string',
  jsonb: 'string',
};

/** The members of a row's type, a line each. */
export function rowMembers(columns: readonly TypedColumn[], indent: string): string {
  return columns
    .map(
      (column) =>
        `${docComment(indent, column.description)}${indent}${memberName(column.name)}: ${valueType(column)};\n`,
    )
    .join('');
}

/** The type of a column's values. */
export function valueType({ type, isArray, isNullable }: Omit<TypedColumn, 'name'>): string {
  const scalar = scalars[type] ?? 'string';
  const value = isArray ? `(${scalar} | null)[]` : scalar;
  return isNullable && value !== 'unknown' ? `${value} | null` : value;
}

/** The type of what may be given for a parameter. */
export function parameterType({ type, isArray }: Pick<TypedColumn, 'type' | 'isArray'>): string {
  const scalar = givenScalars[type] ?? 'string';
  return isArray ? `readonly (${scalar} | null)[] | null` : `${scalar} | null`;
}

function memberName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : textLiteral(name);
}

/** A text as a literal, in the quotes that Prettier chooses. */
export function textLiteral(text: string): string {
  const [singles, doubles] = ["'", '"'].map((quote) => text.split(quote).length);
  const json = JSON.stringify(text);
  if ((singles ?? 0) > (doubles ?? 0)) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** The text of a literal that {@link textLiteral} wrote. */
export function literalText(literal: string): string {
  if (literal.startsWith('"')) return JSON.parse(literal) as string;
  const inner = literal.slice(1, -1).replaceAll("\\'", "'").replaceAll('"', '\\"');
  return JSON.parse(`"${inner}"`) as string;
}

/** A text as a doc comment on one line; nothing where there is none. */
export function docComment(indent: string, text: string | undefined): string {
  if (text === undefined) return '';
  return `${indent}/** ${text.trim().replaceAll(/\s+/g, ' ').replaceAll('*/', '* /')} */\n`;
}
