// The home page: cards of notebooks in groups.

import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { defaultSite } from '../../../config/project/project-settings.js';
import type { Publication, DashboardNotebook } from '../../../publication/publication.js';
import { describeRunError, noticeBanner, problemOfPipeline } from '../../parts/banner.js';
import { groupNotebooks } from '../../parts/groups.js';
import { pageDocument, type PageFrame } from '../../parts/layout.js';
import { notebookPath, pipelineRunPath, runPath } from '../../paths.js';
import { factsLine } from '../../parts/provenance.js';
import { stateElement, stateIcon, stateOf } from '../../parts/state.js';
import { formatDay, timeElement } from '../../parts/time.js';

/** The home page: a card for each notebook. `pictures` holds thumbnails of main charts by slug. */
export function homeDocument(
  publication: Publication,
  pictures: ReadonlyMap<string, Element>,
  frame: PageFrame,
  timeZone: string,
): string {
  const { site = defaultSite } = frame;
  const groups = groupNotebooks(publication.notebooks, site.groups);
  return pageDocument(
    {
      title: site.title,
      description: 'Published notebooks',
      main: [
        h('header', { className: 'page-head' }, [
          h('h1', 'Notebooks'),
          h('div', { className: 'page-facts' }, [
            summaryLine(publication, frame.hasInternals ?? true, timeZone),
          ]),
          ...pipelineBanners(publication, frame.hasInternals ?? true),
        ]),
        ...groups.flatMap((group) => [
          ...(groups.length > 1 ? [h('h2', { className: 'group' }, group.name)] : []),
          h(
            'ul',
            { className: 'cards' },
            group.notebooks.map((notebook) =>
              card(
                notebook,
                pictures.get(notebook.slug),
                groups.length > 1 ? 'h3' : 'h2',
                timeZone,
              ),
            ),
          ),
        ]),
      ],
    },
    frame,
  );
}

/** The banners of the last pipeline run, for readers of the pipeline page. */
function pipelineBanners({ pipeline }: Publication, hasInternals: boolean): Element[] {
  if (pipeline === undefined || !hasInternals) return [];
  return [
    problemOfPipeline(pipeline),
    noticeBanner('The last pipeline run needs a look', pipeline.notices),
  ].filter((each) => each !== undefined);
}

function summaryLine(
  { notebooks, pipeline }: Publication,
  hasInternals: boolean,
  timeZone: string,
): Element {
  const shown = notebooks.flatMap(({ shown: run }) => (run === undefined ? [] : [run]));
  const ends = shown
    .flatMap(({ dataThrough, timeZone: zone = timeZone }) =>
      dataThrough === undefined ? [] : [{ dateTime: dataThrough, zone }],
    )
    .sort((a, b) => Date.parse(a.dateTime) - Date.parse(b.dateTime));
  const [oldest, newest] = [ends.at(0), ends.at(-1)].map(
    (end) => end && { dateTime: end.dateTime, day: formatDay(end.dateTime, end.zone) },
  );
  const parts: ElementContent[][] = [];
  if (oldest !== undefined && newest !== undefined) {
    // Pages may differ in the last day of their data.
    const days = oldest.day === newest.day ? [newest] : [oldest, newest];
    parts.push([
      text('data through '),
      ...days.flatMap(({ dateTime, day }, index) => [
        ...(index === 0 ? [] : [text(' to ')]),
        h('time', { dateTime }, day),
      ]),
    ]);
  }
  if (pipeline !== undefined) {
    const when = pipeline.finishedAt ?? pipeline.startedAt;
    const verb = pipeline.status === 'running' ? 'running since' : pipeline.status;
    const { runId, status } = pipeline;
    parts.push([
      ...(status === 'failed' || status === 'interrupted' ? [stateIcon('failed'), text(' ')] : []),
      text('pipeline run '),
      hasInternals ? h('a', { href: pipelineRunPath(runId) }, runId) : text(runId),
      text(` ${verb} `),
      timeElement(when, timeZone),
    ]);
  }
  return factsLine(parts);
}

function card(
  notebook: DashboardNotebook,
  picture: Element | undefined,
  heading: 'h2' | 'h3',
  timeZone: string,
): Element {
  const { slug, title, summary, shown, latest } = notebook;
  const state = stateOf(notebook);
  const href =
    shown === undefined && latest !== undefined ? runPath(slug, latest.runId) : notebookPath(slug);
  const age =
    shown === undefined
      ? []
      : [h('span', ['published ', timeElement(shown.finishedAt, shown.timeZone ?? timeZone)])];
  return h('li', { className: 'card' }, [
    picture === undefined ? undefined : h('div', { className: 'card-picture' }, [picture]),
    h(heading, { className: 'card-title' }, [h('a', { href }, title)]),
    summary === '' ? undefined : h('p', { className: 'card-summary' }, summary),
    state === 'failed'
      ? h('p', { className: 'card-failure' }, `Stopped ${describeRunError(latest?.error)}`)
      : undefined,
    h('p', { className: 'card-foot' }, [stateElement(state), ...age]),
  ]);
}

function text(value: string): ElementContent {
  return { type: 'text', value };
}
