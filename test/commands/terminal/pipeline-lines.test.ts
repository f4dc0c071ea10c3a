import { describe, expect, test } from 'vitest';
import type { PipelineEvent } from '../../../src/pipeline/pipeline-event.js';
import {
  advance,
  eventLines,
  explainedLines,
  idle,
  progressLine,
  summaryLines,
} from '../../../src/commands/terminal/pipeline-lines.js';
import type { PipelineReport } from '../../../src/history/reports/pipeline-report.js';

const report: PipelineReport = {
  runId: 7,
  status: 'failed',
  durationMs: 61_500,
  notices: [],
  files: [
    {
      file: 'a.log',
      source: 'log_event',
      status: 'loaded',
      lines: 1205,
      loaded: 1200,
      rejected: 5,
      durationMs: 1234,
    },
    {
      file: 'old.log',
      source: 'log_event',
      status: 'removed',
      lines: 0,
      loaded: 0,
      rejected: 0,
      durationMs: 3,
    },
  ],
  unchangedFiles: 11,
  lines: { read: 1205, loaded: 1200, rejected: 5 },
  passedOver: [],
  rejects: { blank_line: 1, invalid_json: 4 },
  drift: [{ source: 's', kind: 'value', name: 'log_type', detail: 'NEW\u001b', file: 'a.log' }],
  models: [
    {
      model: 'gold.a',
      status: 'passed',
      isBuilt: true,
      reason: 'its file changed',
      rows: 12,
      durationMs: 20,
    },
    {
      model: 'gold.b',
      status: 'failed',
      isBuilt: true,
      reason: 'it was never built',
      rows: null,
      durationMs: 20,
      error: {
        code: 'MODEL_FAILED',
        message: 'Postgres refuses the query: no',
        where: 'sql/gold/b.sql:3:1',
      },
    },
    {
      model: 'gold.c',
      status: 'upstream_failed',
      isBuilt: false,
      reason: 'gold.b could not be built',
      rows: null,
      durationMs: 0,
    },
  ],
  dropped: ['gold.old'],
  kept: [],
  asOf: null,
  dataThrough: null,
};

const events: PipelineEvent[] = [
  { type: 'waiting' },
  { type: 'run_started', runId: 7, files: 12, bytes: 11_429_419, models: 3 },
  { type: 'file_started', file: 'a.log', bytes: 2_000_000 },
  { type: 'file_progress', file: 'a.log', bytesRead: 1_000_000 },
  { type: 'file_started', file: 'b.log', bytes: 5 },
  {
    type: 'file_finished',
    file: 'b.log',
    source: 'log_event',
    status: 'unchanged',
    lines: 0,
    loaded: 0,
    rejected: 0,
    durationMs: 1,
  },
  { type: 'file_finished', ...report.files[0]! },
  { type: 'file_finished', ...report.files[1]! },
  { type: 'model_started', model: 'gold.a' },
  { type: 'model_started', model: 'gold.b' },
  ...report.models.map((model) => ({ type: 'model_finished' as const, ...model })),
  { type: 'run_finished', report },
];

test('explained, says for each file and model why it is done or not', () => {
  const file = { lines: 0, loaded: 0, rejected: 0, durationMs: 1 };
  expect(
    [
      {
        type: 'file_finished' as const,
        ...file,
        file: 'a',
        source: 'log_event',
        status: 'unchanged' as const,
        reason: 'its content is the same',
      },
      { type: 'model_finished' as const, ...report.models[0]! },
      {
        type: 'model_finished' as const,
        ...report.models[0]!,
        status: 'unchanged' as const,
        isBuilt: false,
        reason: 'nothing changed',
      },
    ].flatMap(explainedLines),
  ).toEqual([
    '  kept    a',
    '          its content is the same',
    '  built   gold.a  12 rows  20 ms',
    '          its file changed',
    '  kept    gold.a',
    '          nothing changed',
  ]);
});

describe('the display of a run', () => {
  test('leaves these lines', () => {
    expect(events.flatMap(eventLines)).toEqual([
      'another run of this warehouse is at work; waiting for it to end',
      'run 7: 12 files (11.4 MB), 3 models',
      '  loaded  a.log  1,200 lines, 5 rejected  1.2 s',
      '  removed old.log, which is gone',
      '  built   gold.a  12 rows  20 ms',
      '  FAILED  gold.b  20 ms',
      '          sql/gold/b.sql:3:1: Postgres refuses the query: no [MODEL_FAILED]',
      '  blocked gold.c  0 ms',
      'files   1 loaded, 11 unchanged, 1 removed',
      'lines   1,205 read, 1,200 loaded, 5 rejected',
      'rejects 1 blank_line, 4 invalid_json (daybook rejects list)',
      'drift   s: a new value, log_type = NEW?, first in a.log',
      'models  1 built, 1 failed, 1 blocked by these',
      'dropped gold.old: its model is gone',
      'run 7 failed in 1 min 2 s',
    ]);
  });

  test('ends without what a file has said of itself', () => {
    const error = {
      code: 'DATA_SHAPE',
      message: 'its header has no $&',
      hint: 'declare it',
    } as const;
    const file = { file: 'a.log', source: 's', lines: 0, loaded: 0, rejected: 0, durationMs: 1 };
    const said = '1 of the files could not be loaded, so no model was built';
    const kept = '; nothing was taken out either';
    const refused: PipelineReport = {
      ...report,
      files: [{ ...file, status: 'failed', error }],
      error: {
        code: 'PIPELINE_FAILED',
        message: `${said}; a.log: ${error.message}${kept}`,
        hint: error.hint,
      },
    };
    expect(summaryLines(refused).slice(-2)).toEqual([
      `${said}${kept} [PIPELINE_FAILED]`,
      expect.stringMatching(/^run 7 failed/),
    ]);
  });

  test('shows in place what is in work', () => {
    let state = idle;
    const lines = events.map((event) => progressLine((state = advance(state, event)), 80));
    expect(lines).toEqual([
      '',
      '',
      'loading a.log  0 bytes read',
      'loading a.log  1.0 MB read',
      'loading a.log and 1 more  1.0 MB read',
      'loading a.log  1.0 MB read',
      '',
      '',
      'building gold.a  0 of 3 models done',
      'building gold.a, gold.b  0 of 3 models done',
      'building gold.b  1 of 3 models done',
      '',
      '',
      '',
    ]);
    expect(
      progressLine(advance(idle, { type: 'file_started', file: 'x'.repeat(200), bytes: 1 }), 40),
    ).toHaveLength(39);
  });
});
