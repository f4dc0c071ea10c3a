// The page of a table or view in the catalogue.

import { countOf, formatCount } from '../../../text/amounts.js';
import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { graphPicture } from '../graph/graph-picture.js';
import type { ColumnLineage, ColumnName } from '../../rendering/column-lineage.js';
import type { CatalogueRelation, SampleRows } from '../../reading/readers/catalogue-reader.js';
import type { FinishedHtml } from '../../rendering/html/finished-node.js';
import { rowsText, testSummary } from './catalogue-document.js';
import { pageDocument, type PageFrame } from '../../parts/layout.js';
import {
  cataloguePath,
  columnId,
  columnPath,
  notebookPath,
  pipelineRunPath,
  relationPath,
} from '../../paths.js';
import { dataFlow, lineageOf, type FlowSources } from '../graph/pipeline-graph.js';
import { factsLine } from '../../parts/provenance.js';
import { stateIcon, taskState, taskLabel } from '../../parts/state.js';
import { dataTable, inlineCode, type CellContent } from '../../parts/table.js';
import { timeElement } from '../../parts/time.js';

/** What the page of a table or view shows. */
export interface RelationView extends FlowSources {
  readonly relation: CatalogueRelation;
  /** The highlighted SQL of the last build. */
  readonly code: FinishedHtml | undefined;
  /** Undefined: the query timed out or failed. */
  readonly sample: SampleRows | undefined;
  /** Undefined: not ready yet. */
  readonly lineage: ColumnLineage | undefined;
}

/** `/data/SCHEMA.TABLE`: columns, tests, rows, lineage and SQL of a relation. */
export function relationDocument(view: RelationView, frame: PageFrame, timeZone: string): string {
  const { relation, code, sample } = view;
  const flow = lineageOf(dataFlow(view), relation.id);
  return pageDocument(
    {
      title: relation.id,
      description: relation.description ?? `What ${relation.id} holds and where it comes from`,
      main: [
        h('div', { className: 'wide' }, [
          h('p', { className: 'breadcrumb' }, [h('a', { href: cataloguePath }, 'Data')]),
          h('header', { className: 'page-head' }, [
            h('h1', relation.id),
            relation.description === null
              ? undefined
              : h('p', { className: 'lead' }, inlineCode(relation.description)),
            h('div', { className: 'page-facts' }, [factsLine(facts(relation, timeZone))]),
          ]),
          part('columns', 'Columns', [
            h('div', { className: ['wide', 'stacked'] }, [columnTable(view)]),
            view.lineage === undefined
              ? h(
                  'p',
                  { className: 'figure-caption' },
                  'Which columns come from which is still being read: look again.',
                )
              : undefined,
          ]),
          ...(flow.nodes.length < 2
            ? []
            : [
                part('lineage', 'Where it comes from, and who reads it', [
                  h(
                    'div',
                    { className: 'graph-frame', tabIndex: 0, role: 'region', ariaLabel: 'Lineage' },
                    [graphPicture(flow.nodes, flow.edges, `Lineage of ${relation.id}`)],
                  ),
                  flow.nodes.length < flow.count
                    ? h(
                        'p',
                        { className: 'figure-caption' },
                        `The nearest ${flow.nodes.length} of ${formatCount(flow.count)}; the page of each shows those next to it.`,
                      )
                    : undefined,
                ]),
              ]),
          ...(relation.tests.length === 0 ? [] : [part('tests', 'Tests', [testTable(relation)])]),
          part('sample', 'First rows', [sampleTable(sample)]),
          ...(code === undefined
            ? []
            : [
                part('sql', 'SQL', [
                  h('details', { className: 'code' }, [
                    h('summary', [
                      h('span', { className: 'code-label' }, 'The statements that built it last'),
                    ]),
                    h('pre', { tabIndex: 0, ariaLabel: 'SQL' }, [code]),
                  ]),
                ]),
              ]),
        ]),
      ],
    },
    frame,
  );
}

function part(id: string, title: string, children: (ElementContent | undefined)[]): Element {
  return h('section', { className: 'part' }, [h('h2', { id }, title), ...children]);
}

function facts(relation: CatalogueRelation, timeZone: string): ElementContent[][] {
  const text = (value: string): ElementContent => ({ type: 'text', value });
  const found: ElementContent[][] = [
    [text(relation.kind)],
    ...(relation.rowCount === null ? [] : [[text(`${rowsText(relation)} rows`)]]),
    [text(countOf(relation.columns.length, 'column'))],
  ];
  const tests = testSummary(relation);
  if (typeof tests !== 'string') {
    found.push(
      tests.map((one) => (typeof one === 'string' ? text(one) : one)).concat(text(' tests')),
    );
  }
  if (relation.builtAt !== null && relation.builtBy !== null) {
    found.push([
      text('rows replaced '),
      timeElement(relation.builtAt, timeZone),
      text(' by '),
      h('a', { href: pipelineRunPath(relation.builtBy, relation.id) }, `run ${relation.builtBy}`),
    ]);
  }
  return found;
}

/** The most columns, and notebooks, in a cell of the lineage. */
const maxNames = 6;

function columnTable({ relation, graph, publication, lineage }: RelationView): Element {
  const { id, columns, tests } = relation;
  const isLoaded = !Object.hasOwn(graph, id) && relation.kind === 'table';
  const testsOf = testsByColumn(tests);
  const titles = new Map(publication.notebooks.map(({ slug, title }) => [slug, title]));
  return dataTable(
    countOf(columns.length, 'column'),
    [
      { label: 'Column', isShort: true },
      { label: 'Type', isShort: true },
      { label: 'Meaning' },
      { label: 'Comes from', isLabelled: true },
      { label: 'Read by', isLabelled: true },
      { label: 'Tests', isShort: true, isLabelled: true },
    ],
    columns.map(({ name, type, description }) => {
      const own = testsOf.get(name) ?? [];
      return [
        [h('code', { id: columnId(name) }, name)],
        [h('code', type)],
        description === null ? '–' : inlineCode(description),
        isLoaded
          ? [h('a', { href: `${cataloguePath}#files` }, 'the files')]
          : columnLinks(lineage?.sourcesOf({ relation: id, column: name }) ?? [], []),
        columnLinks(
          lineage?.usesOf({ relation: id, column: name }) ?? [],
          (lineage?.readersOf({ relation: id, column: name }) ?? []).map(
            (slug) => [slug, titles.get(slug) ?? slug] as const,
          ),
        ),
        own.length === 0
          ? '–'
          : own.flatMap(({ kind, status }, index) => [
              index === 0 ? '' : ', ',
              kind.replaceAll('_', ' '),
              status === 'failed' ? ' (failed)' : '',
            ]),
      ];
    }),
  );
}

/** The tests of each column, like `not_null(month)`. */
function testsByColumn(tests: CatalogueRelation['tests']) {
  const found = new Map<string, { readonly kind: string; readonly status: string }[]>();
  for (const { name, status } of tests) {
    const [, kind, column] = /^(\w+)\((.+)\)$/.exec(name) ?? [];
    if (kind === undefined || column === undefined) continue;
    const own = found.get(column);
    if (own === undefined) found.set(column, [{ kind, status }]);
    else own.push({ kind, status });
  }
  return found;
}

/** Links to notebooks, then to columns, up to the limit of each; a dash for none. */
function columnLinks(
  columns: readonly ColumnName[],
  notebooks: readonly (readonly [slug: string, title: string])[],
): CellContent {
  const groups = [
    [
      notebooks
        .slice(0, maxNames)
        .map(([slug, title]) => h('a', { href: notebookPath(slug) }, title)),
      notebooks.length,
      'notebooks',
    ],
    [columns.slice(0, maxNames).map(columnLink), columns.length, 'columns'],
  ] as const;
  const lines = groups.flatMap(([links, count, noun]): (Element | string)[] => [
    ...links,
    ...(count > maxNames ? [`and ${count - maxNames} more ${noun}`] : []),
  ]);
  if (lines.length === 0) return '–';
  return lines.flatMap((line, index) => (index === 0 ? [line] : [h('br'), line]));
}

function columnLink({ relation, column }: ColumnName): Element {
  return column === '*'
    ? h('a', { href: relationPath(relation) }, ['rows of ', h('code', relation)])
    : h('a', { href: columnPath(relation, column) }, [h('code', `${relation}.${column}`)]);
}

function testTable({ tests }: CatalogueRelation): Element {
  return dataTable(
    countOf(tests.length, 'test'),
    [{ label: 'Test' }, { label: 'Result', isShort: true }, { label: 'Run', isNumber: true }],
    tests.map(({ name, status, runId }) => {
      const known = status === 'failed' || status === 'passed' ? status : 'skipped';
      return [
        name,
        [stateIcon(taskState(known)), ` ${taskLabel(known)}`],
        [h('a', { href: pipelineRunPath(runId) }, runId)],
      ];
    }),
  );
}

const number = /^-?\d+(\.\d+)?$/;

function sampleTable(sample: SampleRows | undefined): Element {
  if (sample === undefined) return h('p', 'The rows could not be read in two seconds.');
  if (sample.rows.length === 0) return h('p', 'There are no rows.');
  return dataTable(
    countOf(sample.rows.length, 'row'),
    sample.columns.map((label, column) => ({
      label,
      isShort: true,
      isNumber: sample.rows.every(({ [column]: value }) => value == null || number.test(value)),
    })),
    sample.rows.map((row) => row.map((value) => value ?? '–')),
  );
}
