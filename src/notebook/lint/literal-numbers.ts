// Findings about numbers in prose that are copies of outputs, and become wrong with the next run.

import { joinText, type Notebook } from '../../nbformat/notebook.js';
import type { RawFinding } from './lint-finding.js';

/** Numbers as people write them: groups of three by comma, point or blank, a fraction. */
const number =
  /(?<![\w.,/:#-])\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?(?![\w/:-]|[.,]\d)|(?<![\w.,/:#-])\d+(?:\.\d+)?(?![\w/:-]|[.,]\d)/g;

/** What is no sentence: code, formulas, addresses. */
const silent = /```[\s\S]*?(?:```|$)|`[^`\n]*`|\$[^$\n]+\$|\]\([^)\n]*\)|<[^>\n]*>|https?:\S+/g;

/** The sentences of a notebook with a number that one of its outputs has, too. Saved outputs are looked at. */
export function literalNumbers({ cells }: Notebook): RawFinding[] {
  const computed = new Set(
    cells.flatMap((cell) =>
      cell.cell_type === 'code'
        ? cell.outputs.flatMap((output) =>
            numbersIn(JSON.stringify(output)).map(([value]) => value),
          )
        : [],
    ),
  );
  if (computed.size === 0) return [];
  return cells.flatMap((cell, index) => {
    if (cell.cell_type !== 'markdown') return [];
    const prose = joinText(cell.source).replace(silent, (text) => ' '.repeat(text.length));
    return numbersIn(prose).flatMap(([value, start, text]): RawFinding[] => {
      if (!computed.has(value)) return [];
      const message = `${text} is a result of this notebook: compute the sentence, as with markdown(\`… \${value} …\`)`;
      return [{ rule: 'literal-number', cell: index + 1, start, message }];
    });
  });
}

/** The numbers of a text that are no chance: with a fraction, or of three digits and more, and no year. */
function numbersIn(text: string): [value: string, start: number, text: string][] {
  return [...text.matchAll(number)].flatMap(({ 0: found, index }): [string, number, string][] => {
    const value = found.replace(/[,\u00a0\u202f]/g, '');
    const digits = value.replace(/\D/g, '').replace(/^0+/, '');
    const isYear = /^(?:19|20)\d\d$/.test(found);
    return digits.length < 3 || isYear ? [] : [[value, index, found]];
  });
}
