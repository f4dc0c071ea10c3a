import { describe, expect, test } from 'vitest';
import { debugReply, type VariableSource } from '../../src/kernel/debug-reply.js';

const source: VariableSource = {
  variables: () => Promise.resolve([{ name: 'months', value: 'Array(12)', type: 'object' }]),
  look: ({ names }) => Promise.resolve('rows' in names ? 'rows was changed' : undefined),
  show: (name) => Promise.resolve(name === 'months' ? { 'text/plain': '[ … ]' } : undefined),
};

/** What a front end sends need not be what the protocol asks for. */
const ask = (command: string, given?: unknown) =>
  debugReply(
    { type: 'request', seq: 7, command, arguments: given as Record<string, unknown> },
    source,
  );

describe('debugReply', () => {
  test('names what the cells have declared, none of which can be unfolded', async () => {
    expect(await ask('inspectVariables')).toEqual({
      type: 'response',
      seq: 7,
      request_seq: 7,
      command: 'inspectVariables',
      success: true,
      body: {
        variables: [
          {
            name: 'months',
            value: 'Array(12)',
            type: 'object',
            evaluateName: 'months',
            variablesReference: 0,
          },
        ],
      },
    });
  });

  test('shows one of them as a cell would', async () => {
    expect(await ask('richInspectVariables', { variableName: 'months' })).toMatchObject({
      success: true,
      body: { data: { 'text/plain': '[ … ]' }, metadata: {} },
    });
  });

  test.each([
    ['richInspectVariables', { variableName: 'years' }, 'There is no variable years.'],
    ['richInspectVariables', undefined, 'There is no variable .'],
    ['richInspectVariables', null, 'There is no variable .'],
    ['richInspectVariables', { variableName: ['months'] }, 'There is no variable .'],
    [
      'setBreakpoints',
      undefined,
      'This kernel lists variables and has no debugger: it cannot answer setBreakpoints.',
    ],
  ])('says why %s fails', async (command, given, message) => {
    expect(await ask(command, given)).toMatchObject({ success: false, message, body: {} });
  });

  test('says that no debugger has started', async () => {
    expect(await ask('debugInfo')).toMatchObject({
      success: true,
      body: { isStarted: false, breakpoints: [], stoppedThreads: [] },
    });
  });

  test('says what of the names of cells is another than before', async () => {
    const look = (names: object) => ask('daybookLook', { names, forget: [] });
    expect((await look({ rows: 'value' })).body).toEqual({ finding: 'rows was changed' });
    expect((await look({})).body).toEqual({});
  });
});
