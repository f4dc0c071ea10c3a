import { isAway } from '../../warehouse/connect/is-away.js';
import type { Answer } from '../../http/prepared-response.js';
import type { Assets } from '../parts/assets.js';
import { LastSeen } from '../reading/last-seen.js';
import { LineageReader } from '../reading/lineage-reader.js';
import type { NotebookRuns } from '../reading/notebook-runs.js';
import {
  page,
  unlessUnfinished,
  type PageCache,
  type PageMaker,
  type PagePlace,
} from '../parts/page-cache.js';
import { pipelineResources } from '../parts/page-resources.js';
import { catalogueDocument } from './catalogue/catalogue-document.js';
import { graphPart } from './graph/graph-part.js';
import { notFoundDocument } from '../parts/message-document.js';
import {
  cataloguePath,
  maxTasks,
  pipelinePath,
  pipelineRunPath,
  pipelineTaskPath,
  relationPath,
  stepsPath,
} from '../paths.js';
import { pipelineDocument, stepsDocument } from './pipeline/pipeline-document.js';
import { pipelineRunDocument, pipelineTaskDocument } from './pipeline/pipeline-run-document.js';
import { relationDocument } from './catalogue/relation-document.js';
import { stepsPerPage } from './pipeline/run-grid.js';
import { shownStatement } from './pipeline/task-log.js';
import type { CatalogueRelation } from '../reading/readers/catalogue-reader.js';
import type { Readers } from '../reading/readers/readers.js';
import { ColoredCode, type Colored } from '../rendering/colored-code.js';
import type { Renderer } from '../rendering/renderer.js';
import type { ListedTask } from '../../history/pipeline-run.js';

/** What these pages are made of. */
export interface BehindSources extends Pick<Readers, 'pipeline' | 'catalogue'> {
  readonly assets: Assets;
  /** The report's zone, for times that no pipeline run gives a zone. */
  readonly timeZone: string;
}

/** Runs that the grid of the pipeline shows. */
const maxGridRuns = 20;

/** Changes in what lines are made of that the page of a run shows. */
const maxDrift = 200;

/** Files that the catalogue lists. */
const maxFiles = 100;

/** Rows that a relation's page shows. */
const maxSample = 10;

/** The pages behind the numbers: the pipeline, its runs and the data. */
export class BehindPages {
  readonly #sources: BehindSources;
  readonly #runs: NotebookRuns;
  readonly #code: ColoredCode;
  readonly #views = new LastSeen();
  readonly #lineage: LineageReader;

  constructor(sources: BehindSources, runs: NotebookRuns, renderer: Renderer) {
    this.#sources = sources;
    this.#runs = runs;
    this.#code = new ColoredCode(renderer);
    this.#lineage = new LineageReader(renderer);
  }

  /** `/pipeline` */
  pipeline(cache: PageCache): Promise<Answer> {
    return behind(cache, { path: pipelinePath }, async ({ publication }, frame) => {
      const { pipeline, catalogue, timeZone, assets } = this.#sources;
      const found = await this.#views.read(pipelinePath, async () => {
        const steps = await this.#readSteps(1);
        const newest = steps.runs[0]?.runId;
        const part = graphPart(
          steps.graph,
          steps.page.steps.filter(({ runId }) => runId === newest),
        );
        return {
          ...steps,
          part,
          relations: await catalogue.readRelations(part.ids),
          files: await catalogue.readFiles(1),
          rejects: await pipeline.readRejects(),
        };
      });
      const { relations: reads, rest } = await this.#runs.relations(publication);
      const view = { ...found, publication, reads };
      const resources = pipelineResources(assets);
      const answer = page(200, pipelineDocument(view, { ...frame, resources }, timeZone));
      return unlessUnfinished(answer, rest);
    });
  }

  /** `/pipeline/steps/N`, from 2: the first part is on the pipeline's own page. */
  steps(cache: PageCache, part: number): Promise<Answer> {
    const place = { path: stepsPath(part), section: pipelinePath };
    return behind(cache, place, async (_, frame) => {
      const view = await this.#views.read(place.path, () => this.#readSteps(part));
      if (part < 2 || view.page.names.length === 0) return page(404, notFoundDocument(frame));
      const resources = pipelineResources(this.#sources.assets);
      return page(200, stepsDocument({ ...view, part }, { ...frame, resources }));
    });
  }

  async #readSteps(part: number) {
    const { pipeline } = this.#sources;
    const runs = await pipeline.readRuns(maxGridRuns);
    const ids = runs.map(({ runId }) => runId);
    return {
      runs,
      page: await pipeline.readSteps(ids, (part - 1) * stepsPerPage, stepsPerPage),
      graph: await pipeline.readGraph(),
    };
  }

  /** `/pipeline/runs/ID` */
  run(cache: PageCache, runId: string): Promise<Answer> {
    const place = { path: pipelineRunPath(runId), section: pipelinePath };
    return behind(cache, place, async (_, frame) => {
      const { pipeline, timeZone } = this.#sources;
      const { run, ...found } = await this.#views.read(place.path, async () => ({
        run: await pipeline.readRun(runId),
        tasks: await pipeline.readTasks(runId, maxTasks),
        rejects: await pipeline.readRejects(runId),
        drift: await pipeline.readDrift(runId, maxDrift),
      }));
      if (run === undefined) return page(404, notFoundDocument(frame));
      const { code, rest } = await this.#codeOf(found.tasks);
      const answer = page(200, pipelineRunDocument({ run, ...found, code }, frame, timeZone));
      return unlessUnfinished(answer, rest);
    });
  }

  /** `/pipeline/runs/ID/tasks/TASK` */
  task(cache: PageCache, runId: string, name: string): Promise<Answer> {
    const place = { path: pipelineTaskPath(runId, name), section: pipelinePath };
    return behind(cache, place, async (_, frame) => {
      const { pipeline, timeZone } = this.#sources;
      const { run, tasks } = await this.#views.read(place.path, async () => ({
        run: await pipeline.readRun(runId),
        tasks: await pipeline.readTask(runId, name, maxTasks),
      }));
      const [task, ...tests] = tasks;
      if (run === undefined || task?.task !== name) return page(404, notFoundDocument(frame));
      const { code, rest } = await this.#codeOf([task]);
      const view = { run, task, tests, code };
      const answer = page(200, pipelineTaskDocument(view, frame, timeZone));
      return unlessUnfinished(answer, rest);
    });
  }

  /** The statements of tasks with their colours. */
  #codeOf(tasks: readonly ListedTask[]): Promise<Colored> {
    const texts = tasks.flatMap(({ task, kind, sql }) =>
      kind === 'test' || sql === null || sql === '' ? [] : [[task, shownStatement(sql)] as const],
    );
    return this.#code.read('sql', new Map(texts));
  }

  /** `/data` */
  catalogue(cache: PageCache): Promise<Answer> {
    return behind(cache, { path: cataloguePath }, async (_, frame) => {
      const { catalogue, timeZone } = this.#sources;
      const relations = await this.#readRelations();
      const files = await this.#views.read(cataloguePath, () => catalogue.readFiles(maxFiles));
      return page(
        200,
        catalogueDocument({ schemas: catalogue.schemas, relations, files }, frame, timeZone),
      );
    });
  }

  /** All relations, kept once for the pages of all of them. */
  #readRelations(): Promise<CatalogueRelation[]> {
    return this.#views.read('relations', () => this.#sources.catalogue.readRelations());
  }

  /** `/data/SCHEMA.TABLE` */
  relation(cache: PageCache, id: string): Promise<Answer> {
    const path = relationPath(id);
    return behind(cache, { path, section: cataloguePath }, async ({ publication }, frame) => {
      const { pipeline, catalogue, timeZone } = this.#sources;
      const relations = await this.#readRelations();
      const relation = relations.find((one) => one.id === id);
      if (relation === undefined) return page(404, notFoundDocument(frame));
      const { graph, files, sql } = await this.#views.read('lineage', async () => ({
        graph: await pipeline.readGraph(),
        files: await catalogue.readFiles(1),
        sql: await catalogue.readSql(),
      }));
      // A view that takes too long, or fails on its data, has a page without sample rows.
      const sample = await this.#views.read(path, () =>
        catalogue.readSample(relation, maxSample).catch((error: unknown) => {
          if (isAway(error)) throw error;
          return undefined;
        }),
      );
      const { relations: reads, rest } = await this.#runs.relations(publication);
      const queries = await this.#runs.queries(publication);
      const columns = await this.#lineage.read(relations, sql, queries);
      const own = sql.get(id);
      const colored = await this.#code.read('sql', new Map(own === undefined ? [] : [[id, own]]));
      const view = {
        ...{ relation, relations, graph, files, sample, publication, reads },
        lineage: columns.lineage,
        code: colored.code.get(id),
      };
      const answer = page(200, relationDocument(view, frame, timeZone));
      return unlessUnfinished(answer, rest, columns.rest, colored.rest);
    });
  }
}

/** A page behind the numbers, which is not there for who may not read it. */
function behind(cache: PageCache, place: PagePlace, make: PageMaker): Promise<Answer> {
  return cache.page(place, (state, frame) =>
    state.seesBehind ? make(state, frame) : Promise.resolve(page(404, notFoundDocument(frame))),
  );
}
