// Positions of errors in tslab's stack traces.

import { compileCell, type CellToCompile, type SourcePosition } from './compiled-cell.js';

/** A frame of a cell in tslab: a script without a name, inside a function in `node:vm`. */
const scriptFrame = /evalmachine\.<anonymous>:(\d+):(\d+)/;

/** A stack of the cell's source, with the cell's own position. */
export interface LocatedStack {
  /** The position of the running statement; undefined when the stack does not reach the cell. */
  readonly position: SourcePosition | undefined;
  readonly stack: readonly string[];
}

/**
 * Finds the line of a cell in a stack that tslab printed, and removes frames of tslab and Node.js. All cells are
 * scripts of the same name, so only the outermost frame is certainly the failed cell's. Frames above it may be
 * functions of earlier cells; their lines are not shown, because they refer to the compiled code of an unknown
 * cell.
 *
 * @param cell - The failed cell; undefined: unknown.
 */
export function locateError(
  stack: readonly string[],
  cell: CellToCompile | undefined,
): LocatedStack {
  const runs = stack.findIndex((line) => line.includes('(node:vm:'));
  const frames = (runs < 0 ? stack : stack.slice(0, runs)).flatMap((line, index) => {
    const found = scriptFrame.exec(line);
    return found === null ? [] : [{ index, line: Number(found[1]), column: Number(found[2]) }];
  });
  // Until its first await a cell runs inside tslab's wrapper, which closes after its last line.
  const wrapper = runs < 0 ? undefined : frames.pop();
  const outermost = frames.at(-1);
  let position: SourcePosition | undefined;
  if (outermost !== undefined && cell !== undefined) {
    const compiled = compileCell(cell);
    // Another length means another cell's script: an error that was made there and thrown here.
    if (wrapper === undefined || wrapper.line === compiled.lineCount + 1) {
      position = compiled.sourcePosition(outermost.line, outermost.column);
    }
  }
  return {
    position,
    stack: stack.flatMap((line, index) => {
      if (index === wrapper?.index || isPlumbing(line)) return line.endsWith(' {') ? ['{'] : [];
      if (index === outermost?.index && position !== undefined) {
        return line.replace(scriptFrame, `cell:${position.line}:${position.column}`);
      }
      return line.replace(scriptFrame, 'notebook');
    }),
  };
}

/** Frames of the cell's callers: tslab, `node:vm`, the event loop. */
function isPlumbing(line: string): boolean {
  return (
    /^\s+at .*(?:\(node:vm:|[\\/]tslab[\\/]dist[\\/]|node:internal\/)/.test(line) ||
    /^\s*\.\.\. \d+ lines matching cause stack trace \.\.\.$/.test(line)
  );
}
