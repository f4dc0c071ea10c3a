// This folder sends lineage as events of OpenLineage: what they hold (pipeline-lineage.ts, notebook-lineage.ts), how
// they are delivered (lineage-sender.ts), and both together (this file).

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { urlPasswords } from '../config/url-passwords.js';
import type { Config } from '../config/config.js';
import { packageVersion } from '../files/package-file.js';
import type { Logger } from '../logger.js';
import { redact } from '../notebook/parameters/redact.js';
import type { RunEvent, RunReport } from '../notebook/report/run-report.js';
import { projectGraph } from '../orchestration/project-graph.js';
import type { PipelineEvent } from '../pipeline/pipeline-event.js';
import { readProject } from '../pipeline/project/read-project.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import type { LineageEvent } from './lineage-event.js';
import { datasetPlace, readParent, type LineagePlace } from './lineage-place.js';
import {
  fileTransport,
  httpTransport,
  LineageSender,
  type SenderLimits,
} from './lineage-sender.js';
import { NotebookLineage } from './notebook-lineage.js';
import { PipelineLineage, type DeclaredModels } from './pipeline-lineage.js';

/** Options of {@link Lineage}. */
export interface LineageOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** The time that the run was planned for; undefined: none. */
  readonly nominalTime?: Date | undefined;
  readonly limits?: Partial<SenderLimits>;
}

/**
 * Reports the work of a command where the project wants lineage, and does nothing where it does not. It never fails
 * the work and never holds it up; {@link Lineage.close} waits for a bounded time.
 */
export class Lineage {
  readonly #options: LineageOptions;
  readonly #sender: LineageSender | undefined;
  #secrets: readonly string[];
  /** Events are made in the order of what they tell. */
  #made: Promise<void> = Promise.resolve();

  constructor(options: LineageOptions) {
    this.#options = options;
    const { config, logger, limits } = options;
    const { openLineage } = config;
    this.#secrets = [
      openLineage?.apiKey ?? '',
      config.webhook ?? '',
      ...[config.databaseUrl, config.readerUrl].flatMap(urlPasswords),
    ].filter((secret) => secret !== '');
    if (openLineage === undefined) return;
    const { target, apiKey } = openLineage;
    const transport =
      'file' in target ? fileTransport(target.file) : httpTransport(target.url, apiKey);
    this.#sender = new LineageSender(transport, logger, limits);
  }

  /** Listens to a pipeline run. */
  pipeline(warehouse: {
    readonly owner: Pool;
    readonly ownerUrl: string;
  }): (event: PipelineEvent) => void {
    if (this.#sender === undefined) return () => undefined;
    this.#secrets = [...this.#secrets, ...urlPasswords(warehouse.ownerUrl)];
    const declared = this.#declared();
    const lineage = serverVersion(warehouse.owner).then(
      (version) => new PipelineLineage(this.#place({ name: 'PostgreSQL', version }), declared),
    );
    return (event) => {
      // Nothing is told of these, and there may be very many.
      if (event.type === 'file_progress') return;
      this.#take(async () => (await lineage).eventsOf(event));
    };
  }

  /** Listens to a run of notebooks. */
  notebooks(): {
    readonly onEvent: (event: RunEvent) => void;
    /** @param report - Undefined: the run was ended by an error. */
    readonly onEnd: (report: RunReport | undefined, isStopped: boolean) => void;
  } {
    const { exposure, basePath } = this.#options.config;
    const engine = { name: 'Daybook', version: packageVersion() };
    const pages =
      exposure.publicOrigin === undefined ? 'daybook' : exposure.publicOrigin + basePath;
    const lineage = new NotebookLineage(this.#place(engine), pages);
    return {
      onEvent: (event) => {
        this.#take(() => lineage.eventsOf(event));
      },
      onEnd: (report, isStopped) => {
        this.#take(() => [lineage.end(report, isStopped)]);
      },
    };
  }

  /** Waits for what is not delivered yet, for a bounded time. */
  async close(): Promise<void> {
    if (this.#sender === undefined) return;
    const done = new AbortController();
    const pause = sleep(this.#options.limits?.flushMs ?? 5000, undefined, { signal: done.signal });
    await Promise.race([this.#made, pause.catch(() => undefined)]);
    done.abort();
    await this.#sender.close();
  }

  #take(make: () => LineageEvent[] | Promise<LineageEvent[]>): void {
    const sender = this.#sender;
    if (sender === undefined) return;
    const eventTime = new Date().toISOString();
    this.#made = this.#made.then(async () => {
      try {
        for (const event of await make())
          sender.send(redact({ ...event, eventTime }, this.#secrets));
      } catch (error) {
        this.#options.logger.warn(`lineage could not be told: ${String(error)}`);
      }
    });
  }

  #place(engine: LineagePlace['engine']): LineagePlace {
    const { config, nominalTime } = this.#options;
    const { namespace = 'default', parent = '' } = config.openLineage ?? {};
    return {
      ...{ namespace, engine, parent: readParent(parent) },
      nominalTime: nominalTime?.toISOString(),
      ...datasetPlace(config.databaseUrl),
    };
  }

  async #declared(): Promise<DeclaredModels | undefined> {
    const { config } = this.#options;
    try {
      const project = await readProject(config.root, config.project.schemas);
      return {
        graph: await projectGraph(config, project, []),
        queries: new Map(project.models.map(({ id, query }) => [id, query.sql])),
      };
    } catch {
      // The run says what is wrong with the declarations.
      return undefined;
    }
  }
}

async function serverVersion(pool: Pool): Promise<string> {
  try {
    const [row] = await queryRows<{ version: string }>(
      pool,
      `select current_setting('server_version') as version`,
    );
    return row?.version ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
