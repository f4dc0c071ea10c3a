import { expect, test } from 'vitest';
import { ColoredCode } from '../../../src/server/rendering/colored-code.js';
import { toHtml } from '../../../src/server/rendering/html/to-html.js';
import type { Renderer } from '../../../src/server/rendering/renderer.js';
import type { RenderedCode } from '../../../src/server/rendering/rendered-code.js';

/** A renderer whose jobs end, or are slow, when the test says so. */
function fakeRenderer() {
  const jobs: { end: (code: RenderedCode) => void; fail: () => void; slow: () => void }[] = [];
  const render = (_job: unknown, slow: () => void) =>
    new Promise((resolve, reject) => {
      jobs.push({
        end: (result) => {
          resolve({ result, plain: new Map() });
        },
        fail: () => {
          reject(new Error('too much'));
        },
        slow,
      });
    });
  return { jobs, renderer: { render } as unknown as Renderer };
}

const texts = new Map([['a', 'select <1>']]);
const colored: RenderedCode = new Map([
  ['a', { type: 'finished', html: ['<code><b>select</b></code>'], links: [] }],
]);
const written = (code: RenderedCode) => {
  const node = code.get('a');
  return node === undefined ? undefined : toHtml({ type: 'root', children: [node] });
};

test('a page does not wait for slow code, which is plain until it is there, and made once', async () => {
  const { jobs, renderer } = fakeRenderer();
  const code = new ColoredCode(renderer);
  const first = code.read('sql', texts);
  jobs[0]?.slow();
  expect((await first).rest).toBeInstanceOf(Promise);
  expect(written((await first).code)).toBe('<code>select &#x3C;1></code>');
  expect((await code.read('sql', texts)).rest).toBeInstanceOf(Promise);
  jobs[0]?.end(colored);
  await expect.poll(async () => (await code.read('sql', texts)).rest).toBeUndefined();
  expect(written((await code.read('sql', texts)).code)).toBe('<code><b>select</b></code>');
  expect(jobs).toHaveLength(1);
  void code.read('yaml', texts);
  expect(jobs).toHaveLength(2);
});

test('code that cannot be coloured stays plain', async () => {
  const { jobs, renderer } = fakeRenderer();
  const code = new ColoredCode(renderer);
  const found = code.read('sql', texts);
  jobs[0]?.fail();
  expect((await found).rest).toBeUndefined();
  expect(written((await found).code)).toBe('<code>select &#x3C;1></code>');
  expect(await code.read('sql', new Map())).toEqual({ code: new Map(), rest: undefined });
});
