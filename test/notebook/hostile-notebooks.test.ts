import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { summariseNotebook } from '../../src/nbformat/notebook-summary.js';
import { parseNotebook } from '../../src/nbformat/read-notebook.js';
import { formatNotebook } from '../../src/nbformat/write-notebook.js';
import { notebookOrder } from '../../src/notebook/collection/notebook-order.js';
import { readSources } from '../../src/notebook/collection/notebook-source.js';
import { parameterizeSources } from '../../src/notebook/collection/parameterize-sources.js';
import { planRuns } from '../../src/notebook/plan/plan-runs.js';
import { checkNotebooks } from '../../src/notebook/type-check/check-notebooks.js';
import { markdown, notebookOf } from './notebooks.js';

const whole = formatNotebook(
  notebookOf(
    [
      markdown('# Title\n\nSummary.'),
      { code: "const region: string = 'east';", tags: ['parameters'] },
      {
        code: 'import { readFileSync } from "fs";\nregion.length',
        outputs: [{ output_type: 'stream', name: 'stdout', text: ['4\n'] }],
      },
    ],
    { kernelspec: { name: 'daybook', display_name: 'x' }, daybook: { position: 1, group: 'a' } },
  ),
);

const oddValues = [
  ...[
    null,
    true,
    -1,
    1e308,
    '',
    'a\0b',
    '\ud800',
    [],
    {},
    [[]],
    ['x'],
    { x: [] },
    { __proto__: 1 },
  ],
  ...['x'.repeat(100_000), 'import'.padEnd(100_000), '*a **b '.repeat(10_000), '${'.repeat(1000)],
  ...['['.repeat(20_000), 'const '.repeat(5000), '/*'.repeat(20_000), '\u2028'.repeat(1000)],
];

/** A notebook in which one value has become another, or whose text is damaged. */
const mutated = fc.oneof(
  fc.tuple(fc.nat(), fc.constantFrom(...oddValues)).map(([at, odd]) => replaced(at, odd)),
  fc
    .tuple(fc.nat(whole.length), fc.nat(20), fc.string({ unit: 'binary', maxLength: 5 }))
    .map(([at, length, text]) => whole.slice(0, at) + text + whole.slice(at + length)),
  fc.nat(200_000).map((depth) => whole.replace('"4\\n"', '['.repeat(depth) + ']'.repeat(depth))),
);

function replaced(at: number, odd: unknown): string {
  let index = 0;
  JSON.parse(whole, (_, value: unknown) => ((index += 1), value));
  const wanted = at % index;
  index = 0;
  return JSON.stringify(
    JSON.parse(whole, (_, value: unknown) => ((index += 1), index - 1 === wanted ? odd : value)),
  );
}

test('whatever is in one notebook, the others are planned and checked', async () => {
  const root = mkdtempSync(join(tmpdir(), 'daybook-hostile-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  mkdirSync(join(root, 'notebooks'));
  const texts = fc.sample(mutated, { numRuns: 300, seed: 20_261_130 });
  for (const [index, text] of texts.entries()) {
    writeFileSync(join(root, 'notebooks', `bad-${index}.ipynb`), text);
  }
  writeFileSync(join(root, 'notebooks', 'good.ipynb'), whole);
  const config = parseConfig({}, root);
  const sources = await parameterizeSources(await readSources([], root, {}), [{}], {});
  const plans = await planRuns(sources, undefined, { config, env: {} });
  notebookOrder(plans.map(({ source }) => source));
  expect(plans).toHaveLength(texts.length + 1);
  const good = plans.find(({ source }) => source.slug === 'good');
  expect(good?.runnable?.code.cells).toHaveLength(2);
  const readable = plans.flatMap(({ source: { content, file } }) =>
    'spec' in content ? [{ path: file, notebook: content.notebook }] : [],
  );
  // Of both kinds there are some.
  expect(readable.length).toBeGreaterThan(30);
  expect(readable.length).toBeLessThan(texts.length);
  for (const { notebook } of readable) summariseNotebook(notebook);
  const short = readable.filter(({ notebook }) => JSON.stringify(notebook.cells).length < 5000);
  expect(checkNotebooks(short.slice(0, 40))).toHaveLength(40);
});

test('numbers that JSON does not have are gaps, wherever Python put them, and texts stay what they are', () => {
  const number = fc.constantFrom('NaN', 'Infinity', '-Infinity', '1', '-2.5e3', 'null');
  const text = fc
    .tuple(fc.constantFrom('NaN', 'x\\"NaN, ', '-Infinity\\\\', 'é'), fc.string())
    .map(([word, other]) => JSON.stringify(word + other));
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      number,
      text,
      fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(' , ')}]`),
      fc
        .array(fc.tuple(text, tie('value')), { maxLength: 4 })
        .map((entries) => `{${entries.map(([key, item]) => `${key}: ${item}`).join(',')}}`),
    ),
  }));
  fc.assert(
    fc.property(value, (json) => {
      const notebook = whole
        .replace('"region": "x"', '')
        .replace('"group": "a"', () => `"group": ${json}`);
      const strict = notebook.replace(
        /("(?:[^"\\]|\\.)*")|-?\b(?:NaN|Infinity)\b/g,
        (_, kept?: string) => kept ?? 'null',
      );
      const read = parseNotebook(notebook, 'x');
      expect(read).toEqual(parseNotebook(strict, 'x'));
      expect(() => JSON.parse(formatNotebook(read)) as unknown).not.toThrow();
    }),
    { numRuns: 200 },
  );
  expect(() => parseNotebook(whole.replace('"a"', 'NaNa'), 'x')).toThrow(
    'The notebook is not JSON',
  );
});
