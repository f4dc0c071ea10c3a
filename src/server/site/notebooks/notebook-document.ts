// The page of a notebook: title, provenance, contents, code switch, list of earlier runs.

import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { formatDuration } from '../../../text/amounts.js';
import type { DashboardNotebook, RunSummary } from '../../../publication/publication.js';
import type { RunHold } from '../../../publication/run-retention.js';
import { withCodeUnfolded } from '../../rendering/html/finished-html.js';
import type { RenderedNotebook } from '../../rendering/rendered-notebook.js';
import { pageBanner, runBanner } from '../../parts/banner.js';
import { controlBar, filterRoom, linkControl, type LinkControl } from '../../parts/control-bar.js';
import { pageDocument, type PageFrame } from '../../parts/layout.js';
import { comparisonPath, notebookPath, runPath } from '../../paths.js';
import { provenanceLine, shortProvenance } from '../../parts/provenance.js';
import { stateIcon } from '../../parts/state.js';
import { formatDay, timeElement } from '../../parts/time.js';

/** A run of a notebook, rendered. */
export interface RunView {
  readonly notebook: DashboardNotebook;
  readonly run: RunSummary;
  readonly page: RenderedNotebook;
  /** Its last runs, newest first. */
  readonly runs: readonly RunSummary[];
  /** Whether the address names this run rather than the published one. */
  readonly namesRun: boolean;
  /** How long that address holds; undefined: it is not known. */
  readonly hold?: RunHold | undefined;
  /** Whether all code is unfolded. */
  readonly showsCode: boolean;
  /** The address of the newest run. Default: the notebook's. */
  readonly path?: string;
  /** The chosen values in words; undefined: there is nothing to choose. */
  readonly choice?: string | undefined;
  /** What its reader may choose. */
  readonly controls?: readonly LinkControl[];
  /** What its choices may be compared with. */
  readonly compare?: LinkControl | undefined;
}

/**
 * The page of a notebook's run as HTML.
 *
 * @param image - The absolute address of the preview image.
 */
export function notebookDocument(
  view: RunView,
  frame: PageFrame,
  timeZone: string,
  image?: string,
): string {
  const { notebook, run, page, showsCode } = view;
  return pageDocument(
    {
      title: view.choice === undefined ? page.title : `${page.title}: ${view.choice}`,
      description: notebook.summary === '' ? `The notebook “${page.title}”` : notebook.summary,
      contents: page.contents,
      source: shortProvenance(run, timeZone),
      image,
      main: [
        h('article', { className: 'notebook' }, [
          head(view, timeZone),
          controlBar([
            ...(view.controls ?? []).map(linkControl),
            ...(view.compare === undefined ? [] : [linkControl(view.compare)]),
            ...(page.hasFilters ? [filterRoom()] : []),
          ]),
          showsCode ? withCodeUnfolded(page.body) : page.body,
          history(view, timeZone),
        ]),
      ],
    },
    frame,
  );
}

function head(view: RunView, timeZone: string): Element {
  const { notebook, run, page, namesRun, showsCode } = view;
  const path = namesRun
    ? runPath(notebook.slug, run.runId)
    : (view.path ?? notebookPath(notebook.slug));
  return h('header', { className: 'page-head' }, [
    h('h1', page.title),
    namesRun ? runBanner(notebook, run, timeZone) : pageBanner(notebook, timeZone),
    h('div', { className: 'page-facts' }, [
      provenanceLine(notebook.slug, run, timeZone),
      page.hasCode ? codeSwitch(path, showsCode) : undefined,
    ]),
    namesRun ? holdLine(view, timeZone) : undefined,
  ]);
}

/** Until when the address of a run holds. */
function holdLine({ run, hold }: RunView, timeZone: string): Element | undefined {
  if (hold === undefined) return undefined;
  const { until, isPinned, newerRuns } = hold;
  // The last day that ends before it.
  const last = until === null ? undefined : new Date(Date.parse(until) - 1).toISOString();
  const day = last === undefined ? undefined : formatDay(last, run.timeZone ?? timeZone);
  const words = isPinned
    ? `This run is pinned: its addresses hold ${day === undefined ? 'for good' : `through ${day}`}.`
    : `The addresses of this run hold through ${day ?? ''}, or until ${newerRuns ?? 0} runs are newer; while it is the current one, in any case.`;
  return h('p', { className: 'provenance' }, words);
}

function history({ notebook, run, runs }: RunView, timeZone: string): Element | undefined {
  if (runs.length === 0) return undefined;
  const cells = (one: RunSummary): ElementContent[] => [
    h('th', { scope: 'row', className: 'short' }, [
      one.runId === run.runId
        ? h('span', { ariaCurrent: 'true' }, `Run ${one.runId}`)
        : h('a', { href: runPath(notebook.slug, one.runId) }, `Run ${one.runId}`),
    ]),
    h('td', { className: 'short' }, [
      stateIcon(one.status === 'passed' ? 'current' : 'failed'),
      ` ${one.status === 'passed' ? 'Passed' : 'Failed'}`,
      one.runId in (notebook.pinned ?? {}) ? ', pinned' : undefined,
    ]),
    h('td', { className: 'short' }, [timeElement(one.finishedAt, one.timeZone ?? timeZone)]),
    h(
      'td',
      { className: 'number' },
      formatDuration(Date.parse(one.finishedAt) - Date.parse(one.startedAt)),
    ),
    h('td', [one.codeVersion === undefined ? '–' : h('code', one.codeVersion)]),
    h('td', { className: 'short' }, [
      one.runId === run.runId
        ? 'this page'
        : h('a', { href: comparisonPath(notebook.slug, ...inOrder(one.runId, run.runId)) }, [
            'What changed',
            h('span', { className: 'sr-only' }, ` between run ${one.runId} and run ${run.runId}`),
          ]),
    ]),
  ];
  return h('details', { className: 'history' }, [
    h('summary', 'Earlier runs'),
    h(
      'div',
      { className: 'table-frame', role: 'region', tabIndex: 0, ariaLabel: 'Table: earlier runs' },
      [
        h('table', { className: 'daybook-table' }, [
          h('thead', [
            h('tr', [
              h('th', { scope: 'col' }, 'Run'),
              h('th', { scope: 'col' }, 'State'),
              h('th', { scope: 'col' }, 'Ended'),
              h('th', { scope: 'col', className: 'number' }, 'Took'),
              h('th', { scope: 'col' }, 'Code'),
              h('th', { scope: 'col' }, 'Values'),
            ]),
          ]),
          h(
            'tbody',
            runs.map((one) => h('tr', cells(one))),
          ),
        ]),
      ],
    ),
  ]);
}

/** The earlier of two runs first. */
function inOrder(one: string, other: string): [string, string] {
  return BigInt(one) < BigInt(other) ? [one, other] : [other, one];
}

/** The switch that folds and unfolds all code: a button with script, a link without. */
export function codeSwitch(path: string | undefined, showsCode: boolean): Element {
  const label = showsCode ? 'Hide all code' : 'Show all code';
  return h('p', { className: 'code-switch' }, [
    path === undefined
      ? h('button', { type: 'button', hidden: true }, label)
      : h(
          'a',
          { href: showsCode ? path : `${path}${path.includes('?') ? '&' : '?'}code=shown` },
          label,
        ),
  ]);
}
