import { expect, test } from 'vitest';
import type { Notebook } from '../../../src/nbformat/notebook.js';
import { Autosave } from '../../../src/notebook/execute/autosave.js';
import { notebookOf } from '../notebooks.js';

const named = (name: string): Notebook => notebookOf([name]);
const nameOf = ({ cells }: Notebook) => cells[0]?.source;

/** A write that waits until it is let go. */
class Writes {
  readonly begun: unknown[] = [];
  readonly #ends: (() => void)[] = [];
  readonly write = async (notebook: Notebook): Promise<void> => {
    this.begun.push(nameOf(notebook));
    await new Promise<void>((resolve) => this.#ends.push(resolve));
  };
  letGo(): void {
    for (const end of this.#ends.splice(0)) end();
  }
}

test('what comes during a write is written next, in its newest state', async () => {
  const writes = new Writes();
  const autosave = new Autosave(writes.write);
  for (const name of ['a', 'b', 'c']) autosave.save(() => named(name));
  expect(writes.begun).toEqual(['a']);
  writes.letGo();
  await expect.poll(() => writes.begun).toEqual(['a', 'c']);
  writes.letGo();
  await autosave.close();
  expect(writes.begun).toEqual(['a', 'c']);
});

test('closing waits for the write under way, and nothing is written afterwards', async () => {
  const writes = new Writes();
  const autosave = new Autosave(writes.write);
  autosave.save(() => named('a'));
  autosave.save(() => named('b'));
  let isClosed = false;
  const closing = autosave.close().then(() => {
    isClosed = true;
  });
  await Promise.resolve();
  expect(isClosed).toBe(false);
  writes.letGo();
  await closing;
  autosave.save(() => named('c'));
  expect(writes.begun).toEqual(['a']);
});

test('a write that fails ends neither the run nor the saving', async () => {
  const begun: unknown[] = [];
  const autosave = new Autosave((notebook) => {
    begun.push(nameOf(notebook));
    return Promise.reject(new Error('the disk is full'));
  });
  autosave.save(() => named('a'));
  await new Promise((resolve) => setImmediate(resolve));
  autosave.save(() => named('b'));
  await autosave.close();
  expect(begun).toEqual(['a', 'b']);
});
