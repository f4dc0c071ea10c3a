// What the comparison and the target of a card say, in words.

import type { GoodDirection, Metric, MetricNumber } from './metric.js';

/** How a number stands to another one: which way it lies, what that is worth, and the sentence that says so. */
export interface Standing {
  readonly direction: 'up' | 'down' | 'same';
  /** Undefined: neither, or nobody said which way is good. */
  readonly verdict: 'good' | 'bad' | undefined;
  readonly words: string;
}

/**
 * How a card's number stands to the one that it is compared with: `Up from 738 (October 2019): better`. What is written
 * alike is called the same, whatever digits follow.
 */
export function comparisonOf({
  number,
  value,
  comparison,
  goodDirection,
}: Pick<Metric, 'number' | 'value' | 'comparison' | 'goodDirection'>): Standing | undefined {
  if (comparison === undefined) return undefined;
  const { text, of } = comparison;
  const exact = number === undefined ? undefined : directionOf(number, comparison.number);
  const direction = exact !== undefined && text === value ? 'same' : exact;
  if (direction === undefined) {
    return { direction: 'same', verdict: undefined, words: `${text} (${of})` };
  }
  const verdict = verdictOf(direction, goodDirection);
  const start = { up: 'Up from', down: 'Down from', same: 'The same as' }[direction];
  const end = { good: ': better', bad: ': worse', none: '' }[verdict ?? 'none'];
  return { direction, verdict, words: `${start} ${text} (${of})${end}` };
}

/** How a card's number stands to its target: `Target 800: reached`. Without a good direction only the target is said. */
export function targetOf({
  number,
  target,
  goodDirection,
}: Pick<Metric, 'number' | 'target' | 'goodDirection'>): Standing | undefined {
  if (target === undefined) return undefined;
  const words = `Target ${target.text}`;
  const direction = number === undefined ? undefined : directionOf(number, target.number);
  if (direction === undefined || goodDirection === undefined) {
    return { direction: direction ?? 'same', verdict: undefined, words };
  }
  const isReached = direction === 'same' || direction === goodDirection;
  return {
    direction,
    verdict: isReached ? 'good' : 'bad',
    words: `${words}: ${isReached ? 'reached' : 'not reached'}`,
  };
}

function verdictOf(
  direction: Standing['direction'],
  good: GoodDirection | undefined,
): Standing['verdict'] {
  if (good === undefined || direction === 'same') return undefined;
  return direction === good ? 'good' : 'bad';
}

/** Which way a number lies from another one, to the last digit. */
function directionOf(number: MetricNumber, other: MetricNumber): Standing['direction'] {
  const [a, b] = [scaled(number), scaled(other)];
  if (a === undefined || b === undefined) {
    const difference = Number(number) - Number(other);
    return difference > 0 ? 'up' : difference < 0 ? 'down' : 'same';
  }
  const digits = Math.max(a.digits, b.digits);
  const difference =
    a.whole * 10n ** BigInt(digits - a.digits) - b.whole * 10n ** BigInt(digits - b.digits);
  return difference > 0n ? 'up' : difference < 0n ? 'down' : 'same';
}

/** A number as a whole one and the count of its digits after the point; undefined: it has an exponent. */
function scaled(number: MetricNumber): { whole: bigint; digits: number } | undefined {
  const [, start = '', fraction = ''] = /^(-?\d+)(?:\.(\d+))?$/.exec(String(number)) ?? [];
  return start === '' ? undefined : { whole: BigInt(start + fraction), digits: fraction.length };
}
