// Masking of secret values.

import type { Logger } from '../../logger.js';
import type { Json } from '../../nbformat/notebook.js';

/** The replacement for a secret. */
const mask = '•••';

/** The shortest masked value; masking shorter ones would hit ordinary text everywhere. */
const shortest = 4;

/** Masks texts in a value: in keys, strings, lists. */
export function redact<T>(value: T, secrets: readonly string[]): T {
  // The longest first: one may be part of another.
  const texts = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .filter((text) => text.length >= shortest)
    .sort((one, other) => other.length - one.length);
  if (texts.length === 0) return value;
  return masked(value as Json, texts) as T;
}

function masked(value: Json, texts: readonly string[]): Json {
  if (typeof value === 'string') return maskedText(value, texts);
  if (Array.isArray(value)) return value.map((item) => masked(item, texts));
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value; // a Date
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [maskedText(key, texts), masked(item, texts)]),
  );
}

function maskedText(text: string, texts: readonly string[]): string {
  return texts.reduce((result, secret) => result.replaceAll(secret, mask), text);
}

/** A logger that masks texts. */
export function redactingLogger(logger: Logger, secrets: readonly string[]): Logger {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error'): Logger['info'] =>
    (message, fields) => {
      logger[level](redact(message, secrets), redact(fields, secrets));
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => redactingLogger(logger.child(redact(fields, secrets)), secrets),
  };
}
