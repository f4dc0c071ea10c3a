// Events of OpenLineage (https://openlineage.io/spec/2-0-2/OpenLineage.json) and the facets that Daybook fills.

import { packageVersion } from '../files/package-file.js';

/** The state of a run that an event reports. */
export type LineageState = 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';

/** A part of an event, by the schema that it names. */
export interface Facet {
  readonly _producer: string;
  readonly _schemaURL: string;
  readonly [field: string]: unknown;
}

/** Facets by their names. */
export type Facets = Readonly<Record<string, Facet>>;

/** A job: the same piece of work in every run. */
export interface LineageJob {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: Facets;
}

/** A table, or a page. */
export interface LineageDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: Facets;
  readonly inputFacets?: Facets;
  readonly outputFacets?: Facets;
}

/** One event of a run. */
export interface LineageEvent {
  readonly eventType: LineageState;
  /** RFC 3339 in UTC. */
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: { readonly runId: string; readonly facets: Facets };
  readonly job: LineageJob;
  readonly inputs: readonly LineageDataset[];
  readonly outputs: readonly LineageDataset[];
}

/** The versions of the schemas, by the names of facets, with the definitions in them. */
const facetSchemas = {
  parent: ['1-2-0', 'ParentRunFacet'],
  nominalTime: ['1-0-1', 'NominalTimeRunFacet'],
  errorMessage: ['1-0-1', 'ErrorMessageRunFacet'],
  processing_engine: ['1-1-1', 'ProcessingEngineRunFacet'],
  jobType: ['2-0-4', 'JobTypeJobFacet'],
  sql: ['1-1-0', 'SQLJobFacet'],
  schema: ['1-2-0', 'SchemaDatasetFacet'],
  columnLineage: ['1-2-0', 'ColumnLineageDatasetFacet'],
  outputStatistics: ['1-0-2', 'OutputStatisticsOutputDatasetFacet'],
  dataQualityAssertions: ['1-1-0', 'DataQualityAssertionsDatasetFacet'],
} as const;

/** Who writes the events. */
const producer = `urn:daybook:${packageVersion()}`;

/** A facet, under its name. */
export function facet(
  name: keyof typeof facetSchemas,
  fields: Readonly<Record<string, unknown>>,
): Facets {
  const [version, definition] = facetSchemas[name];
  return {
    [name]: {
      _producer: producer,
      _schemaURL: `https://openlineage.io/spec/facets/${version}/${definition}.json#/$defs/${definition}`,
      ...fields,
    },
  };
}

/** An event, at this moment. */
export function lineageEvent(
  eventType: LineageState,
  event: Pick<LineageEvent, 'run' | 'job'> & Partial<Pick<LineageEvent, 'inputs' | 'outputs'>>,
): LineageEvent {
  return {
    eventType,
    eventTime: new Date().toISOString(),
    producer,
    schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
    ...{ inputs: [], outputs: [] },
    ...event,
  };
}
