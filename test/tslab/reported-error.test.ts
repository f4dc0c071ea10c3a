import { describe, expect, test } from 'vitest';
import { readLateError, readReportedError } from '../../src/tslab/reported-error.js';

const stack = '\n    at evalmachine.<anonymous>:3:7\n    at evalmachine.<anonymous>:5:3\n';

describe('what tslab prints of a thrown value', () => {
  test.each([
    [`TypeError: bad${stack}`, 'TypeError', 'bad'],
    [`TypeError: two\nlines${stack}`, 'TypeError', 'two\nlines'],
    [`Error${stack}`, 'Error', ''],
    [`Error: ${stack}`, 'Error', ''],
    [`error: relation "x" does not exist${stack}`, 'error', 'relation "x" does not exist'],
    [`Error [ERR_X]: coded${stack}`, 'Error', 'coded'],
    [`evalmachine.<anonymous>:3\nthrow e;\n^\n\nMyErr: own${stack}`, 'MyErr', 'own'],
    [`<anonymous_script>:1\n{bad\n ^\n\nSyntaxError: Expected${stack}`, 'SyntaxError', 'Expected'],
    ['[RangeError: no stack]\n', 'RangeError', 'no stack'],
    ['text\n', 'Uncaught', 'text'],
    ['two\nlines\n', 'Uncaught', 'two\nlines'],
    ['{ a: 1 }\n', 'Uncaught', '{ a: 1 }'],
    ['null\n', 'Uncaught', 'null'],
    ['\n', 'Uncaught', ''],
  ])('%j', (text, ename, evalue) => {
    expect(readReportedError(['mine\n', text])).toMatchObject({ ename, evalue, texts: [text] });
  });

  test('names of the compiled code do not show', () => {
    expect(readReportedError([`TypeError: exports.rows is not iterable${stack}`])?.evalue).toBe(
      'rows is not iterable',
    );
    expect(
      readReportedError([`TypeError: (0 , pipeline_1.query) is not a function${stack}`])?.evalue,
    ).toBe('query is not a function');
  });

  test('the stack keeps what follows it', () => {
    expect(readReportedError([`Error: x${stack.trimEnd()} {\n  code: 'E'\n}\n`])?.stack).toEqual([
      '    at evalmachine.<anonymous>:3:7',
      '    at evalmachine.<anonymous>:5:3 {',
      "  code: 'E'",
      '}',
    ]);
  });

  test('without any text there is no report', () => {
    expect(readReportedError([])).toBeUndefined();
  });
});

describe('what tslab prints of a cell that does not type-check', () => {
  test('message, line and column; more messages follow', () => {
    const texts = ['2:7 - Cannot find name x.\n', '3:1 - Another.\n', 'helper.ts 9:2 - Third.\n'];
    expect(readReportedError(texts)).toEqual({
      ename: 'TypeScriptError',
      evalue: 'Cannot find name x.\n3:1 - Another.\nhelper.ts 9:2 - Third.',
      position: { line: 2, column: 7 },
      stack: [],
      texts,
    });
  });

  test('of an imported file there is no place in the cell', () => {
    expect(readReportedError(['lib/helper.ts 9:2 - Wrong.\n'])).toMatchObject({
      evalue: 'lib/helper.ts 9:2 - Wrong.',
      position: undefined,
    });
  });

  test('text of an earlier timer before it is not taken for it', () => {
    expect(readReportedError(['tick\n', '1:1 - Wrong.\n'])?.texts).toEqual(['1:1 - Wrong.\n']);
  });
});

describe('what tslab prints of an exception that no cell waited for', () => {
  test.each(['UncaughtException: ', 'UnhandledPromiseRejection: '])('%s', (prefix) => {
    const text = `${prefix}Error: in timer\n    at Timeout._onTimeout (evalmachine.<anonymous>:3:47)\n`;
    expect(readLateError(text)).toMatchObject({
      ename: 'Error',
      evalue: 'in timer',
      texts: [text],
    });
    expect(readReportedError(['own\n', text])?.texts).toEqual(['own\n']);
  });

  test('other text is none', () => {
    expect(readLateError('Error: UncaughtException: x\n')).toBeUndefined();
  });
});
