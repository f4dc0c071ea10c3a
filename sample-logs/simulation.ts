import { createRandom, type Random } from './random.js';
import { World, type LogPiece } from './world.js';

/** What sample logs are to tell of. */
export interface SimulationOptions {
  /** Customers who sign up over all the months. */
  accounts: number;
  /** How many months, a file each. */
  months: number;
  /** A whole number from 0 to 2³² − 1: the same seed gives the same bytes. */
  seed: number;
  /** The first month, like `2019-01`. */
  start: string;
}

/** The log of one month. */
export interface MonthLog {
  /** Like `2019-january.log`. */
  name: string;
  /** Take them all before asking for the next month. */
  pieces: Iterable<LogPiece>;
}

/** Account numbers begin here. */
export const firstAccount = 10_000;

const monthNames =
  'january february march april may june july august september october november december'.split(
    ' ',
  );

/**
 * The logs of a service that grows: more customers sign up each month, in good months and bad, and
 * every month some leave. Nothing is kept of what was written.
 */
export function* simulateLogs(options: SimulationOptions): Generator<MonthLog> {
  const random = createRandom(options.seed);
  // A stream of its own: how good a month is does not depend on how many customers there are.
  const market = createRandom(options.seed, 1);
  const moods = Array.from({ length: options.months }, (_, index) => ({
    growth: (1 + index / options.months) * (0.75 + market.unit() / 2),
    leaving: 0.042 + 0.06 * market.unit(),
  }));
  const growthOfAll = moods.reduce((sum, { growth }) => sum + growth, 0);
  const accounts = shuffledAccounts(options.accounts, random);
  const world = new World(random, options.accounts);
  const [startYear = 0, startMonth = 0] = options.start.split('-').map(Number);

  let growth = 0;
  let signedUp = 0;
  for (const [index, mood] of moods.entries()) {
    const first = new Date(Date.UTC(startYear, startMonth - 1 + index, 1));
    const [year, month] = [first.getUTCFullYear(), first.getUTCMonth()];
    growth += mood.growth;
    const signedUpThen = Math.round((options.accounts * growth) / growthOfAll);
    yield {
      name: `${year}-${monthNames[month] ?? ''}.log`,
      pieces: world.month({
        year,
        month: month + 1,
        newAccounts: accounts.subarray(signedUp, signedUpThen),
        leaving: mood.leaving,
        isLast: index === moods.length - 1,
      }),
    };
    signedUp = signedUpThen;
  }
}

/** The account numbers in the order in which they sign up: any, by the method of Fisher and Yates. */
function shuffledAccounts(count: number, random: Random): Int32Array {
  const accounts = Int32Array.from({ length: count }, (_, index) => firstAccount + index);
  for (let index = count - 1; index > 0; index -= 1) {
    const other = random.below(index + 1);
    const account = accounts[index] ?? 0;
    accounts[index] = accounts[other] ?? 0;
    accounts[other] = account;
  }
  return accounts;
}
