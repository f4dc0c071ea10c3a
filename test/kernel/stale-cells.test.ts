import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StaleCells, type CellRun } from '../../src/kernel/stale-cells.js';

/** Runs a cell whose text says what it does: `a b = c` writes a and b and reads c. */
function run(cells: StaleCells, cell: string, text: string): void {
  cells.ran(cell, text, parse(text));
}

function parse(text: string): CellRun {
  const [writes = '', reads = ''] = text.split('=');
  return { writes: writes.split(' ').filter(Boolean), reads: reads.split(' ').filter(Boolean) };
}

test('what reads from a cell that ran again is stale, and what reads from that', () => {
  const cells = new StaleCells();
  run(cells, '1', 'a =');
  run(cells, '2', 'b = a');
  run(cells, '3', 'c = b');
  run(cells, '4', 'd =');
  expect(cells.stale()).toEqual([]);
  run(cells, '1', 'a =');
  expect(cells.stale()).toEqual(['2', '3']);
  run(cells, '2', 'b = a');
  expect(cells.stale()).toEqual(['3']);
  run(cells, '3', 'c = b');
  expect(cells.stale()).toEqual([]);
  expect([...cells.dependents()]).toEqual([
    ['1', ['2', '3']],
    ['2', ['3']],
  ]);
});

test('a text that is no longer the one that ran is stale until it is again', () => {
  const cells = new StaleCells();
  run(cells, '1', 'a =');
  run(cells, '2', '= a');
  cells.edited('1', 'a = 2');
  expect(cells.stale()).toEqual(['1', '2']);
  cells.edited('1', 'a =');
  expect(cells.stale()).toEqual([]);
  cells.edited('3', '= a');
  expect(cells.stale()).toEqual([]);
});

test('a name of a cell that is gone, or no longer declares it, is stale where it was read', () => {
  const cells = new StaleCells();
  run(cells, '1', 'a =');
  run(cells, '2', '= a');
  run(cells, '1', 'b =');
  run(cells, '2', '= a');
  expect(cells.stale()).toEqual(['2']);
  run(cells, '1', 'a =');
  run(cells, '2', '= a');
  cells.removed('1');
  expect(cells.stale()).toEqual(['2']);
});

test('a cell that changes a name has read it before', () => {
  const cells = new StaleCells();
  run(cells, '1', 'n =');
  run(cells, '2', 'n = n');
  run(cells, '3', '= n');
  expect(cells.stale()).toEqual([]);
  run(cells, '2', 'n = n');
  expect(cells.stale()).toEqual(['3']);
  run(cells, '3', '= n');
  run(cells, '1', 'n =');
  expect(cells.stale()).toEqual(['2', '3']);
});

/** What a run made, told by all that went into it: two of them are the same when their texts are. */
type Value = string;

interface Event {
  readonly cell: string;
  readonly what: 'run' | 'edit' | 'remove';
  readonly text: string;
}

/** What cells showed and saw, by running texts one after another in an empty kernel. */
function execute(runs: readonly (readonly [cell: string, text: string, ran?: string])[]) {
  const names = new Map<
    string,
    {
      readonly by: string;
      readonly text: string;
      readonly value: Value;
      /** Set where it was there before; its value then. */
      readonly changes?: { readonly base?: Value };
    }
  >();
  const shown = new Map<string, Value>();
  const left = new Map<string, Map<string, Value | undefined>>();
  const readFrom = new Map<string, Set<string>>();
  /** The text of each cell's run before. */
  const before = new Map<string, string>();
  for (const [cell, text, ran = text] of runs) {
    const { reads } = parse(text);
    // What a text would declare that has not run yet is not known.
    const { writes } = parse(ran);
    const fromBefore = readFrom.get(cell);
    const from = new Set<string>();
    const inputs = new Map(
      reads.map((name) => {
        const known = names.get(name);
        const isAgain = known?.by === cell && known.text === text && before.get(cell) === text;
        if (!isAgain || known.changes === undefined) {
          if (known !== undefined) from.add(known.by);
          return [name, known?.value];
        }
        // The change of the same text is taken back: what counts is what it changed.
        for (const one of fromBefore ?? []) from.add(one);
        return [name, known.changes.base];
      }),
    );
    const value = `${cell}(${text})[${[...inputs].map(([name, one]) => `${name}:${one ?? '-'}`).join()}]`;
    shown.set(cell, value);
    for (const name of writes) {
      const base = inputs.get(name);
      const changes = { ...(base === undefined ? {} : { base }) };
      names.set(name, { by: cell, text, value, ...(inputs.has(name) ? { changes } : {}) });
    }
    readFrom.set(cell, from);
    before.set(cell, text);
    left.set(cell, new Map(reads.map((name) => [name, names.get(name)?.value])));
  }
  return { names, shown, left, readFrom };
}

/**
 * The stale cells by a recomputation of everything: what the cells that are left would show if they ran once more
 * in the order of their last runs with the texts of now; and what they saw, beside what the kernel has.
 */
function recompute(events: readonly Event[]): string[] {
  const runs: [string, string][] = [];
  const texts = new Map<string, string>();
  for (const { cell, what, text } of events) {
    if (what === 'run') runs.push([cell, text]);
    if (what === 'remove') texts.delete(cell);
    else texts.set(cell, text);
  }
  const removed = new Set<string>();
  for (const { cell, what } of events) {
    if (what === 'run') removed.delete(cell);
    if (what === 'remove') removed.add(cell);
  }
  const last = [...new Set(runs.map(([cell]) => cell).reverse())].reverse();
  const alive = last.filter((cell) => !removed.has(cell));
  const actual = execute(runs);
  const lastText = new Map(runs);
  const again = execute(
    alive.map((cell) => [cell, texts.get(cell) ?? '', lastText.get(cell) ?? '']),
  );
  const stale = new Set(
    alive.filter((cell) => {
      if (again.shown.get(cell) !== actual.shown.get(cell)) return true;
      return [...(actual.left.get(cell) ?? [])].some(
        ([name, value]) => actual.names.get(name)?.value !== value,
      );
    }),
  );
  for (let size = -1; size !== stale.size;) {
    size = stale.size;
    for (const cell of alive) {
      if ([...(actual.readFrom.get(cell) ?? [])].some((one) => stale.has(one))) stale.add(cell);
    }
  }
  return alive.filter((cell) => stale.has(cell)).sort();
}

test('1,000 random sequences of edits and runs are as a recomputation from scratch says', () => {
  const names = fc.subarray(['a', 'b', 'c']);
  const text = fc
    .tuple(names, names)
    .map(([writes, reads]) => `${writes.join(' ')} = ${reads.join(' ')}`);
  const event = fc.record<Event>({
    cell: fc.constantFrom('1', '2', '3', '4', '5'),
    what: fc.oneof(
      { weight: 8, arbitrary: fc.constant('run' as const) },
      { weight: 3, arbitrary: fc.constant('edit' as const) },
      { weight: 1, arbitrary: fc.constant('remove' as const) },
    ),
    text,
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 25 }), (events) => {
      const cells = new StaleCells();
      const happened: Event[] = [];
      const declared = new Set<string>();
      for (const one of events) {
        const { cell, what, text: source } = one;
        const { reads, writes } = parse(source);
        // The compiler refuses a cell with a name that nobody has declared.
        if (what === 'run' && reads.some((name) => !declared.has(name))) continue;
        // The id of a cell that is gone is not given again.
        if (happened.some((before) => before.cell === cell && before.what === 'remove')) continue;
        if (what === 'run') {
          run(cells, cell, source);
          for (const name of writes) declared.add(name);
        } else if (what === 'edit') cells.edited(cell, source);
        else cells.removed(cell);
        happened.push(one);
        expect(cells.stale().sort()).toEqual(recompute(happened));
      }
    }),
    { numRuns: 1000 },
  );
});
