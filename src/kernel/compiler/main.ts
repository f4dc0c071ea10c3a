/**
 * The compiler process: type-checks and compiles cells, completes and explains names. It is separate from the
 * cells, so that they cannot disturb it, and answers while they run. The kernel starts it, sends requests over the
 * IPC channel (protocol.ts), and its end is that of the channel.
 */
import { CellProgram } from '../../cells/cell-program.js';
import type { CompiledText } from '../../cells/compiled-cell.js';
import { formatLiteral, formatSqlCell } from '../../cells/sql/format-query.js';
import { placeOf } from '../../cells/sql/text-places.js';
import { WarmWarehouse } from '../../row-types/warm-warehouse.js';
import { SqlAssistance } from '../sql/sql-assistance.js';
import { CellService } from './cell-service.js';
import { NotebookDiagnoser } from './diagnose.js';
import { DraftQueries } from './draft-queries.js';
import { complete } from './complete.js';
import { inspect } from './inspect.js';
import { sqlAt } from './sql-at.js';
import { TypesOnDisk } from './types-on-disk.js';
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
  readonly warehouse: WarmWarehouse;
  readonly sql: SqlAssistance;
  readonly onDisk: TypesOnDisk;
  /** Undefined: nobody has asked. */
  diagnoser: NotebookDiagnoser | undefined;
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
  compile: async (source, current) => {
    const { compiled, compilation } = await current.drafts.compile(source);
    current.compiled = compiled;
    return compilation;
  },
  accept: ({ cell, defined }, { compiled }) => {
    const names = new Set(defined);
    compiled.accept(cell, (name) => names.has(name));
    return null;
  },
  complete: async ({ position, ...cell }, { service, sql, onDisk }) => {
    const place = sqlAt(service, cell, position);
    const types = place && onDisk.read()?.types;
    if (place === undefined || types === undefined) return complete(service, cell, position);
    const found = await sql.complete(place.sql, place.offset, types);
    return { ...found, start: placeOf(place.places, found.start), end: position };
  },
  inspect: async ({ position, ...cell }, { service, sql, onDisk }) => {
    const place = sqlAt(service, cell, position);
    const types = place && onDisk.read()?.types;
    if (place === undefined || types === undefined) {
      return inspect(service, cell, position) ?? null;
    }
    const found = await sql.inspect(place.sql, place.offset, types);
    return found === undefined ? null : { ...found, language: 'sql' };
  },
  format: async ({ position, ...cell }, { service }) => {
    const place = sqlAt(service, cell, position);
    const formatted = await formatSqlCell(cell.source, cell.language);
    return formatted ?? (place && formatLiteral(cell.source, place.places)) ?? null;
  },
  diagnose: async (notebook, current) => {
    current.diagnoser ??= new NotebookDiagnoser(current.program.folder, current.warehouse);
    return (await current.diagnoser.diagnose(notebook)) ?? null;
  },
  isComplete: (source) => isComplete(source),
};

/** The warehouse of the project that a folder belongs to. */
function warehouseOf(folder: string): WarmWarehouse {
  return new WarmWarehouse(async () => {
    // A kernel whose cells ask nothing new starts without it.
    const { readerConfig } = await import('../../config/workspace-config.js');
    return readerConfig(process.env, folder);
  });
}

function start(folder: string): Session {
  void session?.warehouse.close();
  const program = new CellProgram(folder);
  const warehouse = warehouseOf(folder);
  // Reads the libraries before the first cell arrives.
  const compiled = program.compile({ source: '' });
  const drafts = new DraftQueries(program, warehouse.describe);
  const service = new CellService(program);
  const sql = new SqlAssistance(warehouse);
  const onDisk = new TypesOnDisk(folder);
  return { program, drafts, compiled, service, warehouse, sql, onDisk, diagnoser: undefined };
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
  // Diagnostics have a program of their own, and wait for the warehouse: cells do not wait for them.
  if (request.topic === 'diagnose') before.then(() => respond(request)).catch(() => undefined);
  else before = before.then(() => respond(request));
});
// The kernel handles Ctrl-C, and ends this process by closing the channel.
process.on('SIGINT', () => undefined);
process.once('disconnect', () => {
  process.exit(0);
});
