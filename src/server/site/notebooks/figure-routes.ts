// Addresses of figures as files: data as CSV, Excel and JSON, pictures as SVG; of the newest run and of each.

import { createHash } from 'node:crypto';
import { filterPrefix } from '../../../chart/rows/filter-address.js';
import { pictureStyles } from '../../../chart/picture/picture-style.js';
import {
  attachment,
  leadsTo,
  textResponse,
  type PreparedResponse,
} from '../../../http/prepared-response.js';
import { chosenPage } from '../../../publication/choices.js';
import type { DashboardNotebook, RunSummary } from '../../../publication/publication.js';
import { holdOf } from '../../../publication/run-retention.js';
import { filePath, notebookPath, runPath } from '../../paths.js';
import { figureForms, type FigureFacts, type FigureForm } from '../../rendering/figure-file.js';
import type { RenderedFigure, RenderedNotebook } from '../../rendering/rendered-notebook.js';
import type { PageSources } from '../page-sources.js';
import { runNumber, type ContentRoute, type Route } from '../route.js';

/** What each form is, as the table of addresses and messages call it. */
const forms: Readonly<Record<FigureForm, { type: string; holds: string; missing: string }>> = {
  csv: {
    type: 'text/csv; charset=utf-8',
    holds: 'The data of a figure as CSV',
    missing: 'has no rows, so there is no CSV of it',
  },
  xlsx: {
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    holds: 'The data of a figure as a workbook',
    missing: 'has no rows, so there is no workbook of it',
  },
  json: {
    type: 'application/json; charset=utf-8',
    holds: 'The data of a figure as JSON, with types, run and SQL',
    missing: 'cannot be written as JSON',
  },
  svg: {
    type: 'image/svg+xml; charset=utf-8',
    holds: 'The picture of a chart',
    missing: 'is of a kind that has no picture without script',
  },
};

const styleHashes = pictureStyles
  .map((rules) => `'sha256-${createHash('sha256').update(rules).digest('base64')}'`)
  .join(' ');

/** A picture opened by itself has its own style, and nothing else. */
const pictureHeaders = {
  'Content-Security-Policy': `default-src 'none'; style-src ${styleHashes}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
};

/** The routes of figures as files. */
export function figureRoutes(sources: PageSources): Route[] {
  return figureForms.flatMap((form): Route[] => {
    const make = makeFile(sources, form);
    const shared = { readers: 'notebook', file: 'plain', make } as const;
    const { holds } = forms[form];
    return [
      { pattern: `/notebooks/:slug/figures/:figure.${form}`, holds, ...shared },
      {
        pattern: `/notebooks/:slug/runs/:run/figures/:figure.${form}`,
        holds: `${holds}, as one run made it`,
        ...shared,
      },
    ];
  });
}

/** A figure of a page by its name, or by the number that addresses of charts had before. */
export function figureOf({ figures }: RenderedNotebook, name: string): RenderedFigure | undefined {
  return (
    figures.find((figure) => figure.name === name) ??
    figures.find(({ number }) => String(number) === name)
  );
}

/** The addresses of figures that no page links to, for static copies: by number, and of the newest run. */
export function unlinkedFiles(
  { slug }: DashboardNotebook,
  run: RunSummary,
  isPinned: boolean,
  page: RenderedNotebook,
): string[] {
  return page.figures.flatMap(({ name, number }) => [
    ...(number === undefined ? [] : [filePath(runPath(slug, run.runId), number, 'csv')]),
    ...(isPinned ? [] : figureForms.map((form) => filePath(notebookPath(slug), name, form))),
  ]);
}

function makeFile(
  { cache, runs, figureFiles, timeZone, publicAddress, retention }: PageSources,
  form: FigureForm,
): ContentRoute['make'] {
  return async ({ params, query, audience }): Promise<PreparedResponse | undefined> => {
    const { figure: wanted = '' } = params;
    const state = await cache.state(audience);
    const notebook = state && chosenPage(state.publication, params['slug'] ?? '', query)?.page;
    const runId = params['run'] === undefined ? notebook?.shown?.runId : runNumber(params['run']);
    if (state === undefined || notebook === undefined || runId === undefined) return undefined;
    const { slug } = notebook;
    const found = await runs.read(state.publication, slug, runId);
    if (found?.notebook === undefined) return undefined;
    const { run, notebook: page } = found;
    const figure = figureOf(page, wanted);
    if (figure === undefined) return textResponse(404, unknownFigure(wanted, runId, page));
    const { name } = figure;
    if (name !== wanted) return leadsTo(`${encodeURIComponent(name)}.${form}`);
    const filters = filtersIn(query);
    const address = (path: string) => publicAddress?.(path) ?? path;
    const facts: FigureFacts = {
      ...{ notebook: slug, notebookTitle: page.title, run: runId, published: run.finishedAt },
      ...{ pipelineRun: run.pipelineRunId, dataThrough: run.dataThrough },
      ...{ timeZone: run.timeZone ?? timeZone, codeVersion: run.codeVersion },
      address: address(`${runPath(slug, runId)}/figures/${encodeURIComponent(name)}`),
      newest: address(`${notebookPath(slug)}/figures/${encodeURIComponent(name)}`),
      held: retention && holdOf(run, notebook, retention),
    };
    const body = await figureFiles.read({ figure, form, facts, filters });
    if (body === undefined) return undefined;
    const { type, missing } = forms[form];
    if (body === null) return textResponse(404, `The figure ${name} ${missing}.\n`);
    return {
      ...{ status: 200, type, body },
      // What is known of a run changes when a later one finds it still current.
      cache: 'no-cache',
      headers:
        form === 'svg'
          ? pictureHeaders
          : form === 'json'
            ? {}
            : { 'Content-Disposition': attachment(`${name}.${form}`) },
    };
  };
}

/** The most values of filters, and of characters in them, that an address may have. */
const [mostFilters, mostCharacters] = [200, 4000];

/** What an address chooses of a figure's rows; nothing where it says more than any page would. */
function filtersIn(query: Readonly<Record<string, unknown>>): readonly [string, string][] {
  const filters = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    name.startsWith(filterPrefix)
      ? [value].flat().flatMap((one) => (typeof one === 'string' ? [[name, one]] : []))
      : [],
  );
  const length = filters.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return filters.length > mostFilters || length > mostCharacters ? [] : filters;
}

/** The most names in a message. */
const mostNames = 50;

function unknownFigure(name: string, runId: string, { figures }: RenderedNotebook): string {
  const names = figures.slice(0, mostNames).map((figure) => figure.name);
  const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  const has = names.length === 0 ? 'It has none' : `It has: ${names.join(', ')}`;
  return `Run ${runId} of this notebook has no figure ${JSON.stringify(shown)}. ${has}.\n`;
}
