// Addresses of published notebooks: home, pages, runs, comparisons, embedded figures, preview images,
// search, feed.

import { htmlResponse, leadsTo, type PreparedResponse } from '../../../http/prepared-response.js';
import { embedHeaders } from '../../parts/content-policy.js';
import {
  brokenDocument,
  nothingToReadDocument,
  notFoundDocument,
  unpublishedDocument,
  waitingDocument,
} from '../../parts/message-document.js';
import { unlessUnfinished } from '../../parts/page-cache.js';
import { embedResources, linkedResources } from '../../parts/page-resources.js';
import {
  comparisonPath,
  embedPath,
  feedPath,
  notebookPath,
  picturePath,
  runPath,
  searchPath,
} from '../../paths.js';
import { chosenPage, choiceWords, type ChosenPage } from '../../../publication/choices.js';
import { holdOf } from '../../../publication/run-retention.js';
import { withProblems } from '../../reading/with-problems.js';
import { searchScript } from '../../rendering/search-index.js';
import type { PageSources } from '../page-sources.js';
import { runNumber, type ContentRoute, type Route, type RouteRequest } from '../route.js';
import { atomFeed } from './atom-feed.js';
import { choiceComparisonDocument } from './choice-comparison-document.js';
import { besidePath, choiceControls, noSuchChoice, pathOfChoice } from './choice-pages.js';
import { compareControl, comparedChoice, pathOfComparison } from './compared-choices.js';
import { comparisonDocument } from './comparison-document.js';
import { embedDocument } from './embed-document.js';
import { figureOf, figureRoutes, unlinkedFiles } from './figure-routes.js';
import { homeDocument } from './home-document.js';
import { notebookDocument } from './notebook-document.js';

/** A past run never changes. */
const runCache = 'private, max-age=86400, immutable';

/** The routes of everything that is published. */
export function notebookRoutes(sources: PageSources): Route[] {
  const notebook = { readers: 'notebook', file: 'page' } as const;
  const make = makeNotebook(sources);
  return [
    {
      pattern: '/',
      holds: 'The home page: a card for each notebook',
      readers: 'home',
      file: 'page',
      make: makeHome(sources),
    },
    {
      pattern: '/notebooks/:slug',
      holds:
        "A notebook's page; `?NAME=VALUE` for each choice that its readers have, `compare.NAME=VALUE` for another beside it, `?code=shown` unfolds its code",
      ...notebook,
      make,
    },
    {
      pattern: '/notebooks/:slug/runs/:run',
      holds: 'The page as one run made it',
      ...notebook,
      make,
    },
    {
      pattern: '/notebooks/:slug/compare/:before/:after',
      holds: 'What changed between two runs, by value',
      ...notebook,
      make: makeComparison(sources),
    },
    ...figureRoutes(sources),
    {
      pattern: '/notebooks/:slug/runs/:run/picture.png',
      holds: 'The picture that links to the page show',
      readers: 'notebook',
      file: 'plain',
      make: makePicture(sources),
    },
    ...(sources.frameAncestors.length === 0
      ? []
      : [
          {
            pattern: '/embed/:slug/:figure',
            holds:
              'One figure for a frame of another site; `?theme=light` or `dark`. Only with `DAYBOOK_FRAME_ANCESTORS`',
            readers: 'notebook',
            make: makeEmbed(sources),
          } as const,
        ]),
    {
      pattern: searchPath,
      holds: 'The index of the search',
      readers: 'selection',
      file: 'plain',
      make: makeSearch(sources),
    },
    {
      pattern: feedPath,
      holds: 'What is published, as an Atom feed',
      readers: 'selection',
      file: 'plain',
      make: makeFeed(sources),
    },
  ];
}

type Make = ContentRoute['make'];

function makeHome({ cache, runs, timeZone }: PageSources): Make {
  return ({ audience }) =>
    cache.page({ path: '/', audience }, async ({ publication, seesInternals }, frame) => {
      const hasRun = publication.notebooks.some(({ latest }) => latest !== undefined);
      if (!hasRun && !seesInternals) return htmlResponse(200, nothingToReadDocument(frame));
      if (!hasRun) return htmlResponse(200, waitingDocument(publication.pipeline, frame, timeZone));
      const { facts, rest } = await runs.facts(publication);
      const pictures = new Map(
        [...facts].flatMap(([slug, { picture }]) =>
          picture === undefined ? [] : [[slug, picture] as const],
        ),
      );
      const shown = withProblems(publication, facts);
      const made = htmlResponse(200, homeDocument(shown, pictures, frame, timeZone));
      return unlessUnfinished(made, rest);
    });
}

/** The page of the published run of a notebook, or of one run; of the combination that the query chooses. */
function makeNotebook(sources: PageSources): Make {
  const { cache, runs, assets, timeZone, publicAddress, retention } = sources;
  return async ({ params: { slug = '', run }, query, audience }) => {
    const runId = runNumber(run);
    if (runId === undefined && run !== undefined) return undefined;
    const showsCode = query['code'] === 'shown';
    const asked = (await cache.state(audience))?.publication;
    const chosen = asked && chosenPage(asked, slug, query);
    const newest = chosen === undefined ? notebookPath(slug) : pathOfChoice(sources, chosen);
    if (chosen !== undefined && chosen.page === undefined) {
      const missing = { audience, path: newest, query: '?missing' };
      return cache.page(missing, (_, frame) =>
        Promise.resolve(htmlResponse(404, noSuchChoice(sources, chosen, frame))),
      );
    }
    const other = runId === undefined && chosen?.page ? comparedChoice(chosen, query) : undefined;
    if (chosen !== undefined && other !== undefined) {
      return makeChoiceComparison(sources, audience, [chosen, other]);
    }
    // A combination has one address, below that of its notebook.
    if (runId === undefined && chosen?.page?.slug === slug && newest.includes('?')) {
      return leadsTo(besidePath(newest));
    }
    const place = {
      ...{ audience, section: notebookPath(chosen?.notebook.slug ?? slug) },
      path: runId === undefined ? newest : runPath(chosen?.page?.slug ?? slug, runId),
      query: showsCode ? `${newest.includes('?') ? '&' : '?'}code=shown` : '',
    };
    return cache.page(place, async ({ publication }, frame) => {
      const found = chosenPage(publication, slug, query);
      if (found?.page === undefined) return htmlResponse(404, notFoundDocument(frame));
      const { page: notebook, values } = found;
      const controls = choiceControls(sources, found);
      const id = runId ?? notebook.shown?.runId;
      if (id === undefined) return htmlResponse(200, unpublishedDocument(notebook, frame));
      const read = await runs.read(publication, notebook.slug, id);
      if (read === undefined) return htmlResponse(404, notFoundDocument(frame));
      if (read.notebook === undefined) {
        return htmlResponse(200, brokenDocument(notebook, read.run, read.problem, frame));
      }
      const view = {
        ...{ notebook, run: read.run, page: read.notebook, controls },
        compare: runId === undefined ? compareControl(sources, found) : undefined,
        runs: await runs.history(notebook),
        namesRun: runId !== undefined,
        path: pathOfChoice(sources, found),
        choice: found.notebook.choices && choiceWords(found.notebook.choices, values),
        hold: retention && holdOf(read.run, notebook, retention),
        showsCode,
      };
      const others = unlinkedFiles(notebook, read.run, runId !== undefined, read.notebook);
      for (const other of others) frame.address?.(other);
      const resources = linkedResources(assets, read.notebook);
      const image =
        read.run.hasPicture === true ? publicAddress?.(picturePath(notebook.slug, id)) : undefined;
      return htmlResponse(200, notebookDocument(view, { ...frame, resources }, timeZone, image));
    });
  };
}

/** Two combinations side by side. */
async function makeChoiceComparison(
  sources: PageSources,
  audience: RouteRequest['audience'],
  sides: readonly [ChosenPage, ChosenPage],
): Promise<PreparedResponse> {
  const { cache, runs } = sources;
  const [first, second] = sides;
  const path = pathOfComparison(first, second.values);
  if (second.page === undefined) {
    return cache.page({ audience, path, query: '&missing' }, (_, frame) =>
      Promise.resolve(htmlResponse(404, noSuchChoice(sources, second, frame))),
    );
  }
  if (first.page?.slug === second.page.slug)
    return leadsTo(besidePath(pathOfChoice(sources, first)));
  const place = { audience, path, section: notebookPath(first.notebook.slug) };
  return cache.page(place, async ({ publication }, frame) => {
    const [before, after] = sides.map(({ page }) => {
      const run = page && chosenPage(publication, page.slug)?.page?.shown;
      return run && { slug: page.slug, runId: run.runId };
    });
    const compared = before && after && (await runs.comparison(publication, [before, after], true));
    if (compared === undefined) return htmlResponse(404, notFoundDocument(frame));
    const document = choiceComparisonDocument({ sides, ...compared }, sources, frame);
    return htmlResponse(200, document);
  });
}

const themes = ['light', 'dark'] as const;

/** An embedded figure of the published run. */
function makeEmbed({ cache, runs, assets, timeZone, frameAncestors }: PageSources): Make {
  return async ({ params: { slug = '', figure: name = '' }, query, audience }) => {
    // Without a theme the reader's system decides.
    const theme = themes.find((one) => one === query['theme']);
    const asked = (await cache.state(audience))?.publication;
    const chosen = asked && chosenPage(asked, slug, query);
    const page = chosen?.page?.slug ?? slug;
    // What is wrong with the address is not told in a frame.
    if (chosen !== undefined && chosen.page === undefined) return undefined;
    const place = {
      path: embedPath(page, name),
      audience,
      query: theme === undefined ? '' : `?theme=${theme}`,
    };
    const made = await cache.page(place, async ({ publication }, frame) => {
      const shown = chosenPage(publication, page)?.page?.shown;
      const found =
        shown === undefined ? undefined : await runs.read(publication, page, shown.runId);
      const rendered = found?.notebook;
      const entry = rendered && figureOf(rendered, name);
      if (found === undefined || rendered === undefined || entry === undefined) {
        return htmlResponse(404, notFoundDocument(frame));
      }
      if (entry.name !== name) return leadsTo(`${encodeURIComponent(entry.name)}${place.query}`);
      const resources = embedResources(assets, rendered);
      const view = { slug: page, run: found.run, page: rendered, figure: entry, theme };
      const document = embedDocument(view, { ...frame, resources }, timeZone);
      return htmlResponse(200, document, embedHeaders(frameAncestors));
    });
    return made.status === 404 ? undefined : made;
  };
}

/** The comparison of two runs. */
function makeComparison({ cache, runs, timeZone }: PageSources): Make {
  return async ({ params, audience }) => {
    const { slug = '' } = params;
    const [before, after] = [runNumber(params['before']), runNumber(params['after'])];
    if (before === undefined || after === undefined) return undefined;
    const path = comparisonPath(slug, before, after);
    const place = { path, audience, section: notebookPath(slug) };
    return cache.page(place, async ({ publication }, frame) => {
      const notebook = chosenPage(publication, slug)?.page;
      const compared = await runs.comparison(publication, [
        { slug, runId: before },
        { slug, runId: after },
      ]);
      if (notebook === undefined || compared === undefined) {
        return htmlResponse(404, notFoundDocument(frame));
      }
      const view = { notebook, ...compared };
      return htmlResponse(200, comparisonDocument(view, frame, timeZone));
    });
  };
}

/** The preview image of a run's main chart; nothing where there is none. */
function makePicture({ cache, runs }: PageSources): Make {
  return async ({ params, audience }): Promise<PreparedResponse | undefined> => {
    const run = runNumber(params['run']);
    const state = await cache.state(audience);
    if (state === undefined || run === undefined) return undefined;
    const body = await runs.picture(state.publication, params['slug'] ?? '', run);
    return body && { status: 200, type: 'image/png', cache: runCache, body };
  };
}

function makeSearch({ cache, runs }: PageSources): Make {
  return ({ audience }: RouteRequest) =>
    cache.page({ path: searchPath, audience }, async ({ publication }) => {
      const { facts, rest } = await runs.facts(publication);
      const entries = publication.notebooks.flatMap(({ slug }) => facts.get(slug)?.search ?? []);
      const type = 'text/javascript; charset=utf-8';
      const made = { ...htmlResponse(200, searchScript(entries)), type };
      return unlessUnfinished(made, rest);
    });
}

function makeFeed({ cache }: PageSources): Make {
  return ({ audience }) =>
    cache.page({ path: feedPath, audience }, ({ publication }, frame) => {
      const feed = atomFeed(publication, frame.address ?? ((path) => path), frame.site);
      const type = 'application/atom+xml; charset=utf-8';
      return Promise.resolve({ ...htmlResponse(200, feed), type });
    });
}
