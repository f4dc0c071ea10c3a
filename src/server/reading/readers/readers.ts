import type { Pool } from 'pg';
import { defaultSchemas, type Schemas } from '../../../config/project-settings.js';
import {
  createPublicationReader,
  type PublicationReader,
} from '../../../publication/publication-reader.js';
import { createCatalogueReader, type CatalogueReader } from './catalogue-reader.js';
import { createPipelineReader, type PipelineReader } from '../../../history/pipeline-reader.js';

/** Everything that the dashboard reads of the warehouse. */
export interface Readers {
  readonly reader: PublicationReader;
  readonly pipeline: PipelineReader;
  readonly catalogue: CatalogueReader;
}

/**
 * All readers on one pool of the reader's role.
 *
 * @param schemas - The project's.
 */
export function createReaders(pool: Pool, schemas: Schemas = defaultSchemas): Readers {
  return {
    reader: createPublicationReader(pool),
    pipeline: createPipelineReader(pool),
    catalogue: createCatalogueReader(pool, schemas),
  };
}
