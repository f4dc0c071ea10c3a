// Pieces of a page (a cell's source, an output), which are limited in time and memory one by one.

import type { ElementContent } from 'hast';
import { h } from 'hastscript';

/** Why a piece is shown as its text. */
export type Reason = 'time' | 'memory' | 'fault';

/** The piece that stands for all work outside of other pieces. */
export const wholePage = 'the page';

/** Runs the work of a page piece by piece: the source of a cell, an output. */
export interface Pieces {
  /**
   * @param piece - Its name, like `cell 3, output 2`.
   * @param work - Renders the piece.
   * @param asText - The fallback when rendering exceeds a limit or fails.
   */
  layOut<Result>(piece: string, work: () => Result, asText: (reason: Reason) => Result): Result;
}

/** Pieces without limits. */
export const allPieces: Pieces = { layOut: (_piece, work) => work() };

/**
 * Pieces with a list of those that exceed their limit.
 *
 * @param plain - The pieces that are shown as text, by name; {@link wholePage} stands for all.
 * @param begin - Called with the name of each piece before it is rendered.
 * @param fail - Called for each piece that throws; its text is shown instead.
 */
export function monitoredPieces(
  plain: ReadonlyMap<string, Reason>,
  begin: (piece: string) => void,
  fail: (piece: string, error: unknown) => void,
): Pieces {
  return {
    layOut: (piece, work, asText) => {
      const reason = plain.get(piece) ?? plain.get(wholePage);
      if (reason !== undefined) return asText(reason);
      begin(piece);
      try {
        return work();
      } catch (error) {
        fail(piece, error);
        return asText('fault');
      }
    },
  };
}

/** The longest text of a piece on a page, in characters. */
const maxText = 100_000;

const reasons: Readonly<Record<Reason, string>> = {
  time: 'took too long to lay out',
  memory: 'took too much memory to lay out',
  fault: 'could not be laid out',
};

/**
 * A piece as text, with a line that says why.
 *
 * @param name - The piece in the readers' words, like `This output`.
 */
export function fallbackText(name: string, text: string, reason: Reason): ElementContent[] {
  const shown = text.length > maxText ? `${text.slice(0, maxText)}\n…` : text;
  return [
    h('p', { className: 'as-written' }, `${name} ${reasons[reason]}: it is shown as its text.`),
    h('pre', { className: 'plain-text', tabIndex: 0 }, [{ type: 'text', value: shown }]),
  ];
}
