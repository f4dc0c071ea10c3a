// The turn of a worker at what one of the fleet has to do.

/** The number of workers of a large fleet that do it at a time: by chance, so that none of them is waited for. */
const enough = 10;

/**
 * Whether this worker does what one of several has to do, such as to take a job that was announced. All of a few
 * workers do; of a thousand about ten, since each attempt costs the warehouse as much as the work.
 *
 * @param several - The number of workers that could.
 * @param random - From 0 to 1.
 */
export function isOurTurn(several: number, random: () => number = Math.random): boolean {
  return random() * several < enough;
}
