import { test } from 'vitest';
import {
  layOut,
  repetitions,
  tokenContexts,
  type TokenContext,
} from '../test/server/render/token-contexts.js';
import { reportTable } from './report.js';

const short = 1024;
const long = 64 * 1024;

/** So many pairs of each place are looked at again with longer texts. */
const suspects = 4;

interface Cost {
  readonly text: string;
  readonly milliseconds: number;
}

/** The processor time of laying out a text, in milliseconds. */
function cost(context: TokenContext, text: string): Cost {
  const notebook = context.notebook(text);
  const before = process.cpuUsage();
  layOut(notebook);
  const { user, system } = process.cpuUsage(before);
  return { text, milliseconds: (user + system) / 1000 };
}

test('the worst text of each place', async () => {
  const rows: string[][] = [];
  for (const context of tokenContexts) {
    const { tokens } = context;
    const pairs = tokens.flatMap((first): [string, string?][] => [
      [first],
      ...tokens.map((second): [string, string] => [first, second]),
    ]);
    const seen = pairs
      .flatMap((pair) => {
        const texts = repetitions(pair, short);
        // The first of the shapes finds most; the others are tried where it matters.
        return [{ pair, ...cost(context, texts[0] ?? '') }];
      })
      .sort((one, other) => other.milliseconds - one.milliseconds);
    const worst = seen
      .slice(0, suspects)
      .flatMap(({ pair }) =>
        repetitions(pair, long).map((text) => ({ pair, ...cost(context, text) })),
      )
      .sort((one, other) => other.milliseconds - one.milliseconds)[0];
    if (worst === undefined) continue;
    const perKilobyte = worst.milliseconds / (worst.text.length / 1024);
    rows.push([
      context.name,
      JSON.stringify(worst.pair.filter((token) => token !== undefined).join(' + ')),
      `${worst.milliseconds.toFixed(0)} ms`,
      `${perKilobyte.toFixed(1)} ms`,
    ]);
  }
  await reportTable('hostile', {
    title: 'Texts that are made to take time',
    method:
      'Processor time to lay out a notebook with 64 KB that repeat one or two tokens, in each place that holds text: all pairs of the tokens that mean something there are tried with 1 KB, the dearest four in four shapes with 64 KB. It grows with the length; a piece that takes more than 3 s is stopped.',
    columns: ['place', 'dearest tokens', 'of 64 KB', 'for each KB'],
    rows,
  });
}, 3_600_000);
