/**
 * The compiler process: type-checks and compiles cells, completes and explains names. It is separate from the
 * cells, so that they cannot disturb it, and answers while they run. The kernel starts it, sends requests over the
 * IPC channel (protocol.ts), and its end is that of the channel.
 */
import { CellProgram, type CompiledText } from '../../cells/cell-program.js';
import { CellService } from './cell-service.js';
import { complete } from './complete.js';
import { inspect } from './inspect.js';
import { isComplete } from './is-complete.js';
import type {
  CompilerQuestions,
  CompilerRequest,
  CompilerResponse,
  CompilerTopic,
} from './protocol.js';

interface Session {
  readonly program: CellProgram;
  /** The last compiled cell. */
  compiled: CompiledText;
  readonly service: CellService;
}

let session: Session | undefined;

type Answers = {
  [T in CompilerTopic]: (
    question: CompilerQuestions[T]['question'],
    current: Session,
  ) => CompilerQuestions[T]['answer'];
};

const answers: Answers = {
  start: () => null,
  compile: ({ source }, current) => {
    current.compiled = current.program.compile(source);
    return current.compiled.compilation;
  },
  accept: ({ cell, defined }, { compiled }) => {
    const names = new Set(defined);
    compiled.accept(cell, (name) => names.has(name));
    return null;
  },
  complete: ({ source, position }, { service }) => complete(service, source, position),
  inspect: ({ source, position }, { service }) => inspect(service, source, position) ?? null,
  isComplete: ({ source }) => isComplete(source),
};

function start(folder: string): Session {
  const program = new CellProgram(folder);
  // Reads the libraries before the first cell arrives.
  const compiled = program.compile('');
  return { program, compiled, service: new CellService(program) };
}

function answer(request: CompilerRequest): CompilerQuestions[CompilerTopic]['answer'] {
  if (request.topic === 'start') {
    session = start((request.question as CompilerQuestions['start']['question']).folder);
    return null;
  }
  if (session === undefined) throw new Error('no session was started');
  const respond = answers[request.topic] as (
    question: CompilerRequest['question'],
    current: Session,
  ) => CompilerQuestions[CompilerTopic]['answer'];
  return respond(request.question, session);
}

process.on('message', (request: CompilerRequest) => {
  let response: CompilerResponse;
  try {
    response = { id: request.id, answer: answer(request) };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    response = { id: request.id, error: text };
  }
  process.send?.(response);
});
// The kernel handles Ctrl-C, and ends this process by closing the channel.
process.on('SIGINT', () => undefined);
process.once('disconnect', () => {
  process.exit(0);
});
