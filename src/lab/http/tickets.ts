import { createToken } from './access.js';

/** How long a ticket is good for, in milliseconds. */
const lifetime = 60_000;

/**
 * Proofs for one visit each. The program that opens a browser shows its arguments to everybody on the
 * machine: better a ticket in them, used up at once, than the token.
 */
export class Tickets {
  readonly #now: () => number;
  readonly #issued = new Map<string, number>();

  constructor(now: () => number = performance.now.bind(performance)) {
    this.#now = now;
  }

  /** A new ticket. */
  issue(): string {
    const ticket = createToken();
    this.#issued.set(ticket, this.#now());
    return ticket;
  }

  /** Whether the ticket is good; it is not a second time. */
  redeem(ticket: string): boolean {
    const issuedAt = this.#issued.get(ticket);
    this.#issued.delete(ticket);
    return issuedAt !== undefined && this.#now() - issuedAt < lifetime;
  }
}
