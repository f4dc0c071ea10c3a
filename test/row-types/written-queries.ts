// Queries that stand in documentation and tests: blocks of SQL, literals, code within literals.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { declaredNotNull } from '../../src/warehouse/query/not-null.js';
import { parseStatements } from '../../src/parse-sql/parse-statements.js';
import { scanSql } from '../../src/parse-sql/placeholders.js';
import { queryNames } from '../../src/parse-sql/query-names.js';
import { sqlCell } from '../../src/parse-sql/sql-cell.js';
import { ts } from '../../src/cells/compiler/typescript.js';

/** Why a text that looks like a query is none to run; undefined: it is one. */
export type NoQuery =
  /** What stands in `${…}` is not known. */
  | 'part'
  /** Postgres cannot parse it, it is several, or another statement than a query. */
  | 'other'
  /** It answers otherwise each time, waits, or does something. */
  | 'volatile'
  /** It says itself what null is. */
  | 'claim';

/** The texts that look like queries in the files below some folders, each once, with what they are. */
export async function writtenQueries(
  root: string,
  places: readonly string[],
): Promise<ReadonlyMap<string, NoQuery | undefined>> {
  const texts = places.flatMap((place) => filesOf(join(root, place))).flatMap(textsOfFile);
  const found = new Map<string, NoQuery | undefined>();
  for (const text of texts) if (!found.has(text)) found.set(text, await kindOf(text));
  return found;
}

function filesOf(place: string): string[] {
  if (/\.(?:md|ts)$/.test(place)) return [place];
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:md|ts)$/.test(path) && !/(?:node_modules|output|input)\//.test(path))
    .map((path) => join(place, path));
}

function textsOfFile(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  if (path.endsWith('.ts')) return literalsOf(text);
  return [...text.matchAll(/^( *)```(sql|ts)\n([^]*?)^\1```/gm)].flatMap(
    ([, , language, block = '']) => (language === 'sql' ? [block] : literalsOf(block)),
  );
}

const looksLikeQuery = /^\s*(?:%%sql.*\n|--.*\n|\s)*\(?\s*(?:select|with|values|table)\s/i;

/** Literals that look like queries, those of code in literals, too. */
function literalsOf(code: string): string[] {
  if (!/select|values|table/i.test(code)) return [];
  const found: string[] = [];
  const visit = (node: import('typescript').Node): void => {
    const text = ts.isStringLiteralLike(node)
      ? node.text
      : ts.isTemplateExpression(node)
        ? node.head.text + node.templateSpans.map(({ literal }) => `\0${literal.text}`).join('')
        : undefined;
    if (text !== undefined) {
      if (looksLikeQuery.test(text)) found.push(text);
      else if (/\bquery\w*\(/.test(text) && !text.includes('\0')) found.push(...literalsOf(text));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('a.ts', code, ts.ScriptTarget.Latest));
  return found;
}

async function kindOf(text: string): Promise<NoQuery | undefined> {
  if (text.includes('\0')) return 'part';
  const sql = asStatement(text);
  if (sql === undefined) return 'part';
  const parsed = await parseStatements(sql);
  if (!parsed.ok || parsed.statements.length !== 1) return 'other';
  const [tree = {}] = parsed.statements.map((statement) => statement.tree);
  if (!('SelectStmt' in tree)) return 'other';
  const { calls, volatile, timeWords, writes } = queryNames(tree);
  // Functions of Postgres's administration wait, end others, read files.
  const isDeed =
    writes.length > 0 || calls.some(({ name }) => /^(?:pg_(?!typeof)|lo_|set_config)/.test(name));
  if (isDeed || volatile.length > 0 || timeWords.length > 0) return 'volatile';
  return declaredNotNull(sql).size > 0 ? 'claim' : undefined;
}

/** The statement of a text or of a SQL cell, with numbers for its values; undefined: it reads another cell's result. */
export function asStatement(text: string): string | undefined {
  const source = text.slice(sqlCell(text)?.start ?? 0);
  const { placeholders } = scanSql(source, (from) => {
    const end = source.indexOf('}', from);
    return end < 0 ? undefined : end;
  });
  let made = '';
  let last = 0;
  for (const [index, { kind, start, end }] of placeholders.entries()) {
    if (kind !== 'value') return undefined;
    made += `${source.slice(last, start)}$${index + 1}`;
    last = end;
  }
  return made + source.slice(last);
}
