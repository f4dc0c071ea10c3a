// Layout of formatted SQL: where lines break and how they are indented. What fits on a line stands on one, joins stand
// below their `from`.

import { sqlTokens } from '../sql-tokens.js';

/** A line with the lines that are indented below it. */
interface Block {
  readonly text: string;
  readonly children: readonly Block[];
}

/** Blocks that belong together: `count(*) filter (` and its `) as gone,`; `case` and its `end`. */
type Chain = readonly Block[];

/** Characters of a line. */
const width = 100;

const step = '  ';

const closer = /^(?:[)\]]|end\b)/;

const join = /^(?:(?:natural|cross|inner|left|right|full|outer) )*join\b/;

/** Begins a clause that goes on below its first condition: `where a` and then `and b`. */
const condition = /^(?:where|having)$/;

/**
 * Puts clauses on one line where they fit.
 *
 * @param sql - One part a line, indented by two spaces, without a token that has several lines.
 * @param isOneLine - Whether all of it stands on one line, where that fits.
 */
export function layoutSql(sql: string, isOneLine: boolean): string {
  const blocks = blocksOf(sql.split('\n'));
  const whole = isOneLine ? oneLine(blocks) : undefined;
  return whole !== undefined && whole.length <= width ? whole : linesOf(blocks, 0).join('\n');
}

function blocksOf(lines: readonly string[]): Block[] {
  interface Growing extends Block {
    readonly children: Growing[];
  }
  const root: Growing[] = [];
  const open: { readonly indent: number; readonly blocks: Growing[] }[] = [
    { indent: 0, blocks: root },
  ];
  for (const line of lines) {
    const text = line.trim();
    if (text === '') continue;
    const indent = line.length - line.trimStart().length;
    while (open.length > 1 && indent < (open.at(-1)?.indent ?? 0)) open.pop();
    let { blocks } = open.at(-1) ?? { blocks: root };
    const above = blocks.at(-1);
    if (indent > (open.at(-1)?.indent ?? 0) && above !== undefined) {
      ({ children: blocks } = above);
      open.push({ indent, blocks });
    }
    blocks.push({ text, children: [] });
  }
  return root;
}

function linesOf(blocks: readonly Block[], depth: number): string[] {
  return chainsOf(blocks.flatMap(withoutJoins)).flatMap((chain) => {
    const whole = oneLine(chain);
    const indent = step.repeat(depth);
    if (whole !== undefined && indent.length + whole.length <= width) return [indent + whole];
    return chain.flatMap((block) => {
      const { text, children } = block;
      const [first, ...others] = chainsOf(children);
      if (first === undefined || !goesOn(text, first, others)) {
        return [indent + text, ...linesOf(children, depth + 1)];
      }
      const [head, ...rest] = first;
      return [
        ...linesOf(
          [{ text: `${text} ${head?.text}`, children: head?.children ?? [] }, ...rest],
          depth,
        ),
        ...linesOf(others.flat(), depth + 1),
      ];
    });
  });
}

/** Whether the first part of a clause stands on the line of its word: `from (`, `where a`. */
function goesOn(word: string, [first]: Chain, others: readonly Chain[]): boolean {
  if (first === undefined || hasComment(word) || hasComment(first.text)) return false;
  return condition.test(word) || (others.length === 0 && first.text.endsWith('('));
}

/** The joins of a `from` as blocks beside it, each with all of its conditions. */
function withoutJoins(block: Block): Block[] {
  if (block.text !== 'from') return [block];
  const parts: Block[] = [];
  for (const part of block.children) {
    const above = parts.at(-1);
    if (above !== undefined && /^(?:and|or)\b/.test(part.text)) {
      parts.splice(-1, 1, { ...above, children: [...above.children, part] });
    } else parts.push(part);
  }
  const first = parts.findIndex(({ text }) => join.test(text));
  const at = first < 0 ? parts.length : first;
  return [{ ...block, children: parts.slice(0, at) }, ...parts.slice(at)];
}

function chainsOf(blocks: readonly Block[]): Chain[] {
  const chains: Block[][] = [];
  for (const block of blocks) {
    const last = chains.at(-1);
    if (last !== undefined && closer.test(block.text)) last.push(block);
    else chains.push([block]);
  }
  return chains;
}

/** All of some blocks on one line; undefined: a comment stands in them. */
function oneLine(blocks: readonly Block[]): string | undefined {
  let line = '';
  const add = ({ text, children }: Block): boolean => {
    const isClose = /[([]$/.test(line) || /^[)\]]/.test(text);
    line += line === '' || isClose ? text : ` ${text}`;
    return !hasComment(text) && children.every(add);
  };
  return blocks.every(add) ? line : undefined;
}

function hasComment(text: string): boolean {
  return sqlTokens(text).some(({ kind }) => kind === 'comment');
}
