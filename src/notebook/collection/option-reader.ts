// The values that a parameter may have, asked from the warehouse in the reader's role.

import type { Pool } from 'pg';
import { DaybookError, describeError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { ChoiceOption, ChoiceValue } from '../../publication/choice-values.js';
import { choiceText } from '../../publication/choice-values.js';

/** Reads the values of `choicesFrom(query, value)`. Connects at the first query. */
export class OptionReader implements AsyncDisposable {
  readonly #url: string;
  readonly #logger: Logger;
  #pool: Pool | undefined;

  /** @param url - Of the warehouse's reader. */
  constructor(url: string, logger: Logger) {
    this.#url = url;
    this.#logger = logger;
  }

  /**
   * The values of a query's first column, with labels of the second if there is one.
   *
   * @throws DaybookError `PARAMETER_INVALID` when it cannot be answered, or has values that no parameter has.
   */
  async read(sql: string): Promise<ChoiceOption[]> {
    if (this.#pool === undefined) {
      const { createPool } = await import('../../warehouse/connect/pool.js');
      this.#pool = createPool(this.#url, this.#logger);
    }
    let rows: unknown[][];
    try {
      ({ rows } = await this.#pool.query<unknown[]>({ text: sql, rowMode: 'array' }));
    } catch (cause) {
      const message = `the query of its values fails: ${describeError(cause)}`;
      throw new DaybookError('PARAMETER_INVALID', message, { cause });
    }
    return rows.map(([value, label]) => {
      const known = choiceOf(value);
      const text = choiceOf(label);
      return { value: known, label: text === null ? choiceText(known) : choiceText(text) };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.end();
  }
}

function choiceOf(value: unknown): ChoiceValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const message =
    typeof value === 'bigint'
      ? 'the query of its values returns bigint: cast it to int or text'
      : 'the query of its values returns what is no text, number or boolean: cast it to text';
  throw new DaybookError('PARAMETER_INVALID', message);
}
