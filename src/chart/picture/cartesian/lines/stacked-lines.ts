// Lines stacked on one another (`stackgroup`): each begins where the one before it ends.

import { positionsOf } from '../../../figure/positions.js';
import { numberOf, readValues } from '../../../figure/values.js';
import type { FigureTrace } from '../../drawing/scene.js';
import { groupOf, type PlotAxes } from '../../axes/layer.js';

/** A stacked line: its points at every position of its stack, and what it stands on. */
export interface Stacked {
  readonly marks: readonly ({ readonly x: number; readonly y: number } | undefined)[];
  readonly bases: readonly (number | undefined)[];
}

/** The stacked lines of a plot; where one has no value it adds nothing, as in plotly. */
export function stackedTraces(
  traces: readonly FigureTrace[],
  { x, y }: PlotAxes,
): ReadonlyMap<FigureTrace, Stacked> {
  const names = new Set(
    traces.map(({ trace }) => groupOf(trace)).filter((name) => name !== undefined),
  );
  const stacked = new Map<FigureTrace, Stacked>();
  for (const name of names) {
    const group = traces.filter(({ trace }) => groupOf(trace) === name);
    const series = group.map((one) => ({ one, values: valuesAt(one, x.at) }));
    const places = [...new Set(series.flatMap(({ values }) => [...values.keys()]))].sort(
      (a, b) => a - b,
    );
    const norm = wholeOf(group[0]);
    const totals = places.map((place) => {
      const total = series.reduce((sum, { values }) => sum + (values.get(place) ?? 0), 0);
      return total === 0 ? 1 : total;
    });
    const sums = places.map(() => 0);
    for (const { one, values } of series) {
      const bases = sums.map((sum) => y.at(sum));
      const marks = places.map((place, index) => {
        const value = values.get(place) ?? 0;
        const share = norm === undefined ? value : (value * norm) / (totals[index] ?? 1);
        const top = y.at((sums[index] = (sums[index] ?? 0) + share));
        return top === undefined ? undefined : { x: place, y: top };
      });
      stacked.set(one, { marks, bases });
    }
  }
  return stacked;
}

/** `groupnorm` of a stack, which its first line sets. */
function wholeOf(first: FigureTrace | undefined): number | undefined {
  const norm = first?.trace['groupnorm'];
  return norm === 'percent' ? 100 : norm === 'fraction' ? 1 : undefined;
}

function valuesAt({ trace }: FigureTrace, at: PlotAxes['x']['at']): Map<number, number> {
  const values = readValues(trace['y']) ?? [];
  const places = positionsOf(trace, 'x', values.length);
  const found = new Map<number, number>();
  places.forEach((place, index) => {
    const [position, value] = [at(place), numberOf(values[index] ?? null)];
    if (position === undefined || value === undefined || !Number.isFinite(value)) return;
    found.set(position, (found.get(position) ?? 0) + value);
  });
  return found;
}
