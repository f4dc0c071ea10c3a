// Terminal output of a cell (stdout, stderr) as HTML.

import type { ElementContent } from 'hast';
import { h } from 'hastscript';
import {
  parseAnsi,
  plainStyle,
  type AnsiRun,
  type AnsiStyle,
  type AnsiToken,
  type AnsiColor,
} from './ansi.js';

/**
 * Terminal output as a terminal would finally show it: colours as classes (`ansi-red`, `ansi-bold`), overwritten
 * text removed.
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

/** Replays cursor movements: text after a carriage return overwrites the line. */
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
    // A line feed has no visible style, so it joins the run before it.
    if (last !== undefined && (style === undefined || last.style === style)) last.parts.push(text);
    else runs.push({ parts: [text], style: style ?? plainStyle });
  };
  lines.forEach((line, index) => {
    if (index > 0) add('\n', undefined);
    for (const { character, style } of line) add(character, style);
  });
  return runs.map(({ parts, style }) => ({ text: parts.join(''), style }));
}

/** The eight terminal hues; the stylesheet has a colour for each. */
const hues = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/**
 * The colour name for a terminal colour: one of eight hues, or its `bright-…` variant. Pages are read on paper and
 * on light and dark screens, where the exact colour that a program chose may be illegible; the stylesheet has a
 * legible one for each name.
 */
function ansiColorName(color: AnsiColor): string {
  if (typeof color !== 'number') return nearestName(...color);
  if (color < 8) return hues[color] ?? 'white';
  if (color < 16) return `bright-${hues[color - 8] ?? 'white'}`;
  return nearestName(...paletteColor(color));
}

/** The colours 16 to 255 of xterm: a cube of 6 × 6 × 6, then 24 greys. */
function paletteColor(index: number): [number, number, number] {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
}

function nearestName(red: number, green: number, blue: number): string {
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  if (most - least < 32) {
    if (most < 64) return 'black';
    if (most < 140) return 'bright-black';
    return most < 230 ? 'white' : 'bright-white';
  }
  // The hue in sixths of the colour circle, from red over yellow, green, cyan, blue, magenta.
  const spread = most - least;
  const sixth =
    most === red
      ? (green - blue) / spread
      : most === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread;
  const circle = ['red', 'yellow', 'green', 'cyan', 'blue', 'magenta'] as const;
  const name = circle[(Math.round(sixth) + 6) % 6] ?? 'red';
  return most > 200 && least > 60 ? `bright-${name}` : name;
}
