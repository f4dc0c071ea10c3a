// Provenance of a page's numbers: last day of data, run, time of publication, duration, code version.

import { formatDuration } from '../../text/amounts.js';
import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import type { RunSummary } from '../../publication/publication.js';
import { pipelineRunPath, runPath } from '../paths.js';
import { formatDay, timeElement } from './time.js';

/**
 * The line under a page's title with the provenance: how far the data reach, run, publication, duration, code
 * version.
 *
 * @param timeZone - The report's zone, for runs that record none.
 */
export function provenanceLine(slug: string, run: RunSummary, timeZone: string): Element {
  const zone = run.timeZone ?? timeZone;
  const took = Date.parse(run.finishedAt) - Date.parse(run.startedAt);
  const parts: ElementContent[][] = [
    [text('run '), h('a', { href: runPath(slug, run.runId) }, run.runId)],
    [text(run.status === 'passed' ? 'published ' : 'ended '), timeElement(run.finishedAt, zone)],
    [text(`took ${formatDuration(took)}`)],
  ];
  if (run.dataThrough !== undefined) {
    const day = h('time', { dateTime: run.dataThrough }, formatDay(run.dataThrough, zone));
    const { pipelineRunId } = run;
    const source =
      pipelineRunId === undefined
        ? []
        : [
            text(' (pipeline run '),
            h('a', { href: pipelineRunPath(pipelineRunId) }, pipelineRunId),
            text(')'),
          ];
    parts.unshift([text('data through '), day, ...source]);
  }
  if (run.codeVersion !== undefined) parts.push([text('code '), h('code', run.codeVersion)]);
  return factsLine(parts);
}

/** The provenance in short: `data through 31 Dec 2019, run 12`. */
export function shortProvenance(run: RunSummary, timeZone: string): string {
  const { dataThrough, runId } = run;
  if (dataThrough === undefined) return `run ${runId}`;
  return `data through ${formatDay(dataThrough, run.timeZone ?? timeZone)}, run ${runId}`;
}

/** Facts on one line, separated by points; lines break only between facts. */
export function factsLine(facts: readonly (readonly ElementContent[])[]): Element {
  const pieces = facts.flatMap((fact, index): ElementContent[] => [
    ...(index === 0 ? [] : [text(' · ')]),
    h('span', [...fact]),
  ]);
  return h('p', { className: 'provenance' }, pieces);
}

function text(value: string): ElementContent {
  return { type: 'text', value };
}
