import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { CellProgram } from '../../src/cells/cell-program.js';
import { browserProblem, moduleName } from '../../src/cells/cell-tags.js';

const check = (...cells: string[]) =>
  [
    ...CellProgram.checkAll(
      tmpdir(),
      new Map(cells.map((cell, at) => [String(at), { source: cell }])),
    ),
  ].map(([, { diagnostics }]) =>
    diagnostics.map(({ line, column, message }) => `${line}:${column} ${message}`),
  );

test('a cell for browsers says so at its mark, and nothing else', () => {
  const mark = /^2:4 A cell that is marked @browser is for a web page: .*daybook\/display/;
  expect(check('/**\n * @browser\n * @jsx h\n */\ndocument.body.nothing;')).toEqual([
    [expect.stringMatching(mark)],
  ]);
  expect(browserProblem('/** @browser */ 1')).toMatchObject({ line: 1, column: 5, length: 8 });
  expect(browserProblem('// @browser\n1')).toBeUndefined();
  expect(browserProblem('const text = "/** @browser */";')).toBeUndefined();
  expect(browserProblem('/** about browsers */ /** @browser */')).toBeUndefined();
});

test('a module of cells is there without an import, and who imports it is told so', () => {
  const [first, second, third] = check(
    '/** @module lib */\nexport const a = 1;',
    "import { a } from './lib';",
    'a + 1',
  );
  expect(first).toEqual([]);
  expect(second).toEqual([expect.stringContaining('its names are there without an import')]);
  expect(third).toEqual([]);
  expect(check("import { a } from './lib';")[0]?.[0]).not.toContain('@module');
  expect(moduleName('/** @module lib */')).toBe('lib');
  expect(moduleName('1; /** @module lib */')).toBeUndefined();
});

test.each(['pipeline', 'display'])(
  'the name of before of daybook/%s leads to its new one',
  (name) => {
    const [problems] = check(`import * as own from '@daybook/${name}';`);
    expect(problems).toEqual([
      expect.stringContaining(
        `"@daybook/${name}" is called "daybook/${name}" now: change the import.`,
      ),
    ]);
    const [others] = check("import x from '@daybook/other';");
    expect(others).toEqual([expect.not.stringContaining('is called')]);
  },
);
