// The files of a theme: that they are there, and are what their names say.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FieldProblem } from '../declarations/field-reader.js';
import type { ThemeSettings } from './theme-config.js';

/** The most bytes of a logo, or of a file of a font. */
const maxBytes = 500_000;

/**
 * Finds the files of a theme.
 *
 * @param root - The project's root, absolute.
 * @returns All problems, or the theme with absolute files.
 */
export async function findThemeFiles(
  theme: ThemeSettings,
  root: string,
): Promise<{ readonly theme: ThemeSettings } | { readonly problems: readonly FieldProblem[] }> {
  const { logo, fonts } = theme;
  const logos = (['file', 'darkFile'] as const).flatMap((name) => {
    const file = logo?.[name];
    return file === undefined ? [] : [{ file, path: ['theme', 'logo', name] }];
  });
  const files = [
    ...logos,
    ...fonts.map(({ use, file }) => ({ file, path: ['theme', 'fonts', use] })),
  ];
  const checked = await Promise.all(
    files.map(async ({ file, path }): Promise<FieldProblem[]> => {
      const message = await problemOf(resolve(root, file), file);
      return message === undefined ? [] : [{ path, message }];
    }),
  );
  const problems = checked.flat();
  if (problems.length > 0) return { problems };
  const absolute = (file: string) => resolve(root, file);
  return {
    theme: {
      ...theme,
      logo: logo && {
        ...logo,
        file: absolute(logo.file),
        darkFile: logo.darkFile && absolute(logo.darkFile),
      },
      fonts: fonts.map((font) => ({ ...font, file: absolute(font.file) })),
    },
  };
}

async function problemOf(path: string, file: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch((error: unknown) =>
    String((error as NodeJS.ErrnoException).code),
  );
  if (typeof bytes === 'string') {
    return bytes === 'ENOENT'
      ? `there is no file ${file} below the root`
      : `${file} cannot be read (${bytes})`;
  }
  if (bytes.length > maxBytes) {
    return `${file} has ${bytes.length} bytes, which every reader would load; at most ${maxBytes} are allowed`;
  }
  if (file.toLowerCase().endsWith('.woff2')) {
    return bytes.subarray(0, 4).toString('latin1') === 'wOF2'
      ? undefined
      : `${file} is not a font in WOFF2`;
  }
  if (file.toLowerCase().endsWith('.png')) {
    return bytes.subarray(1, 4).toString('latin1') === 'PNG' ? undefined : `${file} is not a PNG`;
  }
  const text = bytes.toString('utf8');
  return /^\uFEFF?\s*(?:<\?xml[^>]*>\s*|<!--[\s\S]*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg[\s>]/i.test(
    text,
  )
    ? undefined
    : `${file} is not an SVG`;
}
