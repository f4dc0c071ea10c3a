import { rejectMeanings, rejectReasons } from '../../src/history/rejects/reject.js';
import { ownColumns } from '../../src/pipeline/definitions/source.js';
import { headerSchema } from '../../src/pipeline/project/parse-header.js';
import { columnShape } from '../../src/pipeline/project/column-schema.js';
import { csv, json, pattern, sourceSchema } from '../../src/pipeline/project/source-schema.js';
import { code, markdownPage, markdownTable } from './markdown.js';
import { itemsTable, schemaTable } from './schema-table.js';

/** What the header of a model may say, from the schema that it is read by. */
export function modelsPage(): Promise<string> {
  return markdownPage('Headers and tests of models', [
    'A model is a file `sql/SCHEMA/NAME.sql`: a comment `/* … */` with YAML, and one `select`. [The guide](../models.md) says what a run makes of it.',
    schemaTable(headerSchema),
    '## Tests of a column',
    itemsTable(headerSchema, ['columns', '*', 'tests'], 'test'),
    '## Tests of the whole model',
    itemsTable(headerSchema, ['tests'], 'test'),
  ]);
}

/** What the declaration of a source may say, from the schema that it is read by. */
export function sourcesPage(): Promise<string> {
  return markdownPage('Declarations of sources', [
    'A source is a file `sql/sources/NAME.yaml`; its lines go into the table `NAME` of the first schema. [The guide](../sources.md) has examples, the [types of columns](../sources.md#columns) and the [formats of times](../sources.md#formats-of-times-and-dates).',
    schemaTable(sourceSchema),
    '## A column',
    'Of `columns.NAME`; `columns: { price: numeric }` is not enough, `{ price: { type: numeric } }` is.',
    schemaTable(columnShape),
    'Every table of a source has these columns behind the declared ones:',
    markdownTable(
      ['column', 'type', 'holds'],
      ownColumns.map(({ name, type, description }) => [code(name), code(type), description]),
    ),
    '## Formats',
    '### `json`',
    '`format: json` reads one JSON object a line, or documents of JSON. `format: { json: { … } }` takes:',
    schemaTable(json),
    '### `csv`',
    '`format: csv` reads CSV as RFC 4180 has it. `format: { csv: { … } }` takes:',
    schemaTable(csv),
    '### `pattern`',
    '`format: { pattern: …, nulls: … }` takes lines apart with a regular expression:',
    schemaTable(pattern),
    '## Reasons for rejects',
    'A line that cannot be loaded costs only itself: `daybook rejects list --reason REASON` shows it with one of these.',
    markdownTable(
      ['reason', 'what is wrong'],
      rejectReasons.map((reason) => [code(reason), rejectMeanings[reason]]),
    ),
  ]);
}
