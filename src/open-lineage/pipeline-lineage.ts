// The events of a pipeline run: the run, each model that is built, its tests.

import { randomUUID } from 'node:crypto';
import type { ModelReport, PipelineReport } from '../history/reports/pipeline-report.js';
import { foundBy, type TaskError } from '../history/reports/task-error.js';
import type { ProjectGraph } from '../orchestration/graph-document.js';
import type { PipelineEvent } from '../pipeline/pipeline-event.js';
import {
  facet,
  lineageEvent,
  type Facets,
  type LineageDataset,
  type LineageEvent,
} from './lineage-event.js';
import { engineFacet, jobTypeFacet, type LineagePlace, parentFacet } from './lineage-place.js';

type GraphModel = ProjectGraph['models'][number];

/** What a project says of its models. */
export interface DeclaredModels {
  readonly graph: Pick<ProjectGraph, 'sources' | 'models'>;
  /** The query of each model, by its id. */
  readonly queries: ReadonlyMap<string, string>;
}

/** Turns what happens in a pipeline run into events. */
export class PipelineLineage {
  readonly #place: LineagePlace;
  readonly #runId = randomUUID();
  readonly #runs = new Map<string, string>();
  readonly #declared: Promise<DeclaredModels | undefined>;
  #hasStarted = false;

  /** @param declared - Undefined: the declarations cannot be read. */
  constructor(place: LineagePlace, declared: Promise<DeclaredModels | undefined>) {
    this.#place = place;
    this.#declared = declared;
  }

  /** The events of what has happened. */
  async eventsOf(event: PipelineEvent): Promise<LineageEvent[]> {
    switch (event.type) {
      case 'run_started':
        return this.#start();
      case 'model_started': {
        const model = await this.#model(event.model);
        this.#runs.set(event.model, randomUUID());
        return model === undefined ? [] : [this.#modelEvent('START', model)];
      }
      case 'model_finished': {
        const model = await this.#model(event.model);
        return model === undefined || !event.isBuilt ? [] : this.#ended(model, event);
      }
      case 'run_finished':
      case 'run_stopped':
        return [...this.#start(), this.#end(event.report)];
      default:
        return [];
    }
  }

  #start(): LineageEvent[] {
    if (this.#hasStarted) return [];
    this.#hasStarted = true;
    return [lineageEvent('START', this.#run({}))];
  }

  #end({ status, error, models }: PipelineReport): LineageEvent {
    if (status === 'passed') return lineageEvent('COMPLETE', this.#run({}));
    const failed = models.filter((model) => model.status === 'failed').map(({ model }) => model);
    const message = error?.message ?? `failed: ${failed.join(', ')}`;
    const state = error?.code === 'INTERRUPTED' ? 'ABORT' : 'FAIL';
    return lineageEvent(state, this.#run(errorFacet(message)));
  }

  #run(facets: Facets): Pick<LineageEvent, 'run' | 'job'> {
    const { namespace, parent, nominalTime } = this.#place;
    return {
      run: {
        runId: this.#runId,
        facets: {
          ...engineFacet(this.#place),
          ...(parent === undefined ? {} : parentFacet(parent)),
          ...(nominalTime === undefined
            ? {}
            : facet('nominalTime', { nominalStartTime: nominalTime })),
          ...facets,
        },
      },
      job: { namespace, name: 'pipeline', facets: jobTypeFacet('PIPELINE') },
    };
  }

  async #model(id: string): Promise<{ model: GraphModel; declared: DeclaredModels } | undefined> {
    const declared = await this.#declared;
    const model = declared?.graph.models.find((one) => one.id === id);
    return declared === undefined || model === undefined ? undefined : { model, declared };
  }

  #ended(
    { model, declared }: { model: GraphModel; declared: DeclaredModels },
    report: ModelReport,
  ): LineageEvent[] {
    const tests = model.tests.length === 0 ? [] : this.#tests(model, report);
    if (report.status === 'failed') {
      const facets = errorFacet(messageOf(report.error));
      return [...tests, this.#modelEvent('FAIL', { model, declared }, report, facets)];
    }
    return [...tests, this.#modelEvent('COMPLETE', { model, declared }, report)];
  }

  #modelEvent(
    state: LineageEvent['eventType'],
    { model, declared }: { model: GraphModel; declared: DeclaredModels },
    report?: ModelReport,
    facets: Facets = {},
  ): LineageEvent {
    const { namespace } = this.#place;
    const query = declared.queries.get(model.id);
    const output = this.#dataset(model.id, {
      ...schemaFacet(model.columns),
      ...this.#columnLineage(model),
    });
    const rowCount = report?.rows;
    return lineageEvent(state, {
      run: {
        runId: this.#runs.get(model.id) ?? this.#runId,
        facets: { ...this.#within(), ...facets },
      },
      job: {
        namespace,
        name: `pipeline.${model.id}`,
        facets: {
          ...jobTypeFacet('MODEL'),
          ...(query === undefined ? {} : facet('sql', { query, dialect: 'postgresql' })),
        },
      },
      inputs: model.reads.map((read) => {
        const known = [...declared.graph.sources, ...declared.graph.models].find(
          ({ id }) => id === read,
        );
        return this.#dataset(read, known === undefined ? {} : schemaFacet(known.columns));
      }),
      outputs: [
        state === 'COMPLETE' && typeof rowCount === 'number'
          ? { ...output, outputFacets: facet('outputStatistics', { rowCount }) }
          : output,
      ],
    });
  }

  /** The tests are a run of their own, which reads the model; without a result there is none. */
  #tests(model: GraphModel, { status, error }: ModelReport): LineageEvent[] {
    const failures = error?.failures ?? [];
    if (status === 'failed' && failures.length === 0) return [];
    const assertions = model.tests.map(({ name, kind, column }) => {
      const failure = failures.find(({ test }) => test === name);
      return {
        ...{ assertion: kind, name, success: failure === undefined },
        ...(column === null ? {} : { column }),
        ...(failure === undefined ? {} : { actual: foundBy(failure) }),
      };
    });
    const run = { runId: randomUUID(), facets: this.#within(this.#runs.get(model.id), model.id) };
    const job = {
      namespace: this.#place.namespace,
      name: `pipeline.${model.id}.tests`,
      facets: jobTypeFacet('TEST'),
    };
    const input = {
      ...this.#dataset(model.id, schemaFacet(model.columns)),
      inputFacets: facet('dataQualityAssertions', { assertions }),
    };
    return [
      lineageEvent('START', { run, job, inputs: [this.#dataset(model.id, {})] }),
      lineageEvent('COMPLETE', { run, job, inputs: [input] }),
    ];
  }

  #within(runId: string = this.#runId, model?: string): Facets {
    const { namespace } = this.#place;
    const name = model === undefined ? 'pipeline' : `pipeline.${model}`;
    return {
      ...engineFacet(this.#place),
      ...parentFacet({ run: { runId }, job: { namespace, name } }),
    };
  }

  #dataset(relation: string, facets: Facets): LineageDataset {
    const { datasets, database } = this.#place;
    return { namespace: datasets, name: `${database}.${relation}`, facets };
  }

  #columnLineage({ columns }: GraphModel): Facets {
    const { datasets, database } = this.#place;
    const fields = columns.flatMap(({ name, from }) =>
      from === undefined
        ? []
        : [
            [
              name,
              {
                inputFields: from
                  // Of a count of rows no column is an input.
                  .filter(({ column }) => column !== '*')
                  .map(({ relation, column }) => ({
                    ...{ namespace: datasets, name: `${database}.${relation}`, field: column },
                    transformations: [{ type: 'DIRECT' }],
                  })),
              },
            ] as const,
          ],
    );
    return facet('columnLineage', { fields: Object.fromEntries(fields) });
  }
}

function schemaFacet(
  columns: readonly { name: string; type: string; description?: string | undefined }[],
): Facets {
  return facet('schema', {
    fields: columns.map(({ name, type, description }, place) => ({
      ...{ name, type, ordinal_position: place + 1 },
      ...(description === undefined ? {} : { description }),
    })),
  });
}

function errorFacet(message: string): Facets {
  return facet('errorMessage', { message, programmingLanguage: 'SQL' });
}

function messageOf(error: TaskError | undefined): string {
  if (error === undefined) return 'failed';
  const where = error.where === undefined ? '' : `${error.where}: `;
  return `${where}${error.message} [${error.code}]`;
}
