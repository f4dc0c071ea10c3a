/**
 * The four analyses, computed a second time from the raw lines: plain TypeScript that shares nothing
 * with src/ or sql/ but the definitions, and finds months through `Intl` rather than through
 * Postgres. Two computations that agree by accident are rare; that is all this file is for.
 */

/** The rows of the four gold tables, ordered by their keys, columns by the names they have there. */
export interface Answers {
  monthly_churn: {
    month: string;
    new_customers: number;
    churned_customers: number;
    active_customers: number;
    churn_rate: number | null;
    is_complete: boolean;
  }[];
  signup_plan: { year: number; plan: string; signups: number; share: number }[];
  plan_change: {
    from_plan: string;
    to_plan: string;
    customers: number;
    average_days: number | null;
  }[];
  customers_by_province: {
    year: number;
    province: string;
    signups: number;
    active_customers: number;
  }[];
}

/** One line of a log, as far as the analyses look at it; times in microseconds since 1970. */
interface Event {
  at: number;
  type: string;
  account: number;
  fields: Record<string, unknown>;
}

interface SignUp {
  at: number;
  plan: string;
  province: string;
}

const microsecondsPerHour = 3_600_000_000;
const judgedAfter = 30 * 24 * microsecondsPerHour;
const provinces = new Set('AB BC MB NB NL NS NT NU ON PE QC SK YT'.split(' '));

/**
 * @param lines - Raw lines of valid JSON, in the order in which the warehouse breaks ties.
 * @param timeZone - IANA name; as configured when nothing is: Toronto's.
 * @param asOfText - RFC 3339; undefined: the start of the day after the newest event.
 */
export function computeAnswers(
  lines: readonly string[],
  timeZone = 'America/Toronto',
  asOfText?: string,
): Answers {
  const calendar = createCalendar(timeZone);
  const all = lines.map(parseEvent);
  const asOf =
    asOfText === undefined
      ? startOfNextDay(
          all.reduce((newest, { at }) => Math.max(newest, at), -Infinity),
          calendar,
        )
      : parseInstant(asOfText);
  // Array.prototype.sort is stable: lines of the same instant stay in their order.
  const events = all.filter(({ at }) => at < asOf).sort((a, b) => a.at - b.at);
  const months = monthsBetween(events, calendar);
  const firstLogin = new Map<number, number>();
  const lastLogin = new Map<number, number>();
  const signUps = new Map<number, SignUp>();
  for (const { at, type, account, fields } of events) {
    if (type === 'LOGIN') {
      if (!firstLogin.has(account)) firstLogin.set(account, at);
      lastLogin.set(account, at);
    } else if (type === 'SIGN_UP' && !signUps.has(account)) {
      const plan = typeof fields['plan'] === 'string' ? fields['plan'] : 'unknown';
      signUps.set(account, { at, plan, province: provinceOf(fields['address']) });
    }
  }
  const gone = new Set(
    [...lastLogin].filter(([, at]) => asOf - at >= judgedAfter).map(([account]) => account),
  );

  return {
    monthly_churn: months.map((month) => {
      const isNew = [...firstLogin].filter(([, at]) => calendar.month(at) === month);
      const churned = [...gone].filter((account) => lastMonth(account) === month);
      const active = activeAtEndOf(month).length;
      return {
        month: `${month}-01`,
        new_customers: isNew.length,
        churned_customers: churned.length,
        active_customers: active,
        churn_rate: active === 0 ? null : churned.length / active,
        // The month has ended by the newest instant that can be judged.
        is_complete: calendar.month(asOf - judgedAfter) > month,
      };
    }),
    signup_plan: signupPlan([...signUps.values()], calendar),
    plan_change: planChange(events, signUps),
    customers_by_province: [...new Set(months.map((month) => month.slice(0, 4)))].flatMap(
      (year) => {
        const active = new Set(activeAtEndOf(`${year}-12`));
        const codes = new Set([...signUps.values()].map(({ province }) => province));
        return [...codes].sort(byText).map((province) => {
          const here = [...signUps].filter(([, signUp]) => signUp.province === province);
          return {
            year: Number(year),
            province,
            signups: here.filter(([, { at }]) => calendar.month(at).slice(0, 4) <= year).length,
            active_customers: here.filter(([account]) => active.has(account)).length,
          };
        });
      },
    ),
  };

  function lastMonth(account: number): string {
    return calendar.month(lastLogin.get(account) ?? NaN);
  }

  function activeAtEndOf(month: string): number[] {
    return [...firstLogin]
      .filter(([account, at]) => {
        const leftByThen = gone.has(account) && lastMonth(account) <= month;
        return calendar.month(at) <= month && !leftByThen;
      })
      .map(([account]) => account);
  }
}

function signupPlan(signUps: readonly SignUp[], calendar: Calendar): Answers['signup_plan'] {
  const years = new Map<number, Map<string, number>>();
  for (const { at, plan } of signUps) {
    const year = Number(calendar.month(at).slice(0, 4));
    const plans = years.get(year) ?? new Map<string, number>();
    plans.set(plan, (plans.get(plan) ?? 0) + 1);
    years.set(year, plans);
  }
  return [...years]
    .sort(([a], [b]) => a - b)
    .flatMap(([year, plans]) => {
      const total = [...plans.values()].reduce((sum, count) => sum + count, 0);
      return [...plans]
        .sort(([a], [b]) => byText(a, b))
        .map(([plan, signups]) => ({ year, plan, signups, share: signups / total }));
    });
}

function planChange(
  events: readonly Event[],
  signUps: ReadonlyMap<number, SignUp>,
): Answers['plan_change'] {
  const plans = new Set([...signUps.values()].map(({ plan }) => plan));
  plans.delete('unknown');
  const firstChange = new Map<number, { pair: string; days: number }>();
  for (const { at, type, account, fields } of events) {
    const details = fields['details'];
    if (type !== 'PLAN_CHANGE' || typeof details !== 'object' || details === null) continue;
    const { from, to } = details as { from?: unknown; to?: unknown };
    if (typeof from !== 'string' || typeof to !== 'string') continue;
    plans.add(from).add(to);
    const signUp = signUps.get(account);
    if (signUp === undefined || at < signUp.at || from !== signUp.plan || to === from) continue;
    if (firstChange.has(account)) continue;
    firstChange.set(account, {
      pair: `${from} ${to}`,
      days: (at - signUp.at) / (24 * microsecondsPerHour),
    });
  }
  const names = [...plans].sort(byText);
  return names.flatMap((from) =>
    names
      .filter((to) => to !== from)
      .map((to) => {
        const days = [...firstChange.values()]
          .filter(({ pair }) => pair === `${from} ${to}`)
          .map((change) => change.days);
        const average = days.reduce((sum, value) => sum + value, 0) / days.length;
        return {
          from_plan: from,
          to_plan: to,
          customers: days.length,
          average_days: days.length === 0 ? null : average,
        };
      }),
  );
}

/** By UTF-16 code units, which for these ASCII names is the order of the bytes. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function provinceOf(address: unknown): string {
  const code =
    typeof address === 'string'
      ? /,\s*([A-Z]{2})\s+[A-Z]\d[A-Z]\s?\d[A-Z]\d'?$/.exec(address)?.[1]
      : undefined;
  if (code === 'NF') return 'NL';
  return code !== undefined && provinces.has(code) ? code : 'unknown';
}

function parseEvent(line: string): Event {
  const fields = JSON.parse(line) as Record<string, unknown>;
  return {
    at: parseInstant(String(fields['date'])),
    type: String(fields['log_type']),
    account: Number(fields['account']),
    fields,
  };
}

/** Microseconds since 1970; whole numbers that a double holds exactly for 285 years. */
function parseInstant(text: string): number {
  const match = /^(.{19})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  const [, seconds = '', fraction = '', zone = ''] = match ?? [];
  return Date.parse(seconds + zone) * 1000 + Number(fraction.padEnd(6, '0'));
}

/** The calendar of one time zone. */
interface Calendar {
  /** `2019-01` */
  month(at: number): string;
  /** `2019-01-31` */
  day(at: number): string;
}

function createCalendar(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const day = (at: number): string => {
    const parts = Object.fromEntries(
      format.formatToParts(Math.floor(at / 1000)).map(({ type, value }) => [type, value]),
    );
    return `${parts['year'] ?? ''}-${parts['month'] ?? ''}-${parts['day'] ?? ''}`;
  };
  return { day, month: (at) => day(at).slice(0, 7) };
}

/** The first instant, to the second, that has another date than `at`: found by halving. */
function startOfNextDay(at: number, calendar: Calendar): number {
  if (at === -Infinity) return -Infinity;
  const second = 1_000_000;
  let before = Math.floor(at / second);
  let after = before + 26 * 3600;
  const today = calendar.day(at);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (calendar.day(middle * second) === today) before = middle;
    else after = middle;
  }
  return after * second;
}

/** Every month from that of the first event to that of the last. */
function monthsBetween(events: readonly Event[], calendar: Calendar): string[] {
  const first = events[0];
  const last = events.at(-1);
  if (first === undefined || last === undefined) return [];
  const months: string[] = [];
  const end = calendar.month(last.at);
  for (let month = calendar.month(first.at); month <= end;) {
    months.push(month);
    const [year = 0, number = 0] = month.split('-').map(Number);
    month = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
  }
  return months;
}
