// Parsing of terminal output: ANSI escape sequences for colours and cursor movements.

/** A terminal colour: one of 256, or red, green and blue from 0 to 255. */
export type AnsiColor = number | readonly [red: number, green: number, blue: number];

/** The text style, set by SGR sequences (ECMA-48, Select Graphic Rendition). */
export interface AnsiStyle {
  readonly foreground?: AnsiColor | undefined;
  readonly background?: AnsiColor | undefined;
  readonly bold?: boolean;
  readonly faint?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly inverse?: boolean;
}

/** Text of one style. */
export interface AnsiRun {
  readonly text: string;
  readonly style: AnsiStyle;
}

/** Text or a cursor movement: return to the start of the line, or erase to its end. */
export type AnsiToken = AnsiRun | { readonly move: 'carriage-return' | 'backspace' | 'erase-line' };

/** The initial style of each output. */
export const plainStyle: AnsiStyle = Object.freeze({});

/* eslint-disable no-control-regex -- control characters are what this file is about */

// One alternative for each thing that is not text: control sequences (CSI), operating-system commands
// and other strings (OSC, DCS, SOS, PM, APC) up to their end, other escapes, single controls. A sequence
// that is cut off by the end of the output is swallowed too.
const control = new RegExp(
  [
    '(?:\\x1b\\[|\\x9b)([0-?]*)[ -/]*([@-~])?',
    '(?:\\x1b[\\]PX^_]|[\\x9d\\x90\\x98\\x9e\\x9f])[^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)?',
    '\\x1b[ -/]*[0-~]?',
    '\\r+',
    '[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]',
  ].join('|'),
  'g',
);
const anyControl = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

/**
 * Splits terminal output into styled text and cursor movements. Of control characters only tab and line feed
 * remain; sequences without meaning on paper are dropped.
 */
export function parseAnsi(text: string): AnsiToken[] {
  if (!anyControl.test(text)) return text === '' ? [] : [{ text, style: plainStyle }];
  const tokens: AnsiToken[] = [];
  let style = plainStyle;
  let position = 0;
  const addText = (added: string) => {
    const last = tokens.at(-1);
    // Dropped sequences between them do not split a run.
    if (last !== undefined && 'text' in last && last.style === style) {
      tokens[tokens.length - 1] = { text: last.text + added, style };
    } else tokens.push({ text: added, style });
  };
  for (const match of text.matchAll(control)) {
    if (match.index > position) addText(text.slice(position, match.index));
    position = match.index + match[0].length;
    if (match[2] === 'm') style = applySgr(style, match[1] ?? '');
    else if (match[2] === 'K') tokens.push({ move: 'erase-line' });
    else if (match[0].startsWith('\r')) {
      // Before a line feed it has no effect.
      if (text[position] !== '\n') tokens.push({ move: 'carriage-return' });
    } else if (match[0] === '\b') tokens.push({ move: 'backspace' });
  }
  if (position < text.length) addText(text.slice(position));
  return tokens;
}

/** The style after an SGR sequence with these parameters, like `1;38;5;208` or `4:3;38:2::255:0:0`. */
function applySgr(before: AnsiStyle, parameters: string): AnsiStyle {
  let style = before;
  const codes = parameters.split(';').flatMap(readParameter);
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const { color, length } = readColor(codes.slice(index + 1, index + 5));
      index += length;
      if (color !== undefined) {
        style = code === 38 ? { ...style, foreground: color } : { ...style, background: color };
      }
    } else {
      style = applyCode(style, code);
    }
  }
  return style;
}

/** A parameter with colon-separated parts (ITU T.416), as the equivalent codes without. */
function readParameter(parameter: string): number[] {
  const [code = 0, ...parts] = parameter.split(':').map(Number);
  const [kind = 0, ...rest] = parts;
  if (parts.length === 0) return [code];
  // Kinds of underline; 0 is none.
  if (code === 4) return [kind === 0 ? 24 : 4];
  if (code !== 38 && code !== 48) return [];
  // A colour space number may precede red, green and blue.
  return [code, kind, ...(kind === 2 && rest.length > 3 ? rest.slice(1, 4) : rest)];
}

function readColor(codes: readonly number[]): { color: AnsiColor | undefined; length: number } {
  const [kind, ...parts] = codes;
  const isByte = (value: number | undefined): value is number =>
    value !== undefined && Number.isInteger(value) && value >= 0 && value <= 255;
  if (kind === 5) return { color: isByte(parts[0]) ? parts[0] : undefined, length: 2 };
  if (kind !== 2) return { color: undefined, length: kind === undefined ? 0 : 1 };
  const [red, green, blue] = parts;
  return {
    color: isByte(red) && isByte(green) && isByte(blue) ? [red, green, blue] : undefined,
    length: 4,
  };
}

function applyCode(style: AnsiStyle, code: number): AnsiStyle {
  if (code >= 30 && code <= 37) return { ...style, foreground: code - 30 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 90 && code <= 97) return { ...style, foreground: code - 90 + 8 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 100 + 8 };
  switch (code) {
    case 0:
      return plainStyle;
    case 1:
      return { ...style, bold: true };
    case 2:
      return { ...style, faint: true };
    case 3:
      return { ...style, italic: true };
    case 4:
      return { ...style, underline: true };
    case 7:
      return { ...style, inverse: true };
    case 9:
      return { ...style, strike: true };
    case 22:
      return { ...style, bold: false, faint: false };
    case 23:
      return { ...style, italic: false };
    case 24:
      return { ...style, underline: false };
    case 27:
      return { ...style, inverse: false };
    case 29:
      return { ...style, strike: false };
    case 39:
      return { ...style, foreground: undefined };
    case 49:
      return { ...style, background: undefined };
    default:
      return style;
  }
}
