// Failures that tslab prints on stderr.

/**
 * A failure by tslab. It sends no `error` message, but prints to stderr, so name, message and line are parsed from
 * that text (tslab 1.0.22, executor.js and main.js).
 */
export interface ReportedError {
  /** `TypeError`, or {@link typeErrorName} or {@link thrownValueName}. */
  readonly ename: string;
  readonly evalue: string;
  /** The position in the cell's source, from 1; for type errors only. */
  readonly position: { readonly line: number; readonly column: number } | undefined;
  /** The stack as V8 printed it, with Node.js's additions: causes, fields. Empty for type errors. */
  readonly stack: readonly string[];
  /** The parts of stderr that belong to the report. */
  readonly texts: readonly string[];
}

/** The name of type errors, whose messages have no code. */
export const typeErrorName = 'TypeScriptError';

/** The name of a thrown value that is no Error, like `throw 'text'`. */
export const thrownValueName = 'Uncaught';

/** `3:7 - message`, or `helper.ts 3:7 - message` for a file that the cell imports. */
const diagnostic = /^(?:(.+) )?(\d+):(\d+) - ([^]*)\n$/;

/**
 * The failure that a cell's stderr reports.
 *
 * @param texts - Each stderr message of the failed request, in order.
 * @returns undefined when there is no text at all.
 */
export function readReportedError(texts: readonly string[]): ReportedError | undefined {
  const diagnostics = texts.slice(texts.findLastIndex((text) => !diagnostic.test(text)) + 1);
  const found = diagnostics.map((text) => diagnostic.exec(text) ?? []);
  const first = found[0];
  if (first !== undefined) {
    const [, file, line, column] = first;
    return {
      ename: typeErrorName,
      evalue: found
        .map(([, where, atLine, atColumn, message], index) =>
          index === 0 && where === undefined
            ? (message ?? '')
            : `${where === undefined ? '' : `${where} `}${atLine ?? ''}:${atColumn ?? ''} - ${message ?? ''}`,
        )
        .join('\n'),
      position: file === undefined ? { line: Number(line), column: Number(column) } : undefined,
      stack: [],
      texts: diagnostics,
    };
  }
  // The failure is printed last; earlier text is the cell's own.
  const last = texts.findLast((text) => lateKind(text) === undefined);
  return last === undefined ? undefined : { ...readInspected(last), texts: [last] };
}

/** tslab's prefixes of unhandled exceptions. */
const latePrefixes = ['UncaughtException: ', 'UnhandledPromiseRejection: '] as const;

function lateKind(text: string): string | undefined {
  return latePrefixes.find((prefix) => text.startsWith(prefix));
}

/**
 * The unhandled exception of a timer, an event or a promise, if a stderr message reports one. It need not come
 * from the cell in whose output it appears.
 */
export function readLateError(text: string): ReportedError | undefined {
  const prefix = lateKind(text);
  if (prefix === undefined) return undefined;
  return { ...readInspected(text.slice(prefix.length)), texts: [text] };
}

/** Parses the output of `console.error` for a thrown value. */
function readInspected(text: string): Omit<ReportedError, 'texts'> {
  // Node.js may print the throwing line before it: `file:3`, the line, an arrow.
  const lines = text
    .replace(/^[^\n]+:\d+\n[^\n]*\n[ \t]*\^+\n\n?/, '')
    .replace(/\n$/, '')
    .split('\n');
  const firstFrame = lines.findIndex((line) => /^\s+at /.test(line));
  // An error without a stack is printed in brackets.
  const head = (firstFrame < 0 ? lines : lines.slice(0, firstFrame))
    .join('\n')
    .replace(/^\[([A-Za-z_$][^]*)\]$/, '$1');
  // `Name: message`, `Name [CODE]: message`, `Name`.
  const named = /^([A-Za-z_$][\w$.]*)(?: \[[^\]]*\])?(?:: ([^]*))?$/.exec(head);
  const isError = named !== null && (firstFrame > 0 || /(?:Error|Exception)$/.test(named[1] ?? ''));
  return {
    ename: isError ? (named[1] ?? '') : thrownValueName,
    evalue: isError ? withoutCompiledNames(named[2] ?? '') : lines.join('\n'),
    position: undefined,
    stack: firstFrame < 0 ? [] : lines.slice(firstFrame),
  };
}

/** V8's messages have names of the compiled code: `exports.rows`, `(0 , pipeline_1.query)`. */
function withoutCompiledNames(message: string): string {
  return message
    .replace(/\(0 , [\w$]+_\d+\.([\w$]+)\)/g, '$1')
    .replace(/\bexports\.(?=[A-Za-z_$])/g, '');
}
