// Which scripts and styles each kind of page loads.

import type { Element } from 'hast';
import { h } from 'hastscript';
import type { Assets } from './assets.js';
import type { PageResources } from './layout.js';
import { logoElements } from './house-style.js';
import { mapScriptPath } from './map-scripts.js';
import { eventsPath, searchPath } from '../paths.js';
import type { PlotlyBundle } from '../../chart/figure/trace-types.js';

/**
 * Elements whose presence keeps plotly, and the map library of its largest bundle, from adding style rules to the
 * page, which the policy forbids; our stylesheet contains the needed ones.
 */
export function plotlyMarks(): Element[] {
  return [
    h('template', { id: 'plotly.js-style-global', className: 'no-inline-styles' }),
    h('template', { id: '9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53' }),
  ];
}

/**
 * The resources of a served page. The chart script gets plotly's address, and loads it only when a chart comes
 * into view.
 */
export function linkedResources(
  assets: Assets,
  bundle: PlotlyBundle | undefined,
  maps: readonly string[] = [],
  hasFilters = false,
): PageResources {
  return {
    house: { logo: logoElements(assets.house), accent: assets.house.accent },
    head: [
      h('script', { src: assets.themeScript.path }),
      h('link', { rel: 'stylesheet', href: assets.stylesheet.path }),
      ...(bundle === undefined ? [] : plotlyMarks()),
    ],
    scripts: [
      h('script', { defer: true, src: assets.pageScript.path, dataEvents: eventsPath }),
      h('script', {
        defer: true,
        src: assets.searchScript.path,
        dataSearch: searchPath,
        dataRoot: '/',
      }),
      ...(bundle === undefined
        ? []
        : [
            ...maps.map((name) => h('template', { dataMap: mapScriptPath(name) })),
            h('script', {
              defer: true,
              src: assets.chartScript.path,
              dataPlotly: assets.plotly[bundle].path,
            }),
          ]),
      ...(hasFilters
        ? [h('script', { defer: true, src: assets.filterScript.path, dataFilters: '' })]
        : []),
    ],
  };
}

/** The resources of an embedded figure. */
export function embedResources(
  assets: Assets,
  bundle: PlotlyBundle | undefined,
  maps: readonly string[],
  hasFilters: boolean,
): PageResources {
  const { head, scripts } = linkedResources(assets, bundle, maps, hasFilters);
  const drawing = scripts.filter(({ properties }) =>
    ['dataPlotly', 'dataMap', 'dataFilters'].some((name) => name in properties),
  );
  // The theme comes from the address or the system.
  return { head: head.filter(({ tagName }) => tagName !== 'script'), scripts: drawing };
}

/** The resources of pages with forms: no script that would request pages on its own. */
export function formResources(assets: Assets): PageResources {
  const page = linkedResources(assets, undefined);
  return { ...page, scripts: [h('script', { defer: true, src: assets.pageScript.path })] };
}

/** The additional resources of the pipeline page. */
export function pipelineResources(assets: Assets): PageResources {
  const page = linkedResources(assets, undefined);
  const own = h('script', { defer: true, src: assets.pipelineScript.path });
  return { ...page, scripts: [...page.scripts, own] };
}
