// Addresses of the data catalogue.

import { isUnreachable } from '../../../warehouse/connect/is-unreachable.js';
import { htmlResponse } from '../../../http/prepared-response.js';
import { notFoundDocument } from '../../parts/message-document.js';
import { cataloguePath, relationPath } from '../../paths.js';
import type { CatalogueRelation } from '../../reading/readers/catalogue-reader.js';
import { unlessUnfinished } from '../../parts/page-cache.js';
import type { PageSources } from '../page-sources.js';
import type { ContentRoute, Route } from '../route.js';
import { catalogueDocument } from './catalogue-document.js';
import { relationDocument } from './relation-document.js';

/** Files that the catalogue lists. */
const maxFiles = 100;

/** Sample rows on a relation's page. */
const maxSample = 10;

/** The routes of the data catalogue. */
export function catalogueRoutes(sources: PageSources): Route[] {
  const internals = { readers: 'internals', file: 'page' } as const;
  return [
    {
      pattern: cataloguePath,
      holds: 'All tables and views',
      ...internals,
      make: makeCatalogue(sources),
    },
    {
      pattern: `${cataloguePath}/:relation`,
      holds: 'A table: its columns, tests, first rows, and where it comes from',
      ...internals,
      make: makeRelation(sources),
    },
  ];
}

type Make = ContentRoute['make'];

function makeCatalogue(sources: PageSources): Make {
  const { cache, catalogue, timeZone, lastAnswers } = sources;
  return ({ audience }) =>
    cache.page({ path: cataloguePath, audience }, async (_, frame) => {
      const relations = await readRelations(sources);
      const files = await lastAnswers.read(cataloguePath, () => catalogue.readFiles(maxFiles));
      const view = { schemas: catalogue.schemas, relations, files };
      return htmlResponse(200, catalogueDocument(view, frame, timeZone));
    });
}

function makeRelation(sources: PageSources): Make {
  const { cache, pipeline, catalogue, timeZone, lastAnswers, runs, code, lineage } = sources;
  return ({ params: { relation: id = '' }, audience }) => {
    const path = relationPath(id);
    const place = { path, audience, section: cataloguePath };
    return cache.page(place, async ({ publication }, frame) => {
      const relations = await readRelations(sources);
      const relation = relations.find((one) => one.id === id);
      if (relation === undefined) return htmlResponse(404, notFoundDocument(frame));
      const { graph, files, sql } = await lastAnswers.read('lineage', async () => ({
        graph: await pipeline.readGraph(),
        files: await catalogue.readFiles(1),
        sql: await catalogue.readSql(),
      }));
      // A view that times out or fails on its data has a page without sample rows.
      const sample = await lastAnswers.read(path, () =>
        catalogue.readSample(relation, maxSample).catch((error: unknown) => {
          if (isUnreachable(error)) throw error;
          return undefined;
        }),
      );
      const { relations: reads, rest } = await runs.relations(publication);
      const queries = await runs.queries(publication);
      const columns = await lineage.read(relations, sql, queries);
      const own = sql.get(id);
      const colored = await code.read('sql', new Map(own === undefined ? [] : [[id, own]]));
      const view = {
        ...{ relation, relations, graph, files, sample, publication, reads },
        lineage: columns.lineage,
        code: colored.code.get(id),
      };
      const made = htmlResponse(200, relationDocument(view, frame, timeZone));
      return unlessUnfinished(made, rest, columns.rest, colored.rest);
    });
  };
}

/** All relations, cached once for all pages of the catalogue. */
function readRelations({ catalogue, lastAnswers }: PageSources): Promise<CatalogueRelation[]> {
  return lastAnswers.read('relations', () => catalogue.readRelations());
}
