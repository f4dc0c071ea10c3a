import { signInRoutes } from '../../src/server/site/sign-in/sign-in-routes.js';
import { operatorRoutes } from '../../src/server/site/operator/operator-routes.js';
import { machineRoutes } from '../../src/server/site/machines/machine-routes.js';
import { metricFamilies, Metrics } from '../../src/server/site/machines/metrics.js';
import { eventsRoute, LiveEvents } from '../../src/server/site/live-events.js';
import { readersMeaning, type Route } from '../../src/server/site/route.js';
import { contentRoutes } from '../../src/server/site/routes.js';
import { loadAssets } from '../../src/server/parts/assets.js';
import type { PageSources } from '../../src/server/site/page-sources.js';
import { code, markdownPage, markdownTable } from './markdown.js';

/** Stands for whatever the routes are made of: they are declared, and never asked. */
const unasked: unknown = new Proxy(() => undefined, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => '' : unasked),
  apply: () => unasked,
});

/** All addresses of the dashboard, from the table that its router is made of. */
export async function addressesPage(): Promise<string> {
  const sources = {
    ...(unasked as PageSources),
    assets: await loadAssets(),
    frameAncestors: ['*'],
  };
  const routes: readonly Route[] = [
    ...contentRoutes(sources),
    ...machineRoutes(sources, new Metrics()),
    eventsRoute(new LiveEvents(() => Promise.resolve({ version: undefined, isOver: false }))),
  ];
  return markdownPage('HTTP addresses', [
    'What the dashboard (`daybook serve`, `daybook up`) answers to, below `DAYBOOK_BASE_PATH`. GET and HEAD read; only the forms of signing in take POST. Every other address answers 404, every other method 405. Each answer bears an `X-Request-Id`, which the log line of the request has, too.',
    addressTable(routes),
    '## Readers',
    'Where nobody signs in (`DAYBOOK_SIGN_IN` unset) whoever reaches the dashboard reads everything.',
    markdownTable(
      ['readers', 'who they are'],
      Object.entries(readersMeaning).map(([name, meaning]) => [code(name), meaning]),
    ),
    'Machines read `selection` addresses that name a token with `Authorization: Bearer TOKEN` (`DAYBOOK_METRICS_TOKEN`).',
    '## Signing in',
    'Only where `DAYBOOK_SIGN_IN` is set; the addresses of the provider only with `oidc`.',
    addressTable(signInRoutes(unasked as Parameters<typeof signInRoutes>[0])),
    '## Operating',
    'Only where `DAYBOOK_SIGN_IN` is set.',
    addressTable(operatorRoutes(unasked as Parameters<typeof operatorRoutes>[0])),
  ]);
}

function addressTable(routes: readonly Route[]): string {
  return markdownTable(
    ['address', 'holds', 'readers', 'in a static copy'],
    routes.map((route) => [
      code(`${'method' in route && route.method === 'post' ? 'POST ' : ''}${route.pattern}`),
      route.holds,
      code(route.readers) + (route.isForMachines === true ? ', or the token' : ''),
      'file' in route ? 'yes' : '–',
    ]),
  );
}

/** All metrics, from the list that `/metrics` is written by. */
export function metricsPage(): Promise<string> {
  return markdownPage('Metrics', [
    '`/metrics` speaks the text format of Prometheus. Without a token it tells only of notebooks that everybody may read; with `Authorization: Bearer TOKEN` (`DAYBOOK_METRICS_TOKEN`) of all. While the warehouse is away, those of notebooks and pipeline tell what was last known; before anything is known they are missing.',
    markdownTable(
      ['metric', 'type', 'labels', 'meaning'],
      Object.entries(metricFamilies).map(([name, { type, labels, help }]) => [
        ...[code(name), type, labels.map(code).join(', ') || '–', help],
      ]),
    ),
    'Watch these: `daybook_notebook_state{state="failed"}`, `daybook_notebook_data_age_seconds` (how old the data of a page are), `daybook_pipeline_failed`, and `daybook_warehouse_up == 0`.',
  ]);
}
