import { Script } from 'node:vm';
import { cellParameters } from '../../cells/cell-parameters.js';

/** A compiled cell; it gives the value of its last expression, as the only element of an array. */
export type CellFunction = (...given: unknown[]) => Promise<[value: unknown] | undefined>;

/**
 * Makes a function of a compiled cell, whose first line is the second one of the script.
 *
 * @param name - Stands for the cell in stack traces.
 * @throws SyntaxError
 */
export function cellFunction(name: string, code: string): CellFunction {
  // The block lets a cell declare a class of a parameter's name.
  return new Script(
    `(async function (${cellParameters.join(', ')}) { "use strict"; {\n${code}\n} })`,
    { filename: name },
  ).runInThisContext() as CellFunction;
}
