// Requests about the code of a cell, which the compiler answers: completion, documentation, completeness.

import type { CellSource } from '../cells/loaded-cell.js';
import type { Message, MessageContents } from '../jupyter/message.js';
import type { JsonObject } from '../nbformat/notebook.js';
import { sqlMetadata } from '../nbformat/sql-language.js';
import type { Completions } from './compiler/complete.js';
import type { Compiler } from './compiler/compiler.js';
import type { Inspection } from './compiler/inspect.js';
import { codePointPosition, utf16Position } from './cursor.js';

/** The code of a request; JupyterLab and notebook runs send the cell's metadata with it. */
export function sourceOf(source: string, { metadata }: Message): CellSource {
  return { source, language: sqlMetadata(metadata as JsonObject) };
}

/** The number under which a cell ran before, and runs again; undefined: it gets its own. */
export function runsAgain({ metadata }: Message): number | undefined {
  const { daybookAgain } = metadata;
  return typeof daybookAgain === 'number' ? daybookAgain : undefined;
}

/** The reply to a `complete_request` that nobody waits for any more. */
export function noMatches(cursor: number): MessageContents['complete_reply'] {
  return { status: 'ok', matches: [], cursor_start: cursor, cursor_end: cursor, metadata: {} };
}

/** Answers requests about code. A compiler that fails has nothing to say: the next request finds a new one. */
export class CodeQuestions {
  readonly #compiler: Compiler;

  constructor(compiler: Compiler) {
    this.#compiler = compiler;
  }

  /** Whether a front end's prompt may run the code, or waits for more lines. */
  isComplete(cell: CellSource): Promise<MessageContents['is_complete_reply']> {
    return this.#compiler.ask('isComplete', cell).catch(() => ({ status: 'unknown' as const }));
  }

  /** @param cursor - In code points. */
  async complete(cell: CellSource, cursor: number): Promise<MessageContents['complete_reply']> {
    const position = utf16Position(cell.source, cursor);
    const found = await this.#compiler.ask('complete', { ...cell, position }).catch(() => null);
    return found === null ? noMatches(cursor) : completeReply(cell.source, found);
  }

  /** @param cursor - In code points. */
  async inspect(cell: CellSource, cursor: number): Promise<MessageContents['inspect_reply']> {
    const bundle = await this.#bundle(cell, cursor);
    return { status: 'ok', found: bundle !== undefined, data: bundle ?? {}, metadata: {} };
  }

  /** What is known of a name, as a MIME bundle for the pager. */
  async help(name: string): Promise<Record<string, string>> {
    const bundle = await this.#bundle({ source: name }, Array.from(name).length);
    return bundle ?? { 'text/plain': `Nothing is known about ${name}.` };
  }

  async #bundle(cell: CellSource, cursor: number): Promise<Record<string, string> | undefined> {
    const position = utf16Position(cell.source, cursor);
    const found = await this.#compiler.ask('inspect', { ...cell, position }).catch(() => null);
    return found === null ? undefined : inspectionBundle(found);
  }
}

/** Signature and documentation as a MIME bundle. */
function inspectionBundle({
  signature,
  language,
  documentation,
}: Inspection): Record<string, string> {
  const code = `\`\`\`${language}\n${signature}\n\`\`\``;
  return {
    'text/plain': documentation === '' ? signature : `${signature}\n\n${documentation}`,
    'text/markdown': documentation === '' ? code : `${code}\n\n${documentation}`,
  };
}

/** Matches with the places that they replace, in code points. */
function completeReply(code: string, found: Completions): MessageContents['complete_reply'] {
  const start = codePointPosition(code, found.start);
  const end = codePointPosition(code, found.end);
  return {
    status: 'ok',
    matches: found.matches.map(({ text }) => text),
    cursor_start: start,
    cursor_end: end,
    metadata: {
      // JupyterLab shows it beside each match.
      _jupyter_types_experimental: found.matches.map(({ text, kind, description }) => ({
        ...{ text, type: kind, start, end },
        ...(description === undefined || description === '' ? {} : { documentation: description }),
      })),
    },
  };
}
