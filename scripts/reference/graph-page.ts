import { format } from 'oxfmt';
import {
  graphColumn,
  graphDocument,
  graphModel,
  graphNotebook,
  graphSchema,
  graphSource,
  graphTest,
} from '../../src/orchestration/graph-document.js';
import { markdownPage } from './markdown.js';
import { schemaTable } from './schema-table.js';

/** The document of `daybook pipeline graph --json`, from the schema that it is written by. */
export function graphPage(): Promise<string> {
  return markdownPage('The graph of a project', [
    '`npx daybook pipeline graph --json` prints one JSON object: what a project loads, builds and publishes, and what has to be done before what. It is read from the files of the project; no warehouse is asked. Other orchestrators make their tasks of it ([beside other orchestrators](../scaling.md#beside-other-orchestrators)). The same as a JSON schema: [graph.schema.json](graph.schema.json).',
    schemaTable(graphDocument),
    '## A source',
    'Of `sources`.',
    schemaTable(graphSource),
    '## A model',
    'Of `models`.',
    schemaTable(graphModel),
    '## A column',
    'Of `columns` of a source or a model. `from` has `relation` and `column` of each.',
    schemaTable(graphColumn),
    '## A test',
    'Of `tests` of a model.',
    schemaTable(graphTest),
    '## A notebook',
    'Of `notebooks`.',
    schemaTable(graphNotebook),
  ]);
}

/** The JSON schema of the document. */
export async function graphSchemaFile(): Promise<string> {
  const { code } = await format('graph.schema.json', JSON.stringify(graphSchema()));
  return code;
}
