// @module-tag heavy
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import type { Cell } from '../../../src/nbformat/notebook.js';
import { toHtml } from '../../../src/server/rendering/html/to-html.js';
import { monitoredPieces, wholePage } from '../../../src/server/rendering/pieces.js';
import type { RenderLimits } from '../../../src/server/rendering/render-job.js';
import type { NotebookJob } from '../../../src/server/rendering/rendered-notebook.js';
import { Renderer } from '../../../src/server/rendering/renderer.js';
import { root } from '../../database.js';
import { code, display, notebookOf, prose } from '../published.js';

const limits: RenderLimits = { pieceMs: 30_000, jobMs: 120_000, memory: 1024 };

function rendererOf(changed: Partial<RenderLimits>): Renderer {
  const renderer = new Renderer({ ...limits, ...changed });
  onTestFinished(() => {
    renderer.close();
  });
  return renderer;
}

function jobOf(cells: readonly Cell[], changed: Partial<NotebookJob> = {}): NotebookJob {
  return {
    kind: 'notebook',
    document: [Buffer.from(JSON.stringify(notebookOf(cells)))],
    ...{
      name: 'test',
      slug: 'test',
      runId: '1',
      slugs: [],
      schemas: [],
      queries: [],
      hasEmbeds: false,
    },
    ...changed,
  };
}

/** A cell with an output of so many elements: a million are more than any page has. */
const vast = (elements: number) =>
  code('vast()', [
    display({ 'text/plain': 'small' }),
    display({ 'text/html': '<i>a</i>'.repeat(elements), 'text/plain': 'a vast table' }),
    display({ 'text/html': '<b>after</b>' }),
  ]);
const notebook = [
  prose('# Title\n\nWords'),
  code('one()', [display({ 'text/html': '<u>1</u>' })]),
  vast(1_000_000),
];

async function htmlOf(renderer: Renderer, job: NotebookJob) {
  const { result, plain } = await renderer.render(job);
  return { html: toHtml({ type: 'root', children: [result.body] }), plain: [...plain], result };
}

test('a piece that takes too long is shown as its text and named, all others as they are', async () => {
  const renderer = rendererOf({ pieceMs: 1500 });
  const [bad, good] = await Promise.all([
    htmlOf(renderer, jobOf(notebook)),
    htmlOf(renderer, jobOf(notebook.slice(0, 2))),
  ]);
  expect(bad.plain).toEqual([['cell 3, output 2', 'time']]);
  expect(bad.html).toContain('This output took too long to lay out: it is shown as its text.');
  expect(bad.html).toContain('a vast table');
  for (const part of ['<p>Words</p>', '<u>1</u>', '>small</pre>', '<b>after</b>']) {
    expect(bad.html).toContain(part);
  }
  expect(bad.result.title).toBe('Title');
  expect(good.plain).toEqual([]);
  expect(bad.html.startsWith(good.html)).toBe(true);
});

test('so is one that takes too much memory, and the next job finds a process', async () => {
  const renderer = rendererOf({ memory: 64 });
  const { html, plain } = await htmlOf(renderer, jobOf(notebook));
  expect(plain).toEqual([['cell 3, output 2', 'memory']]);
  expect(html).toContain('This output took too much memory to lay out');
  expect((await htmlOf(renderer, jobOf(notebook.slice(0, 2)))).plain).toEqual([]);
});

test('a job of which the process dies is begun again', async () => {
  const renderer = rendererOf({});
  renderer.start();
  let isKilled = false;
  const { result, plain } = await renderer.render(jobOf([prose('# Title'), vast(150_000)]), () => {
    if (isKilled) return;
    isKilled = true;
    for (const pid of childrenOf(process.pid)) process.kill(pid, 'SIGKILL');
  });
  expect(isKilled).toBe(true);
  expect([...plain]).toEqual([]);
  expect(result.title).toBe('Title');
});

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const children = text === '' ? [] : text.split(' ').map(Number);
  // Beside those that render there may be the tests' Postgres and browser.
  return children.filter((child) => commandOf(child).includes('render-process'));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

test('a process whose parent is gone before it has begun ends, too', async () => {
  const entry = join(root, 'dist/server/rendering/render-process.js');
  const child = fork(entry, [JSON.stringify(limits)], { env: {}, execArgv: [] });
  const gone = once(child, 'exit');
  child.disconnect();
  expect(await gone).toEqual([0, null]);
});

test('the process has none of the environment', async () => {
  const renderer = rendererOf({});
  const before = new Set(childrenOf(process.pid));
  await renderer.render(jobOf(notebook.slice(0, 2)));
  const [child] = childrenOf(process.pid).filter((pid) => !before.has(pid));
  const environment = readFileSync(`/proc/${child ?? 0}/environ`, 'utf8');
  expect(environment).not.toMatch(/PATH=|HOME=|DATABASE_URL=/);
});

test('what is no notebook is refused by name, at once', async () => {
  await expect(
    rendererOf({}).render({ ...jobOf([]), document: [Buffer.from('{"cells": 1}')] }),
  ).rejects.toMatchObject({ code: 'NOTEBOOK_INVALID', where: 'test' });
});

test('a notebook that takes too long with all its pieces is shown as text, all of it', async () => {
  const cells = [prose('# Title'), ...Array.from({ length: 40 }, () => prose('*a* '.repeat(500)))];
  const { html, plain } = await htmlOf(rendererOf({ jobMs: 300 }), jobOf(cells));
  expect(plain.at(-1)).toEqual([wholePage, 'time']);
  expect(html).toContain('# Title');
  expect(html).not.toContain('<em>');
});

test('a piece that fails is shown as its text, and told of', () => {
  const failed: string[] = [];
  const begun: string[] = [];
  const pieces = monitoredPieces(
    new Map([['b', 'time']]),
    (piece) => begun.push(piece),
    (piece) => failed.push(piece),
  );
  const layOut = (piece: string) =>
    pieces.layOut(
      piece,
      () => {
        if (piece === 'c') throw new RangeError('Maximum call stack size exceeded');
        return 'laid out';
      },
      (reason) => reason,
    );
  expect(['a', 'b', 'c'].map(layOut)).toEqual(['laid out', 'time', 'fault']);
  expect([begun, failed]).toEqual([['a', 'c'], ['c']]);
});

test('runs are compared, and queries traced', async () => {
  const renderer = rendererOf({});
  const document = (value: string) => [
    Buffer.from(
      JSON.stringify(notebookOf([code('x', [display({ 'text/html': `<p>${value}</p>` })])])),
    ),
  ];
  const { result } = await renderer.render({
    kind: 'comparison',
    name: 'x',
    before: document('1'),
    after: document('2'),
  });
  expect(result.differences).toEqual([
    { group: 'Text of cell 1', name: 'text', before: '1', after: '2', change: '+1' },
  ]);
  const lineage = await renderer.render({
    kind: 'lineage',
    columns: new Map([['gold.a', ['b']]]),
    sql: new Map(),
    queries: new Map([['x', ['select b from gold.a', 'no SQL']]]),
  });
  expect([...lineage.result.readers]).toEqual([['gold.a.b', new Set(['x'])]]);
});

test('whoever waits behind slow jobs is told, and so may others go on without', async () => {
  const renderer = rendererOf({ pieceMs: 1500 });
  const told: string[] = [];
  const rendered = [1, 2, 3].map(() => renderer.render(jobOf(notebook)));
  // As soon as all processes are at something slow.
  await new Promise<void>((resolve) => {
    const waiting = renderer.render(jobOf(notebook.slice(0, 2)), () => {
      told.push('waits');
      resolve();
    });
    rendered.push(waiting);
  });
  expect(told).toContain('waits');
  expect((await Promise.all(rendered)).map(({ plain }) => plain.size)).toEqual([1, 1, 1, 0]);
});

test('code is coloured text by text, and what takes too long stays plain', async () => {
  const renderer = rendererOf({ pieceMs: 300 });
  // Below all bounds of the highlighter, and as dear as it gets.
  const dear = `${'<'.repeat(1900)}\n`.repeat(30);
  const texts = new Map([
    ['good', 'select 1 -- </script>'],
    ['dear', dear],
  ]);
  const { result } = await renderer.render({ kind: 'code', language: 'sql', texts });
  const html = (name: string) => result.get(name)?.html.join('') ?? '';
  expect(html('good')).toBe(
    '<code><span class="hljs-keyword">select</span> <span class="hljs-number">1</span> <span class="hljs-comment">-- &#x3C;/script></span></code>',
  );
  expect(
    html('dear')
      .replace(/<[^>]*>/g, '')
      .replaceAll('&#x3C;', '<'),
  ).toBe(dear);
});
