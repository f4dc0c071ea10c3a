/** A source of repeatable random numbers: the same seed gives the same numbers everywhere. */
export interface Random {
  /** A number from 0 inclusive to 1 exclusive, in steps of 2⁻³². */
  unit(): number;
  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of these, each as likely as the others. */
  pick<T>(choices: readonly [T, ...T[]]): T;
}

/**
 * The generator sfc32 (Chris Doty-Humphrey's "small fast counter", part of PractRand): 128 bits of
 * state, only additions and shifts of 32-bit integers, so no platform can compute it differently.
 *
 * @param seed - A whole number from 0 to 2³² − 1.
 * @param stream - Another whole number: streams of one seed are independent of each other, so that
 *   drawing more from one does not change the numbers of another.
 */
export function createRandom(seed: number, stream = 0): Random {
  let a = seed | 0;
  let b = stream | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;

  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // Close seeds begin alike: its author runs it a dozen times before the first use.
  for (let round = 0; round < 12; round += 1) next();

  const unit = (): number => next() / 4_294_967_296;
  const below = (limit: number): number => Math.floor(unit() * limit);
  return {
    unit,
    below,
    chance: (probability) => unit() < probability,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
  };
}

/**
 * Chooses one of several things that have weights out of a thousand.
 *
 * @returns Its index; undefined for what the weights leave of the thousand.
 */
export function chooseByWeight(
  random: Random,
  choices: readonly { weight: number }[],
): number | undefined {
  let rest = random.below(1000);
  const index = choices.findIndex(({ weight }) => (rest -= weight) < 0);
  return index === -1 ? undefined : index;
}
