// Outputs of cells, reduced from kernel messages.

import { isMessage, type Message } from '../../jupyter/message.js';
import type {
  ErrorOutput,
  JsonObject,
  MimeBundle,
  Output,
  StreamOutput,
} from '../../nbformat/notebook.js';
import { jsonObject, mimeBundle } from './mime-bundle.js';
import { settleStreamText } from './stream-text.js';

/** An output in progress: the text of a stream is raw and in one piece. */
type GrowingOutput = Exclude<Output, StreamOutput> | GrowingStream;

interface GrowingStream extends StreamOutput {
  text: string;
}

/** An output with its display id. */
interface LiveOutput {
  readonly output: GrowingOutput;
  readonly displayId: string | undefined;
}

/** The outputs of a cell so far. */
interface CellOutputs {
  readonly outputs: readonly LiveOutput[];
  /** A `clear_output` that waits for the next output. */
  readonly clearPending: boolean;
  readonly executionCount: number | null;
  /** Characters so far, and characters beyond the limit. */
  readonly size: number;
  readonly dropped: number;
}

/**
 * The outputs of all cells so far, by cell index. Immutable: each message makes a new value. All cells are
 * together because a message can change an output of any earlier cell by its display id.
 */
export type NotebookOutputs = readonly CellOutputs[];

/** The default output limit of a cell, in characters; the page shows how much is missing. */
export const defaultOutputLimit = 20_000_000;

const noOutputs: CellOutputs = {
  outputs: [],
  clearPending: false,
  executionCount: null,
  size: 0,
  dropped: 0,
};

/** The initial state of a notebook with `count` cells. */
export function emptyOutputs(count: number): NotebookOutputs {
  return Array.from({ length: count }, () => noOutputs);
}

/**
 * The state after a kernel message for a cell. Messages without output, of unknown type or with missing fields
 * change nothing. The rules are those of nbclient's `process_message`.
 *
 * @param cell - Index of the cell of the message's parent request.
 * @param limit - The output limit of a cell, in characters.
 */
export function reduceOutputs(
  state: NotebookOutputs,
  cell: number,
  message: Message,
  limit: number = defaultOutputLimit,
): NotebookOutputs {
  const before = state[cell];
  if (before === undefined) return state;
  const count = message.content['execution_count'];
  const current = typeof count === 'number' ? { ...before, executionCount: count } : before;
  const replace = (next: CellOutputs) => (next === before ? state : state.with(cell, next));

  if (isMessage(message, 'stream')) {
    return replace(addStream(current, message.content.name, message.content.text, limit));
  }
  if (isMessage(message, 'clear_output')) {
    return replace(
      message.content.wait === true ? { ...current, clearPending: true } : cleared(current),
    );
  }
  if (isMessage(message, 'error')) {
    const { ename, evalue, traceback } = message.content;
    const output: GrowingOutput = {
      output_type: 'error',
      ename,
      evalue,
      traceback: traceback.map(String),
    };
    return replace(add(current, { output, displayId: undefined }, limit));
  }
  if (isMessage(message, 'display_data') || isMessage(message, 'execute_result')) {
    const { data, metadata } = message.content;
    const representations = { data: mimeBundle(data), metadata: jsonObject(metadata) };
    const displayId = displayIdOf(message);
    const output: GrowingOutput = isMessage(message, 'execute_result')
      ? {
          output_type: 'execute_result',
          execution_count: message.content.execution_count ?? null,
          ...representations,
        }
      : { output_type: 'display_data', ...representations };
    // The same id updates earlier displays, too.
    return updateDisplays(
      replace(add(current, { output, displayId }, limit)),
      displayId,
      representations,
    );
  }
  if (isMessage(message, 'update_display_data')) {
    const { data, metadata } = message.content;
    return updateDisplays(replace(current), displayIdOf(message), {
      data: mimeBundle(data),
      metadata: jsonObject(metadata),
    });
  }
  return replace(current);
}

/** The outputs of a cell in the notebook format, and its count. */
export function finishedOutputs(
  state: NotebookOutputs,
  cell: number,
): { outputs: Output[]; executionCount: number | null } {
  const { outputs, executionCount, dropped } = state[cell] ?? noOutputs;
  const finished = outputs.map<Output>(({ output }) =>
    output.output_type === 'stream' ? { ...output, text: settleStreamText(output.text) } : output,
  );
  if (dropped > 0) {
    finished.push(note(`${dropped} more characters of output were left out: the limit is reached`));
  }
  return { outputs: finished, executionCount };
}

/** Adds a note of ours to a cell's outputs, as text on stderr. */
export function addNote(state: NotebookOutputs, cell: number, text: string): NotebookOutputs {
  const before = state[cell] ?? noOutputs;
  const outputs = [...before.outputs, { output: note(text), displayId: undefined }];
  return state.with(cell, { ...before, outputs });
}

/** Adds an error output that the kernel did not send. */
export function addError(
  state: NotebookOutputs,
  cell: number,
  output: ErrorOutput,
): NotebookOutputs {
  const before = state[cell] ?? noOutputs;
  return state.with(cell, {
    ...before,
    outputs: [...before.outputs, { output, displayId: undefined }],
  });
}

/** Removes the last error output of a cell, for a better one. */
export function withoutLastError(state: NotebookOutputs, cell: number): NotebookOutputs {
  const before = state[cell] ?? noOutputs;
  const at = before.outputs.findLastIndex(({ output }) => output.output_type === 'error');
  return at < 0 ? state : state.with(cell, { ...before, outputs: before.outputs.toSpliced(at, 1) });
}

/** Removes the last occurrence of a text from a cell's stderr, for errors that became an output. */
export function withoutStderrText(
  state: NotebookOutputs,
  cell: number,
  text: string,
): NotebookOutputs {
  const before = state[cell] ?? noOutputs;
  const at = before.outputs.findLastIndex(
    ({ output }) =>
      output.output_type === 'stream' && output.name === 'stderr' && output.text.includes(text),
  );
  const found = before.outputs[at]?.output;
  if (found?.output_type !== 'stream') return state;
  const whole = found.text;
  const start = whole.lastIndexOf(text);
  const rest = whole.slice(0, start) + whole.slice(start + text.length);
  const outputs =
    rest === ''
      ? before.outputs.toSpliced(at, 1)
      : before.outputs.with(at, { output: { ...found, text: rest }, displayId: undefined });
  return state.with(cell, { ...before, outputs });
}

function note(text: string): GrowingOutput {
  return { output_type: 'stream', name: 'stderr', text: `[daybook: ${text}]\n` };
}

function cleared(cell: CellOutputs): CellOutputs {
  return { ...cell, outputs: [], clearPending: false, size: 0, dropped: 0 };
}

/** Adds an output after a pending clear, up to the limit. */
function add(given: CellOutputs, added: LiveOutput, limit: number): CellOutputs {
  const cell = given.clearPending ? cleared(given) : given;
  const size = sizeOf(added.output);
  if (cell.size + size > limit) return { ...cell, dropped: cell.dropped + size };
  return { ...cell, outputs: [...cell.outputs, added], size: cell.size + size };
}

/**
 * Appends to the stream of that name if only streams follow it, so that text keeps its place between tables and
 * charts while stdout and stderr each stay in one piece.
 */
function addStream(given: CellOutputs, name: string, text: string, limit: number): CellOutputs {
  const cell = given.clearPending ? cleared(given) : given;
  const kept = text.slice(0, Math.max(0, limit - cell.size));
  const next = {
    ...cell,
    size: cell.size + kept.length,
    dropped: cell.dropped + text.length - kept.length,
  };
  if (kept === '') return next;
  const lastOther = cell.outputs.findLastIndex(({ output }) => output.output_type !== 'stream');
  const at = cell.outputs.findLastIndex(
    ({ output }, index) =>
      index > lastOther && output.output_type === 'stream' && output.name === name,
  );
  const found = cell.outputs[at]?.output;
  const output: GrowingOutput =
    found?.output_type === 'stream'
      ? { ...found, text: found.text + kept }
      : { output_type: 'stream', name, text: kept };
  const live = { output, displayId: undefined };
  return {
    ...next,
    outputs: at < 0 ? [...cell.outputs, live] : cell.outputs.with(at, live),
  };
}

function updateDisplays(
  state: NotebookOutputs,
  displayId: string | undefined,
  representations: { data: MimeBundle; metadata: JsonObject },
): NotebookOutputs {
  if (displayId === undefined) return state;
  const shows = (live: LiveOutput) => live.displayId === displayId;
  return state.map((cell) =>
    cell.outputs.some(shows)
      ? {
          ...cell,
          outputs: cell.outputs.map((live) =>
            shows(live) ? { ...live, output: { ...live.output, ...representations } } : live,
          ),
        }
      : cell,
  );
}

/** The id by which later messages change a display; undefined: none. */
export function displayIdOf(message: Message): string | undefined {
  const transient = message.content['transient'];
  if (typeof transient !== 'object' || transient === null) return undefined;
  const id: unknown = Reflect.get(transient, 'display_id');
  return typeof id === 'string' ? id : undefined;
}

function sizeOf(output: GrowingOutput): number {
  switch (output.output_type) {
    case 'stream':
      return output.text.length;
    case 'error':
      return output.evalue.length + output.traceback.join('').length;
    default:
      return Object.values(output.data).reduce<number>(
        (sum, value) =>
          sum + (typeof value === 'string' ? value.length : JSON.stringify(value).length),
        0,
      );
  }
}
