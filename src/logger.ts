// The log: levels, text and JSON lines.

/** Log levels in ascending order. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** Structured fields of a message: ids, counts, durations in milliseconds. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A log for people at a terminal and for collectors of JSON lines. */
export interface Logger {
  /** For the developers of Daybook. */
  debug(message: string, fields?: LogFields): void;
  /** Progress, for operators. */
  info(message: string, fields?: LogFields): void;
  /** A problem that did not stop the work. */
  warn(message: string, fields?: LogFields): void;
  /** A failure. */
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to each message. */
  child(fields: LogFields): Logger;
}

/** Options of {@link createLogger}. */
export interface LoggerOptions {
  /** Writes a line, given without its line feed. */
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
  // A server logs every request, so the line is built without intermediate objects.
  let line = level === 'info' ? message : `${level}: ${message}`;
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined) line += `  ${name}=${String(value)}`;
  }
  return line;
}

/** A {@link Logger} that drops all messages: the default of library functions. */
export const silentLogger: Logger = createLogger({ write: () => undefined });
