// The events of a run of notebooks: the run, each notebook that is executed.

import { randomUUID } from 'node:crypto';
import type { NotebookResult, RunEvent, RunReport } from '../notebook/report/run-report.js';
import { facet, lineageEvent, type Facets, type LineageEvent } from './lineage-event.js';
import { engineFacet, jobTypeFacet, parentFacet, type LineagePlace } from './lineage-place.js';

/** Turns what happens in a run of notebooks into events. */
export class NotebookLineage {
  readonly #place: LineagePlace;
  /** The namespace of pages: the dashboard's address. */
  readonly #pages: string;
  readonly #runId = randomUUID();
  readonly #runs = new Map<string, string>();

  constructor(place: LineagePlace, pages: string) {
    this.#place = place;
    this.#pages = pages;
  }

  /** The events of what has happened. */
  eventsOf(event: RunEvent): LineageEvent[] {
    if (event.type === 'run-start') return [lineageEvent('START', this.#run({}))];
    if (event.type === 'notebook-start') {
      this.#runs.set(event.path, randomUUID());
      return [lineageEvent('START', this.#notebook(event.path, {}))];
    }
    return event.type === 'notebook-end' ? this.#ended(event.result) : [];
  }

  /** The last event: how the run ended; undefined: it was stopped by an error. */
  end(report: Pick<RunReport, 'status'> | undefined, isStopped = false): LineageEvent {
    if (report?.status === 'passed') return lineageEvent('COMPLETE', this.#run({}));
    const message = report === undefined ? 'the run ended early' : 'a notebook failed';
    return lineageEvent(isStopped ? 'ABORT' : 'FAIL', this.#run(errorFacet(message)));
  }

  #ended({ path, status, failure, reads = [] }: NotebookResult): LineageEvent[] {
    // What was not executed has no run.
    if (!this.#runs.has(path)) return [];
    const { datasets, database } = this.#place;
    const inputs = reads.map((read) => ({ namespace: datasets, name: `${database}.${read}` }));
    if (status === 'passed') {
      const outputs = [{ namespace: this.#pages, name: pageName(path) }];
      return [lineageEvent('COMPLETE', { ...this.#notebook(path, {}), inputs, outputs })];
    }
    const message = failure === undefined ? status : `${failure.ename}: ${failure.evalue}`;
    const state = status === 'stopped' ? 'ABORT' : 'FAIL';
    return [lineageEvent(state, { ...this.#notebook(path, errorFacet(message)), inputs })];
  }

  #run(facets: Facets): Pick<LineageEvent, 'run' | 'job'> {
    const { namespace, parent } = this.#place;
    const around = parent === undefined ? {} : parentFacet(parent);
    return {
      run: { runId: this.#runId, facets: { ...engineFacet(this.#place), ...around, ...facets } },
      job: { namespace, name: 'notebooks', facets: jobTypeFacet('NOTEBOOKS') },
    };
  }

  #notebook(path: string, facets: Facets): Pick<LineageEvent, 'run' | 'job'> {
    const { namespace } = this.#place;
    const within = parentFacet({
      run: { runId: this.#runId },
      job: { namespace, name: 'notebooks' },
    });
    return {
      run: {
        runId: this.#runs.get(path) ?? this.#runId,
        facets: { ...engineFacet(this.#place), ...within, ...facets },
      },
      job: { namespace, name: `notebooks.${path}`, facets: jobTypeFacet('NOTEBOOK') },
    };
  }
}

/** The page of a notebook: `notebooks/churn` of `notebooks/churn.ipynb`, with its variant. */
function pageName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return `notebooks/${name.replace('.ipynb', '')}`;
}

function errorFacet(message: string): Facets {
  return facet('errorMessage', { message, programmingLanguage: 'TypeScript' });
}
