import { closestName } from '../../text/closest-name.js';
import type { Json } from '../../nbformat/notebook.js';
import { formerTypes, plotlyBundles, tileTypes, traceType, traceTypes } from './trace-types.js';

const drawn = new Set(plotlyBundles.flatMap((bundle) => traceTypes[bundle]));
const known = [...drawn, ...tileTypes];

/**
 * What is wrong with the kind of a trace.
 *
 * @returns Undefined for kinds that plotly knows.
 */
export function unknownType(type: string): string | undefined {
  if (known.includes(type)) return undefined;
  const successor = Object.hasOwn(formerTypes, type) ? formerTypes[type] : undefined;
  if (successor !== undefined) {
    return `plotly has no charts of type “${type}” any more; “${successor}” took their place`;
  }
  const meant = closestName(type.toLowerCase(), known);
  return `plotly knows no charts of type “${type}”${meant === undefined ? '' : `; is “${meant}” meant?`}`;
}

/**
 * Why a chart cannot be drawn, as a sentence: plotly would draw an empty frame, or something else than
 * the figure says, or would have to load something from elsewhere.
 *
 * @returns Undefined for charts that can.
 */
export function undrawable(traces: readonly Readonly<Record<string, Json>>[]): string | undefined {
  for (const trace of traces) {
    const type = traceType(trace);
    const reason = unknownType(type) ?? foreign(type, trace);
    if (reason !== undefined) return `This chart cannot be drawn: ${reason}.`;
  }
  return undefined;
}

function foreign(type: string, trace: Readonly<Record<string, Json>>): string | undefined {
  if (tileTypes.includes(type)) {
    return `the tiles of a “${type}” would come from a map server, and pages load nothing from elsewhere`;
  }
  return typeof trace['geojson'] === 'string'
    ? 'its outlines would come from another server, and pages load nothing from elsewhere'
    : undefined;
}
