import { describe, expect, test } from 'vitest';
import { positionInTraceback } from '../../../src/notebook/dialects/traceback-position.js';

/** What kernels write around it. */
const rule = '-'.repeat(75);

describe('the line of an error in a cell', () => {
  test.each<[string, string[], number | undefined]>([
    [
      'of our kernel: the innermost comes first',
      ['Error: x', '    at f (In[3]:2:5)', '    at In[3]:4:1'],
      2,
    ],
    [
      'of IPython 8.6 and newer, in colours',
      [rule, '\u001b[0;36mCell \u001b[0;32mIn[3], line 2\u001b[0m\n----> 2 boom()', 'E: x'],
      2,
    ],
    [
      'of IPython 8.5, through a function of another cell',
      [rule, 'Cell In [3], line 3\n----> 3 f()', 'Cell In [1], line 2, in f()\n', 'E: x'],
      3,
    ],
    [
      'of IPython 8.0: the cell, and not the function in it',
      ['Input In [3], in <cell line: 4>()\n', 'Input In [3], in f()\n', 'E: x'],
      4,
    ],
    [
      'of an error raised from another: the last',
      [
        'Cell In[3], line 2\n',
        'A: x',
        '\nThe above exception …:\n',
        'Cell In[3], line 4\n',
        'B: y',
      ],
      4,
    ],
    [
      'of a cell that does not parse',
      ['  Cell In[3], line 1\n    x = = 1\n        ^\nSyntaxError'],
      1,
    ],
    [
      'that only a message holds',
      [rule, 'E: Cell In[3], line 2', 'E: x\nCell In[3], line 2'],
      undefined,
    ],
    ['of another cell', ['Cell In[33], line 2\n', 'Cell In[1], line 2\n', 'E: x'], undefined],
    ['that the cell does not have', ['Cell In[3], line 9\n'], undefined],
  ])('%s', (_, traceback, line) => {
    expect(positionInTraceback(traceback, 3, 'a\nb\nc\nd')?.line).toBe(line);
  });

  test('is not told where the kernel counts other lines, or gave no number', () => {
    expect(positionInTraceback(['Cell In[3], line 1'], 3, '%%time\n\n1/0')).toBeUndefined();
    expect(positionInTraceback(['Cell In[3], line 1'], null, '1/0')).toBeUndefined();
  });
});
