// Replies of the debug protocol without a debugger: the variables of the cells.

import type { MessageContents } from '../jupyter/message.js';
import type { Look, MimeData, Variable } from './runner/protocol.js';

/** Where the variables are. */
export interface VariableSource {
  /** What the cells have declared. */
  variables(): Promise<readonly Variable[]>;
  /** One of them as a cell would show it; undefined: there is none of that name. */
  show(name: string): Promise<MimeData | undefined>;
  /** What of the names of cells is another than before, in a few words; undefined: nothing. */
  look(what: Look): Promise<string | undefined>;
}

/** What a front end learns of a debugger that never starts. */
const debugInfo = {
  ...{ isStarted: false, hashMethod: 'Murmur2', hashSeed: 0 },
  ...{ tmpFilePrefix: '', tmpFileSuffix: '.ts', breakpoints: [], stoppedThreads: [] },
  ...{ richRendering: true, exceptionPaths: [] },
};

/** Answers a request of the debug protocol: the variables, and that there is no debugger. */
export async function debugReply(
  { seq, command, arguments: given }: MessageContents['debug_request'],
  source: VariableSource,
): Promise<MessageContents['debug_reply']> {
  const reply = { type: 'response', seq, request_seq: seq, command } as const;
  switch (command) {
    case 'debugInfo':
      return { ...reply, success: true, body: debugInfo };
    case 'inspectVariables': {
      const variables = (await source.variables()).map((variable) => ({
        ...variable,
        evaluateName: variable.name,
        variablesReference: 0,
      }));
      return { ...reply, success: true, body: { variables } };
    }
    case 'richInspectVariables': {
      const wanted = given?.['variableName'];
      const name = typeof wanted === 'string' ? wanted : '';
      const data = await source.show(name);
      return data === undefined
        ? { ...reply, success: false, message: `There is no variable ${name}.`, body: {} }
        : { ...reply, success: true, body: { data, metadata: {} } };
    }
    // Asked by runs of notebooks, before cells run again with other values.
    case 'daybookLook': {
      const finding = await source.look(given as unknown as Look);
      return { ...reply, success: true, body: finding === undefined ? {} : { finding } };
    }
    default:
      return {
        ...reply,
        success: false,
        message: `This kernel lists variables and has no debugger: it cannot answer ${command}.`,
        body: {},
      };
  }
}
