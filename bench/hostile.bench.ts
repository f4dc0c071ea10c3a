import { test } from 'vitest';
import {
  layOut,
  repetitions,
  tokenContexts,
  type TokenContext,
} from '../test/server/render/token-contexts.js';
import { reportTable } from './report.js';

const short = 1024;
/** What is over a budget is shown as it was written, at no cost: the dearest texts are those just below. */
const lengths = [2, 8, 64].map((kilobytes) => kilobytes * 1024);

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

function perKilobyte({ text, milliseconds }: Cost): number {
  return milliseconds / (text.length / 1024);
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
        lengths
          .flatMap((length) => repetitions(pair, length))
          .map((text) => ({ pair, ...cost(context, text) })),
      )
      .sort((one, other) => perKilobyte(other) - perKilobyte(one))[0];
    if (worst === undefined) continue;
    rows.push([
      context.name,
      JSON.stringify(worst.pair.filter((token) => token !== undefined).join(' + ')),
      `${(worst.text.length / 1024).toFixed(0)} KB`,
      `${worst.milliseconds.toFixed(0)} ms`,
      `${perKilobyte(worst).toFixed(1)} ms`,
    ]);
  }
  await reportTable('hostile', {
    title: 'Texts that are made to take time',
    method:
      'Processor time to lay out a notebook with a text that repeats one or two tokens, in each place that holds text: all pairs of the tokens that mean something there are tried with 1 KB, the dearest four in four shapes with 2, 8 and 64 KB; the one that is dearest for its length is shown. A piece that takes more than 3 s is stopped.',
    columns: ['place', 'dearest tokens', 'length', 'time', 'for each KB'],
    rows,
  });
}, 3_600_000);
