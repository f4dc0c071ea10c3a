import { inventAddress } from './address.js';
import { inventName } from './customer-name.js';
import { DayQueue } from './day-queue.js';
import { activities, activityLine, planChangeLine, signUpLine } from './log-line.js';
import { chooseNextPlan, choosePlan, plans } from './plans.js';
import { Population } from './population.js';
import type { Random } from './random.js';
import {
  createInstantFormatter,
  formatInstant,
  torontoMidnight,
  torontoOffset,
} from './toronto-time.js';

/** Some whole lines of a log. */
export interface LogPiece {
  /** Each line with its line feed, ASCII alone. */
  text: string;
  lines: number;
}

/** What happens in one month. */
export interface MonthPlan {
  year: number;
  /** From 1. */
  month: number;
  /** The accounts that sign up. */
  newAccounts: Int32Array;
  /** The part of all customers who leave, from 0 to 1. */
  leaving: number;
  /** Nothing comes after this month: sessions break off at its end. */
  isLast: boolean;
}

/** A change of plan that will come. */
interface PendingChange {
  at: number;
  account: number;
  from: number;
  to: number;
  /** Offset from UTC at sign-up: its date is written in it even when the clocks have changed since. */
  offset: number;
}

const pieceLength = 64 * 1024;
const secondsADay = 24 * 3600;
const daysAMonth = 365.25 / 12;

/** Indices of {@link activities}; a page is one of three. */
const activity = { login: 0, firstPage: 1, pages: 3, uploadPage: 3, upload: 4 };
/** The kind of event beside them: the line is ready, and the account is its number. */
const readyLine = activities.length;
/** A session: the page comes a minute after the login, the upload half a minute after its page. */
const secondsUntil = { page: 60, upload: 90 };

/** On the day of sign-up every other customer logs in, later about every fourth. */
const loginRate = { firstDay: 0.5, lowest: 0.14, spread: 0.18 };

/**
 * The customers' lives, day by day, in memory for as many customers as are there at once and for the
 * events of one day. What is odd in the real logs comes about here as it may have there: a session is
 * written to the file in which it began, so that a few lines lie in the month before their own; a
 * customer is served from the morning of the day of sign-up, so that some log in before they sign up;
 * a change of plan is booked at sign-up, in the offset of that day, and carried out on its own day
 * whatever the clocks and the customer have done since.
 */
export class World {
  readonly #random: Random;
  readonly #population: Population;
  readonly #queue = new DayQueue();
  readonly #format = createInstantFormatter();
  #pendingChanges: PendingChange[] = [];

  /** @param customers - The most who can be there at once. */
  constructor(random: Random, customers: number) {
    this.#random = random;
    this.#population = new Population(customers);
  }

  /** The log of a month, in the order of the instants. Months are played in their order. */
  *month({ year, month, newAccounts, leaving, isLast }: MonthPlan): Generator<LogPiece> {
    const midnights = midnightsOfMonth(year, month);
    const days = midnights.length - 1;
    const signUps = this.#spreadOverDays(newAccounts, days);
    let text = '';
    let lines = 0;
    for (let day = 0; day < days; day += 1) {
      const start = midnights[day] ?? 0;
      const length = (midnights[day + 1] ?? 0) - start;
      const ready = this.#play(start, length, signUps[day] ?? [], leaving / daysAMonth);
      this.#queue.sort();
      // The sessions of a month's last day are written to their end, into this file.
      const end = day === days - 1 && !isLast ? Infinity : length;
      let written = 0;
      for (; written < this.#queue.size; written += 1) {
        const { seconds, account, kind } = this.#queue.at(written);
        if (seconds >= end) break;
        text +=
          kind === readyLine
            ? (ready[account] ?? '')
            : activityLine(this.#format(start + seconds), kind, account);
        lines += 1;
        if (text.length >= pieceLength) {
          yield { text, lines };
          text = '';
          lines = 0;
        }
      }
      this.#queue.nextDay(written, length);
    }
    if (lines > 0) yield { text, lines };
  }

  /** Queues what happens on a day; lines that are not one of the activities are returned. */
  #play(
    start: number,
    length: number,
    newAccounts: readonly number[],
    leavingADay: number,
  ): readonly string[] {
    const ready: string[] = [];
    const queueLine = (at: number, line: string): void => {
      this.#queue.add(at - start, ready.length, readyLine);
      ready.push(line);
    };
    this.#live(length, leavingADay);
    for (const account of newAccounts) {
      const at = start + this.#random.below(length);
      queueLine(at, this.#signUp(at, account));
      if (this.#random.chance(loginRate.firstDay)) this.#session(account, length);
    }
    for (const change of this.#takeChangesBefore(start + length)) {
      queueLine(change.at, this.#changePlan(change));
    }
    return ready;
  }

  /** A day of all who are there: some log in, a few leave. */
  #live(length: number, leavingADay: number): void {
    const { accounts, loginRates } = this.#population;
    const leaving = plans.map((plan) => plan.leaving * leavingADay);
    for (let index = this.#population.size - 1; index >= 0; index -= 1) {
      const rate = loginRates[index] ?? 0;
      // Of a Poisson distribution, as far as it matters: two logins a day, one, or mostly none.
      const twice = (rate * rate) / 2;
      const chance = this.#random.unit();
      if (chance < rate - twice) this.#session(accounts[index] ?? 0, length);
      if (chance < twice) this.#session(accounts[index] ?? 0, length);
      const plan = this.#population.plans[index] ?? 0;
      if (this.#random.chance(leaving[plan] ?? 0)) this.#population.remove(index);
    }
  }

  /** A login at any time of the day and what follows it. */
  #session(account: number, length: number): void {
    const begins = this.#random.below(length);
    this.#queue.add(begins, account, activity.login);
    if (this.#random.chance(0.01)) return;
    const page = activity.firstPage + this.#random.below(activity.pages);
    this.#queue.add(begins + secondsUntil.page, account, page);
    if (page === activity.uploadPage) {
      this.#queue.add(begins + secondsUntil.upload, account, activity.upload);
    }
  }

  #signUp(at: number, account: number): string {
    const random = this.#random;
    const plan = choosePlan(random);
    const spread = (loginRate.spread * (random.unit() + random.unit())) / 2;
    this.#population.add({ account, plan, loginRate: loginRate.lowest + spread });
    this.#bookChange(account, at, plan, torontoOffset(at));
    return signUpLine({
      date: formatInstant(at),
      account,
      plan: plans[plan]?.name ?? '',
      ...inventName(random),
      address: inventAddress(random),
    });
  }

  #changePlan({ at, account, from, to, offset }: PendingChange): string {
    this.#bookChange(account, at, to, offset);
    return planChangeLine({
      date: formatInstant(at, offset),
      account,
      from: plans[from]?.name ?? '',
      to: plans[to]?.name ?? '',
    });
  }

  /** Most customers stay on their plan; the others change it after 2 to 90 days, to the second. */
  #bookChange(account: number, since: number, from: number, offset: number): void {
    const to = chooseNextPlan(this.#random, from);
    if (to === undefined) return;
    const at = since + (2 + this.#random.below(89)) * secondsADay;
    this.#pendingChanges.push({ at, account, from, to, offset });
  }

  #takeChangesBefore(end: number): PendingChange[] {
    const due = this.#pendingChanges.filter(({ at }) => at < end);
    if (due.length > 0) {
      this.#pendingChanges = this.#pendingChanges.filter(({ at }) => at >= end);
    }
    return due;
  }

  #spreadOverDays(accounts: Int32Array, days: number): number[][] {
    const byDay: number[][] = Array.from({ length: days }, () => []);
    for (const account of accounts) byDay[this.#random.below(days)]?.push(account);
    return byDay;
  }
}

/** The instants at which the days of a month begin, and the next month. */
function midnightsOfMonth(year: number, month: number): number[] {
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Array.from({ length: days + 1 }, (_, day) => torontoMidnight(year, month, day + 1));
}
