// Addresses of the pipeline: its page, runs, tasks, rejects.

import { htmlResponse } from '../../../http/prepared-response.js';
import { notFoundDocument } from '../../parts/message-document.js';
import { pipelineResources } from '../../parts/page-resources.js';
import {
  maxTasks,
  pipelinePath,
  pipelineRunPath,
  pipelineTaskPath,
  stepsPath,
} from '../../paths.js';
import { operationsVersion } from '../../reading/operations-cache.js';
import { unlessUnfinished } from '../../parts/page-cache.js';
import type { ListedTask } from '../../../history/runs/pipeline-run.js';
import type { Colored } from '../../rendering/colored-code.js';
import { graphPart } from '../graph/graph-part.js';
import type { PageSources } from '../page-sources.js';
import { runNumber, smallNumber, type ContentRoute, type Route } from '../route.js';
import { pipelineDocument, stepsDocument } from './pipeline-document.js';
import { pipelineRunDocument, pipelineTaskDocument } from './pipeline-run-document.js';
import { stepsPerPage } from './run-grid.js';
import { shownStatement } from './task-log.js';

/** The most runs in the grid. */
const maxGridRuns = 20;

/** The most new keys and values on the page of a run. */
const maxDrift = 200;

/** The routes of the pipeline, its runs and their tasks. */
export function pipelineRoutes(sources: PageSources): Route[] {
  const internals = { readers: 'internals', file: 'page' } as const;
  return [
    {
      pattern: pipelinePath,
      holds: 'The flow of data, and the newest runs',
      ...internals,
      make: makePipeline(sources),
    },
    {
      pattern: `${pipelinePath}/steps/:part`,
      holds: 'A part of the list of steps, where it is long',
      ...internals,
      make: makeSteps(sources),
    },
    {
      pattern: `${pipelinePath}/runs/:run`,
      holds: 'A pipeline run: its tasks and their logs',
      ...internals,
      make: makeRun(sources),
    },
    {
      pattern: `${pipelinePath}/runs/:run/tasks/:task`,
      holds: 'One task, where a run has too many for its page',
      ...internals,
      make: makeTask(sources),
    },
  ];
}

type Make = ContentRoute['make'];

function makePipeline(sources: PageSources): Make {
  const { cache, pipeline, catalogue, timeZone, assets, lastAnswers, runs } = sources;
  return async ({ audience }) => {
    const operations = await sources.operationsCache.current();
    // Readers of the same pages share them, whether or not they may act.
    const version = `${operationsVersion(operations)}${audience.mayOperate === true ? '+' : ''}`;
    const place = { path: pipelinePath, audience, version };
    return cache.page(place, async ({ publication }, frame) => {
      const found = await lastAnswers.read(pipelinePath, async () => {
        const steps = await readSteps(sources, 1);
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
      const { relations: reads, rest } = await runs.relations(publication);
      const { mayOperate } = audience;
      const view = { ...found, publication, reads, operations, mayOperate };
      const resources = pipelineResources(assets);
      const made = htmlResponse(200, pipelineDocument(view, { ...frame, resources }, timeZone));
      return unlessUnfinished(made, rest);
    });
  };
}

/** A further part of the list of steps, from 2; the first is on the pipeline page. */
function makeSteps(sources: PageSources): Make {
  const { cache, assets, lastAnswers } = sources;
  return async ({ params, audience }) => {
    const part = smallNumber(params['part']);
    if (part === undefined) return undefined;
    const place = { path: stepsPath(part), audience, section: pipelinePath };
    return cache.page(place, async (_, frame) => {
      const view = await lastAnswers.read(place.path, () => readSteps(sources, part));
      if (part < 2 || view.page.names.length === 0) {
        return htmlResponse(404, notFoundDocument(frame));
      }
      const resources = pipelineResources(assets);
      return htmlResponse(200, stepsDocument({ ...view, part }, { ...frame, resources }));
    });
  };
}

async function readSteps({ pipeline }: PageSources, part: number) {
  const runs = await pipeline.readRuns(maxGridRuns);
  const ids = runs.map(({ runId }) => runId);
  return {
    runs,
    page: await pipeline.readSteps(ids, (part - 1) * stepsPerPage, stepsPerPage),
    graph: await pipeline.readGraph(),
  };
}

function makeRun(sources: PageSources): Make {
  const { cache, pipeline, timeZone, lastAnswers } = sources;
  return async ({ params, audience }) => {
    const runId = runNumber(params['run']);
    if (runId === undefined) return undefined;
    const place = { path: pipelineRunPath(runId), audience, section: pipelinePath };
    return cache.page(place, async (_, frame) => {
      const { run, ...found } = await lastAnswers.read(place.path, async () => ({
        run: await pipeline.readRun(runId),
        tasks: await pipeline.readTasks(runId, maxTasks),
        rejects: await pipeline.readRejects(runId),
        drift: await pipeline.readDrift(runId, maxDrift),
      }));
      if (run === undefined) return htmlResponse(404, notFoundDocument(frame));
      const { code, rest } = await statementsOf(sources, found.tasks);
      const document = pipelineRunDocument({ run, ...found, code }, frame, timeZone);
      const made = htmlResponse(200, document);
      return unlessUnfinished(made, rest);
    });
  };
}

function makeTask(sources: PageSources): Make {
  const { cache, pipeline, timeZone, lastAnswers } = sources;
  return async ({ params: { run: asked, task: name = '' }, audience }) => {
    const runId = runNumber(asked);
    if (runId === undefined) return undefined;
    const place = { path: pipelineTaskPath(runId, name), audience, section: pipelinePath };
    return cache.page(place, async (_, frame) => {
      const { run, tasks } = await lastAnswers.read(place.path, async () => ({
        run: await pipeline.readRun(runId),
        tasks: await pipeline.readTask(runId, name, maxTasks),
      }));
      const [task, ...tests] = tasks;
      if (run === undefined || task?.task !== name) {
        return htmlResponse(404, notFoundDocument(frame));
      }
      const { code, rest } = await statementsOf(sources, [task]);
      const view = { run, task, tests, code };
      const made = htmlResponse(200, pipelineTaskDocument(view, frame, timeZone));
      return unlessUnfinished(made, rest);
    });
  };
}

/** The highlighted SQL of tasks. */
function statementsOf({ code }: PageSources, tasks: readonly ListedTask[]): Promise<Colored> {
  const texts = tasks.flatMap(({ task, kind, sql }) =>
    kind === 'test' || sql === null || sql === '' ? [] : [[task, shownStatement(sql)] as const],
  );
  return code.read('sql', new Map(texts));
}
