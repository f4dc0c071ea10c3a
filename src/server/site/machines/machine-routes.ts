import type { Express, Response } from 'express';
import type { PublicationReader } from '../../../publication/publication-reader.js';
import { Answer } from '../../../http/prepared-response.js';
import { EncodedBody } from '../../../http/encoded-body.js';
import { exchangeOf } from '../../http/exchange.js';
import type { Metrics } from './metrics.js';
import type { Pages } from '../pages.js';
import { sendAnswer } from '../../http/send-response.js';
import { statusOf } from './status.js';

/** What is asked by machines alone. */
export interface MachineRoutesOptions {
  readonly metrics: Metrics;
  readonly reader: PublicationReader;
  readonly now: () => Date;
}

/** How long `/readyz` waits for the warehouse, in milliseconds. */
const readyMs = 2000;

/**
 * What supervisors and monitors ask: whether the process runs, whether it can answer, how what is
 * published stands.
 *
 * @param pagesFor - The pages as whoever asks sees them.
 */
export function addMachineRoutes(
  app: Express,
  pagesFor: (response: Response) => Pages,
  { metrics, reader, now }: MachineRoutesOptions,
): void {
  app.get('/metrics', async (_request, response) => {
    const body = new EncodedBody(metrics.text(await pagesFor(response).checkedState(), now()));
    const type = 'text/plain; version=0.0.4; charset=utf-8';
    await sendAnswer(
      exchangeOf(response),
      new Answer(body, { status: 200, type, cache: 'no-store' }),
    );
  });
  app.get('/healthz', async (_request, response) => {
    await sendAnswer(exchangeOf(response), json(200, { status: 'ok' }));
  });
  app.get('/status.json', async (_request, response) => {
    await sendAnswer(
      exchangeOf(response),
      json(200, statusOf(await pagesFor(response).checkedState())),
    );
  });
  app.get('/readyz', async (_request, response) => {
    const isReady = await answersWithin(reader, readyMs);
    const status = isReady ? 'ready' : 'the warehouse does not answer';
    await sendAnswer(exchangeOf(response), json(isReady ? 200 : 503, { status }));
  });
}

function json(status: number, value: object): Answer {
  const body = new EncodedBody(`${JSON.stringify(value, null, 2)}\n`);
  return new Answer(body, { status, type: 'application/json; charset=utf-8', cache: 'no-store' });
}

async function answersWithin(reader: PublicationReader, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, milliseconds);
  });
  const answered = reader.ping().then(
    () => true,
    () => false,
  );
  const isReady = await Promise.race([answered, tooLate]);
  clearTimeout(timer);
  return isReady;
}
