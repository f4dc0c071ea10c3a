// Reading of notebook files: validation, upgrade to 4.5.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DaybookError } from '../errors.js';
import { joinText, type Cell, type MultilineText, type Notebook } from './notebook.js';
import { notebookProblems } from './schema.js';

/** A notebook in a file: cells of 4.0 to 4.4 have no ids. */
type StoredNotebook = Omit<Notebook, 'cells'> & { cells: (Omit<Cell, 'id'> & { id?: string })[] };

/**
 * Reads a notebook of nbformat 4.0 to 4.5.
 *
 * @param path - The file.
 * @param where - Its name in messages. Default: the path.
 * @returns The notebook in format 4.5.
 * @throws DaybookError `NOTEBOOK_NOT_FOUND` or `NOTEBOOK_INVALID`.
 */
export async function readNotebook(path: string, where = path): Promise<Notebook> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new DaybookError('NOTEBOOK_NOT_FOUND', 'The notebook cannot be read', { where, cause });
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid('The notebook is not UTF-8 text', where, cause);
  }
  return parseNotebook(text, where);
}

/**
 * Parses a notebook and upgrades it to format 4.5. Cells without an id, or with a duplicate, get one derived from
 * their source, so that reading is deterministic.
 *
 * @param text - With or without a byte order mark.
 * @param where - The notebook's name in messages.
 * @throws DaybookError `NOTEBOOK_INVALID` with the path inside the JSON of each problem.
 */
export function parseNotebook(text: string, where: string): Notebook {
  const json = text.replace(/^\uFEFF/, '');
  if (json.trim() === '') throw invalid('The notebook is an empty file', where);
  let value: unknown;
  try {
    value = parsePythonJson(json);
  } catch (cause) {
    throw invalid(`The notebook is not JSON: ${jsonComplaint(json, cause)}`, where);
  }
  checkVersion(value, where);
  const problems = notebookProblems(value);
  if (problems.length > 0) {
    const shown = problems
      .slice(0, maxProblems)
      .map(({ path, message }) => `\n  - ${path}: ${message}`);
    const more = problems.length - shown.length;
    throw invalid(
      `The notebook breaks its format:${shown.join('')}${more > 0 ? `\n  and ${more} more` : ''}`,
      where,
    );
  }
  return upgrade(value as StoredNotebook);
}

/** The most problems that are shown. */
const maxProblems = 10;

function invalid(message: string, where: string, cause?: unknown): DaybookError {
  return new DaybookError('NOTEBOOK_INVALID', message, { where, cause });
}

/** The parser's message on one line, with line and column when it names the position. */
function jsonComplaint(json: string, cause: unknown): string {
  const complaint = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' ');
  const found = /at position (\d+)/.exec(complaint);
  if (found === null) return complaint;
  const before = json.slice(0, Number(found[1])).split('\n');
  return `${complaint} (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
}

function checkVersion(value: unknown, where: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('The file is JSON, but no notebook: it must be an object', where);
  }
  const { nbformat, nbformat_minor: minor } = value as Record<string, unknown>;
  if (typeof nbformat === 'number' && nbformat !== 4) {
    throw new DaybookError('NOTEBOOK_INVALID', `The notebook has format ${nbformat}, not 4`, {
      where,
      hint: 'Open it in JupyterLab or Jupyter Notebook and save it; that converts it',
    });
  }
  if (typeof minor === 'number' && minor > 5) {
    throw invalid(`The notebook has format 4.${minor}, newer than 4.5`, where);
  }
}

function upgrade(stored: StoredNotebook): Notebook {
  const used = new Set<string>();
  const cells = stored.cells.map((cell) => {
    const { id = sourceId(cell.cell_type, cell.source), ...rest } = cell;
    let unique = id;
    for (let copy = 2; used.has(unique); copy += 1) unique = `${id.slice(0, 58)}-${copy}`;
    used.add(unique);
    return { id: unique, ...rest } as Cell;
  });
  return { ...stored, nbformat: 4, nbformat_minor: 5, cells };
}

function sourceId(type: string, source: MultilineText): string {
  return createHash('sha256')
    .update(`${type}\n${joinText(source)}`)
    .digest('hex')
    .slice(0, 12);
}

/**
 * Parses JSON as Python writes it: `NaN`, `Infinity` and `-Infinity`, which JSON lacks and Jupyter's own server
 * reads, become null.
 *
 * @throws SyntaxError for other invalid JSON.
 */
function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const repaired = withoutNonNumbers(text);
    if (repaired === text) throw error;
    return JSON.parse(repaired);
  }
}

const nonNumbers = ['NaN', 'Infinity', '-Infinity'];
const [quote, backslash] = [0x22, 0x5c];

/** Replaces non-numbers outside of strings by null, in linear time. */
function withoutNonNumbers(text: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) === quote) {
      at += 1;
      while (at < text.length && text.charCodeAt(at) !== quote) {
        at += text.charCodeAt(at) === backslash ? 2 : 1;
      }
      continue;
    }
    const found = nonNumbers.find((word) => text.startsWith(word, at));
    if (found === undefined) continue;
    pieces.push(text.slice(from, at), 'null');
    from = at + found.length;
    at = from - 1;
  }
  return pieces.join('') + text.slice(from);
}
