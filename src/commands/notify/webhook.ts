// Sending of webhook notifications (`--webhook`).

import type { Pool } from 'pg';
import { webhookProblem, type Config } from '../../config/config.js';
import { urlPasswords } from '../../config/url-passwords.js';
import { DaybookError, describeError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { redact } from '../../notebook/parameters/redact.js';
import type { OptionSpec } from '../command.js';
import { textOption } from '../options.js';
import { isDue, SentTopics } from './sent-topics.js';

/** `--webhook URL` */
export const webhookOption = {
  type: 'string',
  placeholder: 'URL',
  help: 'Post JSON there when something fails, and when it passes again',
  setting: 'DAYBOOK_WEBHOOK',
} as const satisfies OptionSpec;

/** A webhook for failures; see docs/operator.md. */
export class Webhook {
  readonly #url: string | undefined;
  readonly #config: Config;
  readonly #logger: Logger;

  /** @param url - Undefined: no notifications. */
  constructor(url: string | undefined, config: Config, logger: Logger) {
    this.#url = url;
    this.#config = config;
    this.#logger = logger;
  }

  /**
   * The webhook of `--webhook`, otherwise of the configuration.
   *
   * @throws DaybookError `USAGE` when the option is no URL; the message does not repeat it.
   */
  static of(values: Parameters<typeof textOption>[0], config: Config, logger: Logger): Webhook {
    const given = textOption(values, 'webhook');
    const problem = given === undefined ? undefined : webhookProblem(given);
    if (problem !== undefined) throw new DaybookError('USAGE', `--webhook ${problem}`);
    return new Webhook(given ?? config.webhook, config, logger);
  }

  /** Whether there is a webhook. */
  get isSet(): boolean {
    return this.#url !== undefined;
  }

  /** The sent notifications; undefined: no webhook. @param pool - Of the owner. */
  sentTopics(pool?: Pool): SentTopics | undefined {
    return this.#url === undefined ? undefined : new SentTopics(this.#url, this.#config, pool);
  }

  /**
   * Posts a notification of a lasting topic when it is new or changed, otherwise once a day.
   *
   * @param topic - Its name.
   * @param digest - Its content; a change is posted at once.
   * @param pool - Stores the topic; undefined: the warehouse is unreachable.
   */
  async notifyOfLasting(
    { topic, digest }: { topic: string; digest: string },
    notification: object,
    pool?: Pool,
  ): Promise<void> {
    const sent = this.sentTopics(pool);
    if (sent === undefined) return;
    const before = (await sent.topics().catch(() => undefined))?.get(topic);
    if (!isDue(before, digest)) return;
    if (!(await this.post({ ...notification, repeated: before?.digest === digest }))) return;
    await sent.keep(topic, digest).catch((error: unknown) => {
      this.#logger.warn(`that the webhook was told is not remembered: ${describeError(error)}`);
    });
  }

  /**
   * Posts a notification as JSON, without the warehouse's passwords. A receiver that is unreachable, takes longer
   * than ten seconds, or refuses it causes a warning only.
   *
   * @param notification - Undefined: none.
   * @param patienceMs - The timeout, in milliseconds.
   * @returns Whether the receiver accepted it.
   */
  async post(notification: object | undefined, patienceMs = 10_000): Promise<boolean> {
    if (this.#url === undefined || notification === undefined) return false;
    const secrets = [this.#config.databaseUrl, this.#config.readerUrl].flatMap(urlPasswords);
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(redact(notification, secrets)),
        signal: AbortSignal.timeout(patienceMs),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      return true;
    } catch (error) {
      this.#logger.warn(`the webhook could not be told: ${describeError(error)}`);
      return false;
    }
  }
}
