// The readers of the warehouse that the dashboard works with.

import type { Pool } from 'pg';
import { defaultSchemas, type Schemas } from '../../../config/project/project-settings.js';
import {
  createPublicationReader,
  type PublicationReader,
} from '../../../publication/publication-reader.js';
import { createCatalogueReader, type CatalogueReader } from './catalogue-reader.js';
import {
  createOperationsReader,
  type OperationsReader,
  type Scheduled,
} from '../../../schedules/operations-reader.js';
import {
  createPipelineReader,
  type PipelineReader,
} from '../../../history/runs/pipeline-reader.js';

/** All readers of the dashboard. */
export interface Readers {
  readonly reader: PublicationReader;
  readonly pipeline: PipelineReader;
  readonly catalogue: CatalogueReader;
  /** Undefined: nothing happens by itself. */
  readonly operations?: OperationsReader | undefined;
}

/**
 * The readers on one pool of the reader role.
 *
 * @param schemas - The project's.
 * @param scheduled - What happens by itself. Default: nothing.
 */
export function createReaders(
  pool: Pool,
  schemas: Schemas = defaultSchemas,
  scheduled?: Scheduled,
): Readers {
  return {
    reader: createPublicationReader(pool),
    pipeline: createPipelineReader(pool),
    catalogue: createCatalogueReader(pool, schemas),
    operations: scheduled && createOperationsReader(pool, scheduled),
  };
}
