import { resolve } from 'node:path';
import { codeVersion } from '../code-version.js';
import { DaybookError } from '../errors.js';
import { parseRejectLimit } from '../pipeline/load/reject-limit.js';
import { findUnfinished } from '../pipeline/runs/resume.js';
import { runPipeline } from '../pipeline/run-pipeline.js';
import { openWarehouse } from '../warehouse/warehouse.js';
import type { Command } from './command.js';
import { pipelineProgress } from './pipeline-progress.js';

/** `daybook pipeline run`. */
export const pipelineRun: Command = {
  usage:
    '[--data DIR] [--full-refresh] [--select MODEL]… [--max-rejects N|P%] [--resume RUN] [--explain] [--json]',
  description: `Loads what changed in the data folder, then builds and tests the models in sql/ whose files or
inputs changed. What a failed run built before it failed stays published; the failed model keeps its
last good rows.

MODEL is a name like monthly_churn or gold.monthly_churn; +NAME adds all that it reads, NAME+ all
that read it, gold.* is a whole schema.

--resume takes the number of a run that failed or was interrupted, or "last": its files are loaded as far
as they were not, and of its models only those are built that it did not finish.`,
  options: {
    data: { type: 'string', placeholder: 'DIR', help: 'Read the logs from here' },
    'full-refresh': {
      type: 'boolean',
      help: 'Load every file and build every model again, changed or not',
    },
    select: {
      type: 'string',
      multiple: true,
      placeholder: 'MODEL',
      help: 'Build only these models',
    },
    'max-rejects': {
      type: 'string',
      placeholder: 'N|P%',
      help: 'Fail before models are built if more lines are rejected',
    },
    resume: {
      type: 'string',
      placeholder: 'RUN',
      help: 'Do again what failed in this run, and what follows from it',
    },
    explain: { type: 'boolean', help: 'Say for each file and model why it is done or not' },
    json: { type: 'boolean', help: 'Print the report as JSON' },
  },
  async run({ values, config, cwd, terminal, logger, signal }) {
    const limit = values['max-rejects'];
    const maxRejects = typeof limit === 'string' ? parseRejectLimit(limit) : undefined;
    const select = (values['select'] ?? []) as string[];
    const progress = pipelineProgress(terminal, { explain: values['explain'] === true });
    const resumed = values['resume'];
    const given = ['data', 'select', 'full-refresh'].filter((name) => values[name] !== undefined);
    if (typeof resumed === 'string' && given.length > 0) {
      throw new DaybookError('USAGE', `--resume takes --${given[0] ?? ''} from the run itself`);
    }
    const warehouse = await openWarehouse(config, { logger });
    try {
      const unfinished =
        typeof resumed === 'string' ? await findUnfinished(warehouse.owner, resumed) : undefined;
      const report = await runPipeline({
        warehouse,
        config,
        select:
          unfinished?.models ??
          select.flatMap((names) => names.split(/[\s,]+/)).filter((name) => name !== ''),
        ...(unfinished === undefined
          ? {}
          : { dataDir: unfinished.dataDir, trigger: `resume ${unfinished.runId}` }),
        fullRefresh: values['full-refresh'] === true,
        ...(typeof values['data'] === 'string' ? { dataDir: resolve(cwd, values['data']) } : {}),
        ...(maxRejects === undefined ? {} : { maxRejects }),
        codeVersion: await codeVersion(config.root, config.codeVersion),
        onEvent: (event) => {
          progress.event(event);
        },
        signal,
        logger,
      });
      if (values['json'] === true) terminal.out(`${JSON.stringify(report)}\n`);
      return report.status === 'passed' ? 0 : 1;
    } finally {
      progress.end();
      await warehouse.close();
    }
  },
};
