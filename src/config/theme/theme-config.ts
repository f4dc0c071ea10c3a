// The house style of a project file: its accent, logo and fonts.

import { isRecord, type FieldReader } from '../declarations/field-reader.js';
import { isHexColor } from './color.js';
import {
  darkAccent,
  isReadable,
  leastContrast,
  nearestReadable,
  type ColorPair,
  type Scheme,
} from './palette.js';

/** A logo's files, relative to the project's root, or absolute once they were found. */
export interface ThemeLogo {
  readonly file: string;
  /** The file for dark pages; undefined: the same. */
  readonly darkFile: string | undefined;
  /** What it says; empty: a mark beside the title. */
  readonly alternative: string;
}

/** One file of a font. */
export interface ThemeFont {
  /** Which of the pages' texts are set in it. */
  readonly use: 'text' | 'code';
  readonly file: string;
  /** `400`, or a span like `100 900`. */
  readonly weight: string;
  readonly style: 'normal' | 'italic';
}

/** The house style of the dashboard. */
export interface ThemeSettings {
  readonly accent: ColorPair | undefined;
  readonly logo: ThemeLogo | undefined;
  readonly fonts: readonly ThemeFont[];
}

/** Reads `theme`; undefined: the default look. */
export function readTheme(value: unknown, fields: FieldReader): ThemeSettings | undefined {
  if (value === undefined) return undefined;
  const path = ['theme'];
  const given = fields.object(value, path, ['accent', 'logo', 'fonts']);
  const fonts = fields.object(given['fonts'], [...path, 'fonts'], ['text', 'code']);
  return {
    accent: readAccent(given['accent'], fields),
    logo: readLogo(given['logo'], fields),
    fonts: (['text', 'code'] as const).flatMap((use) => readFonts(fonts[use], use, fields)),
  };
}

function readAccent(value: unknown, fields: FieldReader): ColorPair | undefined {
  if (value === undefined) return undefined;
  const path = ['theme', 'accent'];
  if (typeof value === 'string') {
    const light = readColor(value, path, 'light', fields);
    return light === undefined ? undefined : { light, dark: darkAccent(light) };
  }
  if (!isRecord(value)) {
    fields.wrong(path, "must be a colour like '#1f5a96', or { light: '#1f5a96', dark: '#86b6ea' }");
    return undefined;
  }
  const given = fields.object(value, path, ['light', 'dark']);
  const light = readColor(given['light'], [...path, 'light'], 'light', fields);
  const dark =
    given['dark'] === undefined
      ? light && darkAccent(light)
      : readColor(given['dark'], [...path, 'dark'], 'dark', fields);
  return light === undefined || dark === undefined ? undefined : { light, dark };
}

function readColor(
  value: unknown,
  path: readonly string[],
  scheme: Scheme,
  fields: FieldReader,
): string | undefined {
  if (typeof value !== 'string' || !isHexColor(value)) {
    fields.wrong(path, "must be a colour of six hexadecimal digits, like '#1f5a96'");
    return undefined;
  }
  const color = value.toLowerCase();
  if (isReadable(color, scheme)) return color;
  // Rounded down: 4.49 is not 4.5.
  const reached = Math.floor(leastContrast(color, scheme) * 100) / 100;
  fields.wrong(
    path,
    `text in ${value} has a contrast of ${reached} to 1 on ${scheme} pages, and needs 4.5 (WCAG 2.2); ` +
      `the nearest shade that has it is '${nearestReadable(color, scheme)}'`,
  );
  return undefined;
}

function readLogo(value: unknown, fields: FieldReader): ThemeLogo | undefined {
  if (value === undefined) return undefined;
  const path = ['theme', 'logo'];
  const given = fields.object(value, path, ['file', 'darkFile', 'alternative']);
  const file = (name: string) =>
    fields.text(given[name], [...path, name], (text) => fileProblem(text, ['svg', 'png']));
  const [light, dark] = [file('file'), file('darkFile')];
  if (given['file'] === undefined) {
    fields.wrong(path, "must have a file, like { file: 'brand/logo.svg', alternative: 'Example' }");
  }
  const { alternative } = given;
  if (typeof alternative !== 'string' || alternative.length > 120) {
    fields.wrong(
      given['alternative'] === undefined ? path : [...path, 'alternative'],
      "must have an alternative, at most 120 characters: what the logo says to who does not see it; '' if it is a mark beside the title",
    );
    return undefined;
  }
  return light === undefined
    ? undefined
    : { file: light, darkFile: dark, alternative: alternative.trim() };
}

function readFonts(value: unknown, use: ThemeFont['use'], fields: FieldReader): ThemeFont[] {
  if (value === undefined) return [];
  const path = ['theme', 'fonts', use];
  const files: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (files.length === 0 || files.length > 8) {
    fields.wrong(path, "must be a file like 'brand/text.woff2', or a list of 1 to 8");
    return [];
  }
  return files.flatMap((one) => {
    const given = fields.object(typeof one === 'string' ? { file: one } : one, path, [
      ...['file', 'weight', 'style'],
    ]);
    const file = fields.text(given['file'] ?? '', path, (text) => fileProblem(text, ['woff2']));
    const weight = fields.text(given['weight'], path, weightProblem) ?? '400';
    const style = fields.oneOf(given['style'], path, ['normal', 'italic'] as const) ?? 'normal';
    return file === undefined ? [] : [{ use, file, weight, style }];
  });
}

function weightProblem(text: string): string | undefined {
  return /^[1-9]\d{0,2}(?: [1-9]\d{0,2})?$/.test(text)
    ? undefined
    : "the weight must be a number from 1 to 999 as text, like '700', or a span like '100 900'";
}

function fileProblem(text: string, extensions: readonly string[]): string | undefined {
  const isBelow = !text.startsWith('/') && !text.split(/[/\\]/).includes('..');
  const has = extensions.some((extension) => text.toLowerCase().endsWith(`.${extension}`));
  return isBelow && has
    ? undefined
    : `must be a file below the root that ends in ${extensions.map((one) => `.${one}`).join(' or ')}`;
}
