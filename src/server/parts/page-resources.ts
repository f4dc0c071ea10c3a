import type { Element } from 'hast';
import { h } from 'hastscript';
import type { Assets } from './assets.js';
import type { PageResources } from './layout.js';
import { mapScriptPath } from './map-scripts.js';
import { eventsPath, searchPath } from '../paths.js';
import type { PlotlyBundle } from '../../chart/figure/trace-types.js';

/**
 * Elements whose presence keeps plotly, and the map library in its largest bundle, from writing style
 * rules into the page, which the policy does not allow: the stylesheet has what is needed of them.
 */
export function plotlyMarks(): Element[] {
  return [
    h('template', { id: 'plotly.js-style-global', className: 'no-inline-styles' }),
    h('template', { id: '9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53' }),
  ];
}

/**
 * What a served page loads. The chart's script gets the address of plotly and loads it only when a
 * chart comes into view.
 */
export function linkedResources(
  assets: Assets,
  bundle: PlotlyBundle | undefined,
  maps: readonly string[] = [],
): PageResources {
  return {
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
    ],
  };
}

/** What a single figure loads in a frame: what draws it. */
export function embedResources(
  assets: Assets,
  bundle: PlotlyBundle | undefined,
  maps: readonly string[],
): PageResources {
  const { head, scripts } = linkedResources(assets, bundle, maps);
  const drawing = scripts.filter(
    ({ properties }) => 'dataPlotly' in properties || 'dataMap' in properties,
  );
  // The theme is the address's, or the system's.
  return { head: head.filter(({ tagName }) => tagName !== 'script'), scripts: drawing };
}

/** What pages with forms load: nothing that would ask for the page, or others, behind its user's back. */
export function formResources(assets: Assets): PageResources {
  const { head } = linkedResources(assets, undefined);
  return { head, scripts: [h('script', { defer: true, src: assets.pageScript.path })] };
}

/** What the pipeline's page loads beside what all pages load. */
export function pipelineResources(assets: Assets): PageResources {
  const { head, scripts } = linkedResources(assets, undefined);
  const own = h('script', { defer: true, src: assets.pipelineScript.path });
  return { head, scripts: [...scripts, own] };
}
