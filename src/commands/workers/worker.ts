// `daybook worker`: takes part in the work of runs.

import { availableParallelism, hostname } from 'node:os';
import { DaybookError } from '../../errors.js';
import { checkInProcess } from '../../notebook/type-check/check-in-process.js';
import { findMisfits } from '../../notebook/type-check/find-misfits.js';
import { Lineage } from '../../open-lineage/lineage.js';
import { withLineage } from '../../open-lineage/with-lineage.js';
import { describeByPool } from '../../row-types/describe-in-warehouse.js';
import { codeVersion } from '../../system/code-version.js';
import { openWarehouse, type Warehouse } from '../../warehouse/warehouse.js';
import { isQueueName, queueNames, type QueueName } from '../../worker/job.js';
import type { Leading, LeadingNotebooks } from '../../worker/leader-place.js';
import { runWorker } from '../../worker/worker.js';
import type { Command, Invocation } from '../command.js';
import { notifyOfNotebooks } from '../notify/notebooks-webhook.js';
import { notifyOfRun } from '../notify/pipeline-webhook.js';
import { Webhook, webhookOption } from '../notify/webhook.js';
import { countOption, namesOption, numberOption, sizeOption } from '../options.js';

/** `daybook worker`. */
export const worker: Command = {
  usage: '[--queues NAME,…] [--jobs N] [--memory SIZE] [--drain S] [--webhook URL]',
  description: `Takes part in the work of runs that were started with --detach, until it is stopped. Any number of
workers may be at work, on any number of machines that reach the warehouse: each takes a file, a model or
a notebook when it has room. One of them leads the run; when it goes, another goes on.

All need the same version of the project. Where files are loaded the data folder has to be there by
the same path. Notebooks whose metadata say \`"queue": "gpu"\` are for workers with --queues notebooks.gpu.

SIGTERM and Ctrl-C end it: what it is at is ended within --drain, the rest goes to the others. A worker
that is killed, frozen or cut off loses nothing: its tasks are taken over within seconds.`,
  options: {
    queues: {
      type: 'string',
      placeholder: 'NAME,…',
      help: `Take only these: ${queueNames.join(', ')}, notebooks.TAG`,
      default: queueNames.join(','),
    },
    jobs: {
      type: 'string',
      placeholder: 'N',
      help: 'Tasks at once',
      default: 'as many as cores',
    },
    memory: {
      type: 'string',
      placeholder: 'SIZE',
      help: 'What kernels may take together, like 8G: it takes only notebooks that it has room for',
    },
    drain: {
      type: 'string',
      placeholder: 'S',
      help: 'Let tasks go on for so many seconds when it is asked to end',
      default: '30',
    },
    webhook: webhookOption,
  },
  async run(invocation) {
    const { values, config, env, logger, signal } = invocation;
    const queues = queuesOption(values);
    const jobs = countOption(values, 'jobs') ?? availableParallelism();
    const memory = sizeOption(values, 'memory');
    const drainMs = (numberOption(values, 'drain') ?? 30) * 1000;
    const version = await codeVersion(config.root, config.codeVersion);
    const warehouse = await openWarehouse(config, { logger });
    try {
      logger.info(`worker on ${hostname()}: takes ${queues.join(', ')}, ${jobs} at once`);
      await runWorker({
        ...{ url: warehouse.ownerUrl, readerUrl: warehouse.readerUrl, config, env },
        ...{ codeVersion: version, queues, jobs, memory, drainMs, signal, logger },
        leading: leadingOf(invocation, warehouse),
        leadingNotebooks: leadingNotebooksOf(invocation, warehouse),
      });
      logger.info('worker ended');
      return 0;
    } finally {
      await warehouse.close();
    }
  },
};

/** A run that is led here tells the same as one of `pipeline run`. */
function leadingOf(invocation: Invocation, warehouse: Warehouse): Leading {
  const { values, config, env, logger, signal } = invocation;
  const webhook = Webhook.of(values, config, logger);
  return (work) =>
    notifyOfRun({ webhook, config, signal }, async (notified) => {
      const lineage = new Lineage({ config, logger });
      const tell = lineage.pipeline(warehouse);
      try {
        await work({
          findMisfits: () =>
            findMisfits({
              ...{ config, env, signal, check: checkInProcess },
              describe: describeByPool(warehouse.reader),
            }),
          onEvent: (event) => {
            notified.onEvent(event);
            tell(event);
          },
        });
        await notified.onEnd(warehouse.owner);
      } finally {
        await lineage.close();
      }
    });
}

function leadingNotebooksOf(invocation: Invocation, warehouse: Warehouse): LeadingNotebooks {
  const { values, config, logger, signal } = invocation;
  const webhook = Webhook.of(values, config, logger);
  return async (work) => {
    const lineage = new Lineage({ config, logger });
    try {
      const report = await withLineage(lineage.notebooks(), signal, work);
      await notifyOfNotebooks(webhook, report, warehouse.owner);
      return report;
    } finally {
      await lineage.close();
    }
  };
}

/** @throws DaybookError `USAGE` for a queue that there is not. */
function queuesOption(values: Invocation['values']): readonly QueueName[] {
  const asked = namesOption(values, 'queues');
  const wrong = asked.find((name) => !isQueueName(name));
  if (wrong !== undefined) {
    throw new DaybookError('USAGE', `--queues: there is no queue ${wrong}`, {
      hint: `the queues are ${queueNames.join(', ')}, and notebooks.TAG`,
    });
  }
  return asked.length === 0 ? queueNames : [...new Set(asked.filter(isQueueName))];
}
