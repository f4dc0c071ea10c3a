// Hidden input of passwords.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { DaybookError } from '../../errors.js';

/** Lines of an input that is no terminal, for consecutive questions. */
let lines: AsyncIterator<string> | undefined;

/**
 * Asks for a secret, as `Terminal.askSecret` specifies.
 *
 * @throws DaybookError `INTERRUPTED` on Ctrl-C, `USAGE` when the input has no more lines.
 */
export async function askSecret(
  question: string,
  input: ReadStream,
  output: WriteStream,
): Promise<string> {
  if (!input.isTTY) {
    lines ??= createInterface({ input })[Symbol.asyncIterator]();
    const next = await lines.next();
    if (next.done !== true) return next.value;
    throw new DaybookError('USAGE', 'standard input ended before the password', {
      hint: 'Give it as a line of standard input, or type it at a terminal',
    });
  }
  output.write(question);
  const silence = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const reader = createInterface({ input, output: silence, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once('line', resolve);
      reader.once('close', () => {
        reject(new DaybookError('INTERRUPTED', 'no password was typed'));
      });
    });
  } finally {
    reader.close();
    output.write('\n');
  }
}
