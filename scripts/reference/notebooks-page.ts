import { lintRules } from '../../src/config/declarations/lint-rules.js';
import { knownTags } from '../../src/nbformat/cell-tags.js';
import { metadataKeys } from '../../src/nbformat/daybook-metadata.js';
import { code, markdownPage, markdownTable } from './markdown.js';

/** All keys of `metadata.daybook`, and all tags of cells. */
export function notebooksPage(): Promise<string> {
  const tags = Object.entries(knownTags);
  const rows = (place: 'run' | 'page') =>
    tags.filter(([, { of }]) => of === place).map(([tag, { meaning }]) => [code(tag), meaning]);
  return markdownPage('Notebook metadata and cell tags', [
    '## `metadata.daybook`',
    'Daybook keeps its own part of the metadata of a notebook or a cell. VS Code shows it with _Edit Notebook Metadata_, JupyterLab in the property inspector. A value that does not fit counts as not given; a `visibility` that cannot be understood lets nobody read.',
    '```json\n{ "daybook": { "position": 4, "group": "Customers", "maxAge": "36 hours" } }\n```',
    markdownTable(
      ['key', 'of', 'value', 'meaning', 'written by'],
      Object.entries(metadataKeys).map(([key, { of, value, meaning, by }]) => [
        ...[code(key), `a ${of}`, value, meaning, by === 'author' ? 'you' : by],
      ]),
    ),
    '`daybook notebooks clean` takes out what Daybook wrote, with all outputs.',
    '## Cell tags',
    'Tags stand in `metadata.tags` of a cell, with `-` or with `_`. Others are left alone.',
    '### In a run',
    markdownTable(['tag', 'meaning'], rows('run')),
    '### On the page',
    markdownTable(['tag', 'meaning'], rows('page')),
    '## Rules of `daybook notebooks check`',
    'Beyond types. An error fails the check, a warning is printed; `lint` in `daybook.config.ts` says otherwise for a project: `lint: { "unused-name": "off" }`. Kernels other than ours have those of queries and prose alone.',
    markdownTable(
      ['rule', 'severity', 'meaning'],
      Object.entries(lintRules).map(([rule, { severity, meaning }]) => [
        ...[code(rule), severity, meaning],
      ]),
    ),
  ]);
}
