import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { simulateLogs, type SimulationOptions } from '../../sample-logs/simulation.js';
import { requireShared } from '../requirement.js';
import { misshapen } from './line-shapes.js';

const defaults: SimulationOptions = { accounts: 1000, months: 12, seed: 1, start: '2019-01' };

interface Line {
  text: string;
  file: string;
  at: number;
  type: string;
  account: number;
}

function simulate(options: Partial<SimulationOptions> = {}): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, pieces } of simulateLogs({ ...defaults, ...options })) {
    files.set(name, [...pieces].map(({ text }) => text).join(''));
  }
  return files;
}

function linesOf(files: ReadonlyMap<string, string>): Line[] {
  return [...files].flatMap(([file, content]) =>
    content
      .split('\n')
      .slice(0, -1)
      .map((text) => {
        const fields = JSON.parse(text) as { date: string; log_type: string; account: number };
        return {
          text,
          file,
          at: Date.parse(fields.date) / 1000,
          type: fields.log_type,
          account: fields.account,
        };
      }),
  );
}

function digest(files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [name, content] of files) hash.update(`${name}\n${content}`, 'latin1');
  return hash.digest('hex').slice(0, 16);
}

test('a seed gives the same bytes on every machine', () => {
  expect({
    defaults: digest(simulate()),
    anotherSeed: digest(simulate({ seed: 2 })),
    largestSeed: digest(simulate({ seed: 2 ** 32 - 1, accounts: 50 })),
    overTheYears: digest(simulate({ accounts: 50, months: 30, start: '2022-08' })),
  }).toMatchInlineSnapshot(`
    {
      "anotherSeed": "a8fcc33eb46c7826",
      "defaults": "afe5cbdd79c562c2",
      "largestSeed": "0aa4414bcb858fcc",
      "overTheYears": "2f6ed4e5052690eb",
    }
  `);
});

test('the bytes do not depend on the time zone of the process', () => {
  const before = process.env['TZ'];
  const here = digest(simulate({ accounts: 50 }));
  try {
    process.env['TZ'] = 'Asia/Tokyo';
    expect(new Date(0).getHours()).toBe(9);
    expect(digest(simulate({ accounts: 50 }))).toBe(here);
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});

test('a file for each month, also over a year’s end', () => {
  expect([...simulate({ accounts: 5, months: 3, start: '2021-11' }).keys()]).toEqual([
    '2021-november.log',
    '2021-december.log',
    '2022-january.log',
  ]);
});

test('the last session breaks off when the last month ends', () => {
  const last = linesOf(simulate({ accounts: 10_000, months: 1 })).at(-1)!;
  expect(last.text).toContain('2019-01-31T23:59:');
});

test('pieces are whole lines, near 64 KB, and say how many', () => {
  for (const { pieces } of simulateLogs({ ...defaults, months: 2 })) {
    for (const { text, lines } of pieces) {
      expect(text.endsWith('\n')).toBe(true);
      expect(text.split('\n').length - 1).toBe(lines);
      expect(text.length).toBeLessThan(65 * 1024);
    }
  }
});

test('one customer in one month is enough', () => {
  const lines = linesOf(simulate({ accounts: 1, months: 1 }));
  expect(lines.filter(({ type }) => type === 'SIGN_UP')).toHaveLength(1);
});

describe('logs like the real ones', () => {
  const files = simulate();
  const lines = linesOf(files);
  const ofType = (type: string): Line[] => lines.filter((line) => line.type === type);
  const signUps = new Map(ofType('SIGN_UP').map((line) => [line.account, line]));
  const logins = new Map<number, number[]>();
  for (const { account, at } of ofType('LOGIN')) {
    logins.set(account, [...(logins.get(account) ?? []), at]);
  }

  test('every line has the shape of its type', () => {
    expect(misshapen(lines.map(({ text }) => text))).toEqual([]);
  });

  test('and so has every real line', (context) => {
    const folder = requireShared(context, 'data');
    for (const file of readdirSync(folder)) {
      const content = readFileSync(join(folder, file), 'utf8');
      expect(misshapen(content.split('\n').slice(0, -1))).toEqual([]);
    }
  });

  test('each customer signs up once, and accounts are not in the order of sign-up', () => {
    const accounts = ofType('SIGN_UP').map(({ account }) => account);
    expect(new Set(accounts).size).toBe(1000);
    expect(Math.min(...accounts)).toBe(10_000);
    expect(Math.max(...accounts)).toBe(10_999);
    expect(accounts).not.toEqual([...accounts].sort((a, b) => a - b));
  });

  test('every file is in the order of the instants', () => {
    for (const file of files.keys()) {
      const times = lines.filter((line) => line.file === file).map(({ at }) => at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  test('some lines carry the offset of the sign-up after the clocks have changed', () => {
    const offsetOf = (line: Line): string => line.text.slice(29, 35);
    const changes = ofType('PLAN_CHANGE');
    const wrong = changes.filter((line) => {
      const summer = line.at >= 1_552_201_200 && line.at < 1_572_760_800;
      return offsetOf(line) !== (summer ? '-04:00' : '-05:00');
    });
    expect(wrong.length).toBeGreaterThan(0);
    expect(wrong.length).toBeLessThan(changes.length);
    for (const line of wrong) expect(offsetOf(line)).toBe(offsetOf(signUps.get(line.account)!));
  });

  test('some sessions end in the month after that of their file', () => {
    const months = [...files.keys()];
    const late = lines.filter(({ text, file }) => months[Number(text.slice(15, 17)) - 1] !== file);
    expect(late.length).toBeGreaterThan(0);
    for (const { type, text } of late) {
      expect(type).not.toBe('LOGIN');
      expect(text).toMatch(/-01T00:0[01]:/);
    }
  });

  test('some customers log in before they sign up, some never', () => {
    const early = [...signUps].filter(([account, { at }]) => (logins.get(account)?.[0] ?? at) < at);
    expect(early.length / 1000).toBeGreaterThan(0.15);
    expect(early.length / 1000).toBeLessThan(0.35);
    expect([...signUps.keys()].some((account) => !logins.has(account))).toBe(true);
  });

  test('some change plans after their last login, some twice, and none leaves silver', () => {
    const changes = ofType('PLAN_CHANGE');
    expect(changes.some(({ account, at }) => at > (logins.get(account)?.at(-1) ?? at))).toBe(true);
    expect(new Set(changes.map(({ account }) => account)).size).toBeLessThan(changes.length);
    expect(changes.some(({ text }) => text.includes('"from": "PLAN_SILVER"'))).toBe(false);
  });

  test('some customers come back after more than 30 days', () => {
    const gap = 30 * 24 * 3600;
    const returned = [...logins.values()].filter((times) =>
      times.some((at, index) => at - (times[index - 1] ?? at) > gap),
    );
    expect(returned.length).toBeGreaterThan(0);
    expect(returned.length).toBeLessThan(100);
  });

  test('addresses have the oddities of the real ones', () => {
    const addresses = [...signUps.values()].map(
      ({ text }) => (JSON.parse(text) as { address: string }).address,
    );
    const having = (pattern: RegExp): number =>
      addresses.filter((address) => pattern.test(address)).length;
    expect(having(/, [A-Z]{2} [A-Z]\d[A-Z] \d[A-Z]\d'$/)).toBeGreaterThan(900);
    expect(having(/,[A-Z]{2} [A-Z]\d[A-Z]/)).toBeGreaterThan(0);
    expect(having(/^[^,]*, [A-Z]{2} [A-Z]\d[A-Z]/)).toBeGreaterThan(0);
    expect(having(/, NF /)).toBeGreaterThan(0);
    expect(having(/, NL /)).toBe(0);
    expect(having(/é/)).toBeGreaterThan(0);
    expect(having(/þ/)).toBeGreaterThan(0);
    expect([...files.values()].join('')).toMatch(/^[\n -~]*$/);
  });
});
