// `runPipeline` of `daybook/pipeline`: a run in the current project.

import { codeVersion } from '../system/code-version.js';
import { openWarehouse } from '../warehouse/warehouse.js';
import type { GivenLimits } from './load/limits/source-limits.js';
import type { PipelineEvent } from './pipeline-event.js';
import { runPipeline } from './run-pipeline.js';
import { workspaceConfig } from '../config/workspace-config.js';
import { ownEnvironment } from './session.js';
import type { PipelineReport } from '../history/reports/pipeline-report.js';

/** What `runPipeline` takes; everything has a default. */
export interface RunOptions extends GivenLimits {
  /** The folder of the logs. Default: `DAYBOOK_DATA_DIR`, else `data`. */
  dataDir?: string;
  /** Models to build: `name`, `+name` with what it reads, `name+` with what reads it. Default all. */
  select?: readonly string[];
  /** Load every file and build every model again, also those that did not change. Default false. */
  fullRefresh?: boolean;
  /** Told what happens, as it happens. */
  onEvent?: (event: PipelineEvent) => void;
  /** Stops the run; what is in work is undone. */
  signal?: AbortSignal;
}

/** A run in the project that the working directory lies in, on a warehouse opened for it alone. */
export async function runInWorkspace(options: RunOptions): Promise<PipelineReport> {
  const config = await workspaceConfig(ownEnvironment());
  const warehouse = await openWarehouse(config);
  try {
    const version = await codeVersion(config.root, config.codeVersion);
    return await runPipeline({
      warehouse,
      config,
      trigger: 'api',
      codeVersion: version,
      ...options,
    });
  } finally {
    await warehouse.close();
  }
}
