// Description of one statement by Postgres's extended protocol.

import type { ClientBase, Connection, Submittable } from 'pg';

/** A column that a statement gives. */
export interface DescribedColumn {
  readonly name: string;
  /** The oid of its type; of a domain, of the type that it is made of. */
  readonly typeId: number;
}

/** What Postgres says of a statement without running it. */
export interface DescribedStatement {
  /** None: it gives no rows. */
  readonly columns: readonly DescribedColumn[];
  /** The oids of the types of `$1`, `$2`, … */
  readonly parameters: readonly number[];
}

/**
 * Has Postgres parse and describe a statement by the extended protocol
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY). It is not planned and not run.
 *
 * @throws Postgres's own error with its position in the text.
 */
export function describeStatement(client: ClientBase, text: string): Promise<DescribedStatement> {
  return new Promise((resolve, reject) => {
    client.query(new Description(text, resolve, reject));
  });
}

interface Field {
  readonly name: string;
  readonly dataTypeID: number;
}

/** What the driver sends and is told instead of a query; see `Submittable` of `pg`. */
class Description implements Submittable {
  readonly #text: string;
  readonly #resolve: (described: DescribedStatement) => void;
  readonly #reject: (error: Error) => void;
  #columns: DescribedColumn[] = [];
  #parameters: readonly number[] = [];

  constructor(
    text: string,
    resolve: (described: DescribedStatement) => void,
    reject: (error: Error) => void,
  ) {
    this.#text = text;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): void {
    // The driver passes all messages on to queries but this one.
    connection.once('parameterDescription', this.#onParameters);
    connection.parse({ name: '', text: this.#text, types: [] }, true);
    connection.describe({ type: 'S', name: '' }, true);
    connection.sync();
  }

  readonly #onParameters = ({ dataTypeIDs }: { readonly dataTypeIDs: readonly number[] }) => {
    this.#parameters = dataTypeIDs;
  };

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, typeId: dataTypeID }));
  }

  handleError(error: Error, connection: Connection): void {
    connection.off('parameterDescription', this.#onParameters);
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    this.#resolve({ columns: this.#columns, parameters: this.#parameters });
  }
}
