// Names of jobs and datasets in lineage, and the run that a process belongs to.

import { packageVersion } from '../files/package-file.js';
import { facet, type Facets } from './lineage-event.js';

/** A run of another orchestrator, or of ours, around a run. */
export interface LineageParent {
  readonly run: { readonly runId: string };
  readonly job: { readonly namespace: string; readonly name: string };
}

/** What the events of a process have in common. */
export interface LineagePlace {
  /** The namespace of jobs. */
  readonly namespace: string;
  /** The namespace of tables, like `postgres://HOST:PORT`, and their database. */
  readonly datasets: string;
  readonly database: string;
  /** What does the work. */
  readonly engine: { readonly name: string; readonly version: string };
  readonly parent: LineageParent | undefined;
  /** The time that the run was planned for, RFC 3339; undefined: none. */
  readonly nominalTime: string | undefined;
}

/**
 * Names of the tables of a warehouse, as OpenLineage has them, without user and password.
 *
 * @param ownerUrl - Undefined: the embedded Postgres, whose port is another after each start.
 */
export function datasetPlace(
  ownerUrl: string | undefined,
): Pick<LineagePlace, 'datasets' | 'database'> {
  if (ownerUrl === undefined) return { datasets: 'daybook:embedded', database: 'daybook' };
  const { hostname, port, pathname, searchParams, username } = new URL(ownerUrl);
  const host = hostname === '' ? (searchParams.get('host') ?? 'localhost') : hostname;
  return {
    datasets: `postgres://${host}:${port === '' ? '5432' : port}`,
    database: decodeURIComponent(pathname.slice(1) === '' ? username : pathname.slice(1)),
  };
}

/** The run around ours, as its orchestrator gives it: `NAMESPACE/JOB/RUN`; undefined: it is none. */
export function readParent(text: string): LineageParent | undefined {
  const [, namespace, name, runId] =
    /^([^/]+)\/(.+)\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i.exec(text) ??
    [];
  return namespace === undefined || name === undefined || runId === undefined
    ? undefined
    : { run: { runId }, job: { namespace, name } };
}

export function parentFacet({ run, job }: LineageParent): Facets {
  return facet('parent', { run, job });
}

export function engineFacet({ engine }: Pick<LineagePlace, 'engine'>): Facets {
  return facet('processing_engine', { ...engine, openlineageAdapterVersion: packageVersion() });
}

export function jobTypeFacet(jobType: string): Facets {
  return facet('jobType', { processingType: 'BATCH', integration: 'DAYBOOK', jobType });
}
