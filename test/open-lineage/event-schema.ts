// What the specification of OpenLineage asks of the events that Daybook writes, said in our own words.

import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { LineageEvent } from '../../src/open-lineage/lineage-event.js';

const text = { type: 'string' };
const uri = { type: 'string', format: 'uri' };
const uuid = { type: 'string', format: 'uuid' };
const object = (properties: object, required: readonly string[] = Object.keys(properties)) => ({
  ...{ type: 'object', properties, required },
});
const list = (items: object) => ({ type: 'array', items });
/** A facet, of which the version of the schema is given. */
const facet = (name: string, version: string, properties: object, required: readonly string[]) =>
  object(
    {
      _producer: uri,
      _schemaURL: {
        const: `https://openlineage.io/spec/facets/${version}/${name}.json#/$defs/${name}`,
      },
      ...properties,
    },
    ['_producer', '_schemaURL', ...required],
  );
/** Only facets that are known here. */
const facets = (properties: object) => ({
  ...{ type: 'object', properties, additionalProperties: false },
});

const job = object({ namespace: text, name: text });
const run = object({ runId: uuid });
const column = { namespace: text, name: text, field: text };

const dataset = {
  namespace: text,
  name: text,
  facets: facets({
    schema: facet(
      'SchemaDatasetFacet',
      '1-2-0',
      {
        fields: list(
          object(
            { name: text, type: text, description: text, ordinal_position: { type: 'integer' } },
            ['name'],
          ),
        ),
      },
      ['fields'],
    ),
    columnLineage: facet(
      'ColumnLineageDatasetFacet',
      '1-2-0',
      {
        fields: {
          type: 'object',
          additionalProperties: object({
            inputFields: list(
              object({ ...column, transformations: list(object({ type: { enum: ['DIRECT'] } })) }),
            ),
          }),
        },
      },
      ['fields'],
    ),
  }),
};

const assertion = object(
  { assertion: text, success: { type: 'boolean' }, column: text, name: text, actual: text },
  ['assertion', 'success'],
);

const event = object({
  eventType: { enum: ['START', 'COMPLETE', 'FAIL', 'ABORT'] },
  eventTime: { type: 'string', format: 'date-time' },
  producer: uri,
  schemaURL: { const: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent' },
  run: object({
    runId: uuid,
    facets: facets({
      parent: facet('ParentRunFacet', '1-2-0', { run, job }, ['run', 'job']),
      nominalTime: facet(
        'NominalTimeRunFacet',
        '1-0-1',
        { nominalStartTime: { type: 'string', format: 'date-time' } },
        ['nominalStartTime'],
      ),
      errorMessage: facet(
        'ErrorMessageRunFacet',
        '1-0-1',
        { message: text, programmingLanguage: text },
        ['message', 'programmingLanguage'],
      ),
      processing_engine: facet(
        'ProcessingEngineRunFacet',
        '1-1-1',
        { version: text, name: text, openlineageAdapterVersion: text },
        ['version'],
      ),
    }),
  }),
  job: object(
    {
      namespace: text,
      name: text,
      facets: facets({
        jobType: facet(
          'JobTypeJobFacet',
          '2-0-4',
          { processingType: { const: 'BATCH' }, integration: text, jobType: text },
          ['processingType', 'integration'],
        ),
        sql: facet('SQLJobFacet', '1-1-0', { query: text, dialect: text }, ['query']),
      }),
    },
    ['namespace', 'name'],
  ),
  inputs: list(
    object(
      {
        ...dataset,
        inputFacets: facets({
          dataQualityAssertions: facet(
            'DataQualityAssertionsDatasetFacet',
            '1-1-0',
            { assertions: list(assertion) },
            ['assertions'],
          ),
        }),
      },
      ['namespace', 'name'],
    ),
  ),
  outputs: list(
    object(
      {
        ...dataset,
        outputFacets: facets({
          outputStatistics: facet(
            'OutputStatisticsOutputDatasetFacet',
            '1-0-2',
            { rowCount: { type: 'integer' } },
            ['rowCount'],
          ),
        }),
      },
      ['namespace', 'name'],
    ),
  ),
});

const isEvent = new Ajv({ allErrors: true }).compile(event);

/** Checks events by the specification: each by itself, and that each run has one beginning and at most one end. */
export function expectLineage(events: readonly LineageEvent[]): void {
  const states = new Map<string, string[]>();
  for (const one of events) {
    isEvent(one);
    expect(isEvent.errors, JSON.stringify(one)).toBeNull();
    states.set(one.run.runId, [...(states.get(one.run.runId) ?? []), one.eventType]);
  }
  for (const [runId, found] of states) {
    expect(found[0], runId).toBe('START');
    expect(found.length, `${runId}: ${found.join(', ')}`).toBeLessThan(3);
    expect(found.slice(1), runId).not.toContain('START');
  }
}

/** The events in a file, a line each. */
export function linesOf(file: string): LineageEvent[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LineageEvent);
}

/** Events in short: what happened to which job. */
export function told(events: readonly LineageEvent[]): string[] {
  return events.map(({ eventType, job }) => `${eventType} ${job.name}`);
}
