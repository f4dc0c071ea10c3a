import { h } from 'hastscript';
import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/logger.js';
import type {
  DashboardNotebook,
  Publication,
  RunSummary,
} from '../../../src/publication/publication.js';
import type { PublicationReader } from '../../../src/publication/publication-reader.js';
import { NotebookRuns } from '../../../src/server/reading/notebook-runs.js';
import type {
  NotebookJob,
  RenderedNotebook,
} from '../../../src/server/rendering/rendered-notebook.js';
import type { Renderer } from '../../../src/server/rendering/renderer.js';

function run(runId: string): RunSummary {
  return {
    ...{ runId, status: 'passed', error: undefined, codeVersion: undefined },
    ...{ pipelineRunId: undefined, dataThrough: undefined, timeZone: undefined },
    ...{ startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z' },
  };
}

/** A publication that shows these runs, by slug. */
function publicationOf(shown: Readonly<Record<string, string>>): Publication {
  const notebooks = Object.entries(shown).map(([slug, runId]): DashboardNotebook => {
    const latest = run(runId);
    return {
      ...{ slug, title: slug, summary: '', group: '', latest, shown: latest },
      newerPipelineRunId: undefined,
    };
  });
  return { notebooks, pipeline: undefined };
}

/** Runs whose rendering ends when the test says so. */
function fakeRuns() {
  const jobs = new Map<string, { slow(): void; end(): void; fail(): void }>();
  const reader = {
    readRun: (_slug: string, runId: string) =>
      Promise.resolve({ run: run(runId), document: '{}', queries: [] }),
    readQueries: () => Promise.resolve(new Map()),
  } as unknown as PublicationReader;
  const render = ({ slug, runId = '' }: NotebookJob, slow: () => void) =>
    new Promise((resolve, reject) => {
      const notebook: Partial<RenderedNotebook> = {
        picture: h('svg', { id: runId }),
        ...{ search: [], figures: [], namedRelations: [`gold.of_${runId}`], linked: new Map() },
        body: { type: 'finished', html: [], links: [] },
      };
      jobs.set(`${slug}/${runId}`, {
        slow,
        end: () => {
          resolve({ result: notebook, plain: new Map() });
        },
        fail: () => {
          reject(new Error('no notebook'));
        },
      });
    });
  const renderer = { render } as unknown as Renderer;
  const options = { renderer, hasEmbeds: false, schemas: [] };
  const runs = new NotebookRuns(reader, silentLogger, options);
  const job = async (key: string) => {
    await expect.poll(() => jobs.has(key)).toBe(true);
    return jobs.get(key);
  };
  return { runs, jobs, job };
}

/** The run of which each notebook has its facts. */
function runsOf({ facts }: Awaited<ReturnType<NotebookRuns['facts']>>) {
  return Object.fromEntries(
    [...facts].map(([slug, { picture }]) => [slug, picture?.properties['id']]),
  );
}

test('what is published later is rendered while pages show the run before, and nobody waits', async () => {
  const { runs, job } = fakeRuns();
  const first = runs.facts(publicationOf({ a: '1', b: '2' }));
  (await job('a/1'))?.end();
  // The first requests after a start wait, but not for what is slow.
  (await job('b/2'))?.slow();
  const known = await first;
  expect(runsOf(known)).toEqual({ a: '1' });
  (await job('b/2'))?.end();
  await known.rest;
  const all = await runs.facts(publicationOf({ a: '1', b: '2' }));
  expect([runsOf(all), all.rest]).toEqual([{ a: '1', b: '2' }, undefined]);

  (await job('a/1'))?.end();
  const later = publicationOf({ a: '3', b: '2', c: '4' });
  const waiting = runs.facts(later);
  for (const key of ['a/3', 'c/4']) (await job(key))?.slow();
  const found = await waiting;
  expect(runsOf(found)).toEqual({ a: '1', b: '2' });
  (await job('a/3'))?.end();
  (await job('c/4'))?.end();
  await found.rest;
  const complete = await runs.facts(later);
  expect([runsOf(complete), complete.rest]).toEqual([{ a: '3', b: '2', c: '4' }, undefined]);
});

test('what is wrong with a run is not said of the one after it', async () => {
  const { runs, job } = fakeRuns();
  const first = runs.facts(publicationOf({ a: '1' }));
  (await job('a/1'))?.fail();
  expect((await first).facts.get('a')?.problem).toContain('no notebook');
  const second = runs.facts(publicationOf({ a: '2' }));
  (await job('a/2'))?.slow();
  expect((await second).facts.get('a')?.problem).toBe('');
});

test('a notebook is rendered once, however many ask, and of those that are not shown none', async () => {
  const { runs, jobs, job } = fakeRuns();
  const slugs = Array.from({ length: 9 }, (_, index) => `n${index}`);
  const all = publicationOf(Object.fromEntries(slugs.map((slug) => [slug, '1'])));
  const part = { ...all, notebooks: all.notebooks.slice(0, 1), slugs };
  const answers = [runs.facts(part), runs.facts(all), runs.facts(all)];
  // Four are read at a time.
  for (const [index, slug] of slugs.entries()) {
    expect(jobs.size).toBeLessThanOrEqual(index + 4);
    (await job(`${slug}/1`))?.end();
  }
  const found = await Promise.all(answers);
  expect(found.map(({ facts, rest }) => [facts.size, rest])).toEqual([
    [1, undefined],
    [9, undefined],
    [9, undefined],
  ]);
  expect(jobs.size).toBe(9);
});

test('of more notebooks than can be there in time the first request waits for none', async () => {
  const { runs, job } = fakeRuns();
  const shown = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`n${index}`, '1']));
  const found = await runs.facts(publicationOf(shown));
  expect([found.facts.size, found.rest]).toEqual([0, expect.any(Promise)]);
  // They are rendered all the same.
  for (const slug of Object.keys(shown)) (await job(`${slug}/1`))?.end();
  await found.rest;
  expect((await runs.facts(publicationOf(shown))).facts.size).toBe(101);
});
