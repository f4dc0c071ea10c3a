import type { ElementContent } from 'hast';
import { h } from 'hastscript';

/** Why a piece is shown as its text. */
export type Reason = 'time' | 'memory' | 'fault';

/** The piece for all work that belongs to no other piece. */
export const wholePage = 'the page';

/** Lays out the pieces of a page, each by itself: the source of a cell, one of its outputs. */
export interface Pieces {
  /**
   * @param piece - Its name, like `cell 3, output 2`.
   * @param work - What makes of it what the page shows.
   * @param asText - What stands for it when that costs too much, or fails.
   */
  layOut<Result>(piece: string, work: () => Result, asText: (reason: Reason) => Result): Result;
}

/** Pieces without limits. */
export const allPieces: Pieces = { layOut: (_piece, work) => work() };

/**
 * Pieces of which some are known to cost too much.
 *
 * @param plain - The pieces that are shown as their text, by name; {@link wholePage} stands for all.
 * @param begin - Called with the name of each piece before it is laid out.
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

/** So much of a text stands on the page, in characters. */
const maxText = 100_000;

const reasons: Readonly<Record<Reason, string>> = {
  time: 'took too long to lay out',
  memory: 'took too much memory to lay out',
  fault: 'could not be laid out',
};

/**
 * A piece as its text, with a line that says why.
 *
 * @param name - What it is to readers, like `This output`.
 */
export function fallbackText(name: string, text: string, reason: Reason): ElementContent[] {
  const shown = text.length > maxText ? `${text.slice(0, maxText)}\n…` : text;
  return [
    h('p', { className: 'as-written' }, `${name} ${reasons[reason]}: it is shown as its text.`),
    h('pre', { className: 'plain-text', tabIndex: 0 }, [{ type: 'text', value: shown }]),
  ];
}
