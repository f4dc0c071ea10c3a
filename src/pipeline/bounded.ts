/**
 * A gate that lets at most `limit` pieces of work run at once; the others wait in their order.
 *
 * @returns A function that runs a piece of work when there is room and passes its result on.
 */
export function bounded(limit: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // Whoever waits takes over this place, so `running` stays.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
