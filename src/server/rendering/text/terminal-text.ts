import type { ElementContent } from 'hast';
import { h } from 'hastscript';
import { ansiColorName } from './ansi-color.js';
import { parseAnsi, plainStyle, type AnsiRun, type AnsiStyle, type AnsiToken } from './ansi.js';

/**
 * What a program wrote for a terminal, as a terminal would show it in the end: colours as classes
 * (`ansi-red`, `ansi-bold`), and what was written over after a carriage return gone.
 */
export function terminalText(text: string): ElementContent[] {
  const tokens = parseAnsi(text);
  const runs = tokens.some((token) => 'move' in token) ? writeOver(tokens) : (tokens as AnsiRun[]);
  return runs.map(({ text: value, style }): ElementContent => {
    const classes = styleClasses(style);
    return classes.length === 0
      ? { type: 'text', value }
      : h('span', { className: classes }, value);
  });
}

function styleClasses(style: AnsiStyle): string[] {
  const classes = (['bold', 'faint', 'italic', 'underline', 'strike', 'inverse'] as const)
    .filter((name) => style[name] === true)
    .map((name) => `ansi-${name}`);
  if (style.foreground !== undefined) classes.push(`ansi-${ansiColorName(style.foreground)}`);
  if (style.background !== undefined) classes.push(`ansi-on-${ansiColorName(style.background)}`);
  return classes;
}

interface Character {
  readonly character: string;
  readonly style: AnsiStyle;
}

/** Replays the movements: text after a carriage return stands over the line's old text. */
function writeOver(tokens: readonly AnsiToken[]): AnsiRun[] {
  const lines: Character[][] = [];
  let line: Character[] = [];
  let column = 0;
  for (const token of tokens) {
    if ('move' in token) {
      if (token.move === 'carriage-return') column = 0;
      else if (token.move === 'backspace') column = Math.max(0, column - 1);
      else line.length = Math.min(line.length, column);
      continue;
    }
    for (const character of token.text) {
      if (character === '\n') {
        lines.push(line);
        line = [];
        column = 0;
      } else {
        while (line.length < column) line.push({ character: ' ', style: plainStyle });
        line[column] = { character, style: token.style };
        column += 1;
      }
    }
  }
  lines.push(line);
  return mergeRuns(lines);
}

function mergeRuns(lines: readonly (readonly Character[])[]): AnsiRun[] {
  const runs: { parts: string[]; style: AnsiStyle }[] = [];
  const add = (text: string, style: AnsiStyle | undefined) => {
    const last = runs.at(-1);
    // A line feed has no look of its own, so it joins whatever stands before it.
    if (last !== undefined && (style === undefined || last.style === style)) last.parts.push(text);
    else runs.push({ parts: [text], style: style ?? plainStyle });
  };
  lines.forEach((line, index) => {
    if (index > 0) add('\n', undefined);
    for (const { character, style } of line) add(character, style);
  });
  return runs.map(({ parts, style }) => ({ text: parts.join(''), style }));
}
