/**
 * Functions that give null only for null: of those that Postgres calls strict some give null for other values, too
 * (`array_length` of an empty array, `to_char` of infinity). Only those are listed of which that is known.
 */
const total = new Set([
  ...['abs', 'ceil', 'ceiling', 'floor', 'round', 'trunc', 'sqrt', 'cbrt', 'power', 'exp', 'ln'],
  ...['log', 'log10', 'mod', 'div', 'sign', 'gcd', 'lcm', 'factorial', 'pi', 'random', 'degrees'],
  ...['radians', 'width_bucket', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2'],
  ...['initcap', 'length', 'char_length', 'character_length', 'octet_length', 'bit_length'],
  ...['btrim', 'ltrim', 'rtrim', 'replace', 'translate', 'left', 'right', 'repeat', 'reverse'],
  ...['lpad', 'rpad', 'substr', 'position', 'strpos', 'split_part', 'overlay', 'starts_with'],
  ...['md5', 'sha256', 'convert_to', 'encode', 'decode', 'ascii', 'chr', 'to_hex', 'quote_ident'],
  ...['quote_literal', 'regexp_replace', 'regexp_count', 'regexp_like'],
  ...['regexp_split_to_array', 'string_to_array', 'normalize', 'unistr'],
  ...['date_trunc', 'date_bin', 'timezone', 'make_date', 'make_time', 'make_timestamp'],
  ...['make_timestamptz', 'make_interval', 'justify_days', 'justify_hours', 'justify_interval'],
  ...['isfinite', 'now', 'clock_timestamp', 'statement_timestamp', 'transaction_timestamp'],
  ...['timeofday', 'cardinality', 'array_to_string', 'to_json', 'to_jsonb'],
  ...['row_to_json', 'array_to_json', 'json_array_length', 'jsonb_array_length', 'json_typeof'],
  ...['jsonb_typeof', 'jsonb_pretty', 'jsonb_strip_nulls', 'json_strip_nulls', 'gen_random_uuid'],
  ...['isempty', 'lower_inc', 'upper_inc', 'lower_inf', 'upper_inf', 'range_merge', 'to_tsvector'],
  ...['to_tsquery', 'plainto_tsquery', 'websearch_to_tsquery', 'ts_rank', 'hashtext', 'pg_typeof'],
  ...['host', 'masklen', 'family', 'network', 'text', 'like', 'notlike', 'set_masklen'],
  ...['broadcast', 'netmask', 'hostmask', 'abbrev', 'scale', 'trim_scale', 'erf', 'erfc', 'sind'],
  ...['cosd', 'tand', 'sinh', 'cosh', 'tanh', 'regexp_instr', 'to_date', 'date_add'],
  ...['date_subtract', 'overlaps', 'convert_from', 'get_bit', 'get_byte', 'set_bit', 'set_byte'],
  ...['crc32', 'crc32c', 'sha224', 'sha384', 'sha512', 'ts_headline', 'point', 'center', 'area'],
  ...['int4multirange', 'int8multirange', 'nummultirange', 'datemultirange', 'tsmultirange'],
  ...['tstzmultirange', 'multirange', 'array_sort', 'array_reverse', 'trim_array'],
  ...['pg_column_size', 'pg_size_pretty', 'hashtextextended', 'casefold', 'jsonb_path_query_array'],
]);

/** Functions that give null only where their first argument is null. */
const ofFirst = new Set([
  ...['concat_ws', 'format', 'array_remove', 'array_replace', 'array_positions'],
]);

/** Functions that give null for null in any place, and perhaps for other values. */
const strict = new Set([
  ...['lower', 'upper', 'initcap', 'length', 'char_length', 'octet_length', 'btrim', 'ltrim'],
  ...['rtrim', 'replace', 'translate', 'left', 'right', 'reverse', 'substr', 'substring'],
  ...['position', 'strpos', 'split_part', 'md5', 'abs', 'ceil', 'ceiling', 'floor', 'round'],
  ...['trunc', 'sign', 'mod', 'sqrt', 'power', 'date_trunc', 'timezone', 'extract', 'date_part'],
  ...['to_char', 'to_date', 'to_number', 'to_timestamp', 'array_length', 'cardinality'],
  ...['jsonb_array_length', 'jsonb_typeof', 'regexp_replace', 'isempty'],
]);

/** Functions that never give null, whatever they are given; of sets, that have no null in them. */
const never = new Set([
  ...['quote_nullable', 'array_append', 'array_prepend', 'enum_first', 'enum_last', 'enum_range'],
  ...['current_database', 'current_schemas', 'version', 'pg_backend_pid', 'uuidv4', 'uuidv7'],
  ...['generate_series', 'generate_subscripts', 'json_object_keys', 'jsonb_object_keys'],
  ...['regexp_split_to_table', 'regexp_matches'],
  ...['concat', 'num_nulls', 'num_nonnulls', 'json_build_object', 'json_build_array'],
  ...['jsonb_build_object', 'jsonb_build_array', 'int4range', 'int8range', 'numrange', 'tsrange'],
  ...['tstzrange', 'daterange', 'row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist'],
  ...['count', 'regr_count', 'grouping'],
]);

/** Aggregates that give null for no rows, or where all values are null. */
const ofValues = new Set([
  ...['sum', 'avg', 'min', 'max', 'bool_and', 'bool_or', 'every', 'bit_and', 'bit_or', 'bit_xor'],
  ...['string_agg', 'any_value', 'mode', 'percentile_cont', 'percentile_disc', 'var_pop'],
  ...['stddev_pop', 'range_agg'],
]);

/** Aggregates that give null for no rows only. */
const ofRows = new Set([
  ...['array_agg', 'json_agg', 'jsonb_agg', 'json_object_agg', 'jsonb_object_agg', 'xmlagg'],
]);

/** All other aggregates of Postgres: they may give null for one row, or for values of a kind. */
const others = new Set([
  ...['stddev', 'stddev_samp', 'variance', 'var_samp', 'corr', 'covar_pop', 'covar_samp'],
  ...['regr_avgx', 'regr_avgy', 'regr_intercept', 'regr_r2', 'regr_slope', 'regr_sxx'],
  ...['regr_sxy', 'regr_syy', 'range_intersect_agg'],
]);

/** When a function of Postgres's own gives null. */
export type NullRule =
  | 'never'
  | 'for null'
  | 'for null first'
  | 'for no rows'
  | 'for no values'
  | 'perhaps';

/** When a function gives null, as far as its name tells. */
export function nullRule(name: string): NullRule {
  if (never.has(name)) return 'never';
  if (total.has(name)) return 'for null';
  if (ofFirst.has(name)) return 'for null first';
  if (ofRows.has(name)) return 'for no rows';
  return ofValues.has(name) ? 'for no values' : 'perhaps';
}

/** Whether a name is that of an aggregate of Postgres's own. */
export function isAggregate(name: string): boolean {
  return (
    ofValues.has(name) ||
    ofRows.has(name) ||
    others.has(name) ||
    ['count', 'regr_count'].includes(name)
  );
}

/** Functions of Postgres's own that give any number of rows. */
const setReturning =
  /^(?:generate_(?:series|subscripts)|unnest|jsonb?_(?:each|each_text|array_elements|array_elements_text|object_keys|to_recordset|populate_recordset)|jsonb_path_query|regexp_matches|regexp_split_to_table|string_to_table)$/;

/**
 * Whether a function may give several rows, or none.
 *
 * @param names - As it is called: what a project has defined itself may.
 */
export function mayGiveRows(names: readonly string[]): boolean {
  const isOwn = names.length > 1 && names[0] !== 'pg_catalog';
  return isOwn || setReturning.test(names.at(-1) ?? '');
}

/** Parts of a date that infinity has, too; of it, all others are null. */
const endless = new Set([
  ...['epoch', 'year', 'decade', 'century', 'millennium', 'julian', 'isoyear'],
]);

/** Whether `extract` of a part gives null only for null. */
export function isEndless(part: string): boolean {
  return endless.has(part.toLowerCase());
}

/** Operators that give null only for null. Others, like `->`, look for something that may not be there. */
const totalOperators = new Set([
  ...['+', '-', '*', '/', '%', '^', '|/', '||/', '@', '&', '|', '~', '<<', '>>', '||'],
  ...['=', '<>', '!=', '<', '>', '<=', '>=', '!~', '~*', '!~*', '~~', '!~~', '~~*', '!~~*'],
  ...['@>', '<@', '&&', '&<', '&>', '-|-', '?', '?|', '?&', '@@', '^@', '<->', '#-'],
]);

/** Whether an operator of Postgres's own gives null only for null. */
export function isTotalOperator(name: string): boolean {
  return totalOperators.has(name);
}

/** Whether an operator of Postgres's own gives null for null on either side. `array || null` is an array. */
export function isStrictOperator(name: string): boolean {
  return name !== '||' && totalOperators.has(name);
}

/** Whether a function gives null for null in any place. */
export function isStrict(name: string): boolean {
  return strict.has(name);
}
