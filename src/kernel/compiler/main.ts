/**
 * The compiler process: type-checks and compiles cells, completes and explains names. It is separate from the
 * cells, so that they cannot disturb it, and answers while they run. The kernel starts it, sends requests over the
 * IPC channel (protocol.ts), and its end is that of the channel.
 */
import { CellProgram } from '../../cells/cell-program.js';
import type { CompiledText } from '../../cells/compiled-cell.js';
import type { Describe } from '../../row-types/describe-queries.js';
import { CellService } from './cell-service.js';
import { DraftQueries } from './draft-queries.js';
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
  readonly drafts: DraftQueries;
  /** The last compiled cell. */
  compiled: CompiledText;
  readonly service: CellService;
}

let session: Session | undefined;

type Answers = {
  [T in CompilerTopic]: (
    question: CompilerQuestions[T]['question'],
    current: Session,
  ) => CompilerQuestions[T]['answer'] | Promise<CompilerQuestions[T]['answer']>;
};

const answers: Answers = {
  start: () => null,
  compile: async ({ source }, current) => {
    const { compiled, compilation } = await current.drafts.compile(source);
    current.compiled = compiled;
    return compilation;
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

/** Has queries described by the warehouse of the project that a folder belongs to. */
function describeFrom(folder: string): Describe {
  return async (texts, types) => {
    // A kernel whose cells ask nothing new starts without them.
    const [{ readerConfig }, { describeInWarehouse }] = await Promise.all([
      import('../../config/workspace-config.js'),
      import('../../row-types/describe-in-warehouse.js'),
    ]);
    return describeInWarehouse(readerConfig(process.env, folder))(texts, types);
  };
}

function start(folder: string): Session {
  const program = new CellProgram(folder);
  // Reads the libraries before the first cell arrives.
  const compiled = program.compile('');
  const drafts = new DraftQueries(program, describeFrom(folder));
  return { program, drafts, compiled, service: new CellService(program) };
}

type Answer = CompilerQuestions[CompilerTopic]['answer'];

function answer(request: CompilerRequest): Answer | Promise<Answer> {
  if (request.topic === 'start') {
    session = start((request.question as CompilerQuestions['start']['question']).folder);
    return null;
  }
  if (session === undefined) throw new Error('no session was started');
  const answerTo = answers[request.topic] as (
    question: CompilerRequest['question'],
    current: Session,
  ) => Answer | Promise<Answer>;
  return answerTo(request.question, session);
}

/** Settles when the question before is answered: each builds on the state that it left. */
let before: Promise<void> = Promise.resolve();

async function respond(request: CompilerRequest): Promise<void> {
  let response: CompilerResponse;
  try {
    response = { id: request.id, answer: await answer(request) };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    response = { id: request.id, error: text };
  }
  process.send?.(response);
}

process.on('message', (request: CompilerRequest) => {
  before = before.then(() => respond(request));
});
// The kernel handles Ctrl-C, and ends this process by closing the channel.
process.on('SIGINT', () => undefined);
process.once('disconnect', () => {
  process.exit(0);
});
