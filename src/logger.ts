// The log: levels, text and JSON lines.

/** How much a message matters, least first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** Values that go with a message, for machines: ids, counts, durations in milliseconds. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Says what happens, to whoever listens: a person at a terminal or a collector of JSON lines. */
export interface Logger {
  /** For whoever debugs Daybook itself. */
  debug(message: string, fields?: LogFields): void;
  /** Progress that an operator wants in the log. */
  info(message: string, fields?: LogFields): void;
  /** Something to look at that did not stop the work. */
  warn(message: string, fields?: LogFields): void;
  /** Something failed. */
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to each message. */
  child(fields: LogFields): Logger;
}

/** Where and how {@link createLogger} writes. */
export interface LoggerOptions {
  /** Takes one finished line, without its line feed. */
  write: (line: string) => void;
  /** `text` for people, `json` (one object a line) for machines. Default `text`. */
  format?: 'text' | 'json';
  /** Messages below this level are dropped. Default `info`. */
  level?: LogLevel;
  /** The clock, for tests. */
  now?: () => Date;
}

/** A {@link Logger} that writes lines. */
export function createLogger(options: LoggerOptions, bound: LogFields = {}): Logger {
  const { write, format = 'text', level = 'info', now = () => new Date() } = options;
  const lowest = logLevels.indexOf(level);
  const log = (at: LogLevel, message: string, fields: LogFields = {}): void => {
    if (logLevels.indexOf(at) < lowest) return;
    const all = { ...bound, ...fields };
    write(
      format === 'json'
        ? JSON.stringify({ time: now().toISOString(), level: at, message, ...all })
        : textLine(at, message, all),
    );
  };
  return {
    debug: (message, fields) => {
      log('debug', message, fields);
    },
    info: (message, fields) => {
      log('info', message, fields);
    },
    warn: (message, fields) => {
      log('warn', message, fields);
    },
    error: (message, fields) => {
      log('error', message, fields);
    },
    child: (fields) => createLogger(options, { ...bound, ...fields }),
  };
}

function textLine(level: LogLevel, message: string, fields: LogFields): string {
  // A server writes one for each request, so nothing is made on the way to the line.
  let line = level === 'info' ? message : `${level}: ${message}`;
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined) line += `  ${name}=${String(value)}`;
  }
  return line;
}

/** A {@link Logger} that says nothing: the default of library functions. */
export const silentLogger: Logger = createLogger({ write: () => undefined });
