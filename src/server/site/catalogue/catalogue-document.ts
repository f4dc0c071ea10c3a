// The page of the data catalogue.

import { countOf, formatCount } from '../../../text/amounts.js';
import { h } from 'hastscript';
import type { Schemas } from '../../../config/project/project-settings.js';
import type { CatalogueRelation, SourceFile } from '../../reading/readers/catalogue-reader.js';
import { pageDocument, type PageFrame } from '../../parts/layout.js';
import { relationPath } from '../../paths.js';
import { stateIcon, taskState, taskLabel } from '../../parts/state.js';
import { dataTable, inlineCode } from '../../parts/table.js';
import { timeElement } from '../../parts/time.js';

/** The content of the catalogue's page. */
export interface CatalogueView {
  readonly schemas: Schemas;
  readonly relations: readonly CatalogueRelation[];
  readonly files: { readonly count: number; readonly files: readonly SourceFile[] };
}

/** `/data`: all tables and views, and the loaded files. */
export function catalogueDocument(
  { schemas, relations, files }: CatalogueView,
  frame: PageFrame,
  timeZone: string,
): string {
  // The last schema first: readers look for its tables.
  const parts = schemas.names.toReversed().flatMap((schema) => {
    const members = relations.filter((relation) => relation.schema === schema);
    if (members.length === 0) return [];
    return [
      h('section', { className: 'part' }, [
        h('h2', { id: schema }, schema),
        h('p', { className: 'figure-caption' }, schemas.words[schema]),
        h('div', { className: ['wide', 'relations', 'aligned', 'stacked'] }, [
          relationTable(members, timeZone),
        ]),
      ]),
    ];
  });
  return pageDocument(
    {
      title: 'Data',
      description: 'The tables and views of the warehouse',
      main: [
        h('div', { className: ['wide', 'catalogue'] }, [
          h('header', { className: 'page-head' }, [
            h('h1', 'Data'),
            h(
              'p',
              { className: 'lead' },
              'Every table and view that the numbers come from, with what each column means.',
            ),
          ]),
          ...parts,
          h('section', { className: 'part' }, [
            h('h2', { id: 'files' }, 'Files'),
            files.count === 0 ? h('p', 'No file has been loaded.') : fileTable(files, timeZone),
          ]),
        ]),
      ],
    },
    frame,
  );
}

function relationTable(relations: readonly CatalogueRelation[], timeZone: string) {
  return dataTable(
    countOf(relations.length, 'relation'),
    [
      { label: 'Name', isShort: true },
      { label: 'What a row is' },
      { label: 'Rows', isNumber: true, isLabelled: true },
      { label: 'Columns', isNumber: true, isLabelled: true },
      { label: 'Tests', isShort: true, isLabelled: true },
      { label: 'Rows replaced', isShort: true, isLabelled: true },
    ],
    relations.map((relation) => [
      [h('a', { href: relationPath(relation.id) }, relation.name)],
      relation.description === null ? '–' : inlineCode(firstSentence(relation.description)),
      rowsText(relation),
      String(relation.columns.length),
      testSummary(relation),
      relation.builtAt === null ? '–' : [timeElement(relation.builtAt, timeZone)],
    ]),
  );
}

function firstSentence(text: string): string {
  return /^.*?[.:;](?=\s|$)/s.exec(text)?.[0].replace(/[:;]$/, '.') ?? text;
}

/** The number of rows in words: `view`, `1,000`, `about 92,000`. */
export function rowsText({ kind, rowCount, isEstimate }: CatalogueRelation): string {
  if (rowCount === null) return kind === 'view' ? 'view' : '–';
  return (isEstimate ? 'about ' : '') + formatCount(rowCount);
}

/** A relation's tests in one line. */
export function testSummary({ tests }: CatalogueRelation) {
  if (tests.length === 0) return '–';
  const failed = tests.filter(({ status }) => status === 'failed').length;
  const status = failed > 0 ? 'failed' : 'passed';
  const count = failed > 0 ? `${failed} of ${tests.length} ` : `${tests.length} `;
  return [stateIcon(taskState(status)), ` ${count}${taskLabel(status).toLowerCase()}`];
}

function fileTable({ count, files }: CatalogueView['files'], timeZone: string) {
  const caption =
    files.length < count ? `the newest ${files.length} of ${count}` : countOf(count, 'file');
  return dataTable(
    caption,
    [
      { label: 'File', isShort: true },
      { label: 'Bytes', isNumber: true },
      { label: 'Lines loaded', isNumber: true },
      { label: 'Rejected', isNumber: true },
      { label: 'Loaded', isShort: true },
    ],
    files.map(({ file, bytes, loaded, rejected, loadedAt }) => [
      file,
      formatCount(bytes),
      formatCount(loaded),
      formatCount(rejected),
      [timeElement(loadedAt, timeZone)],
    ]),
  );
}
