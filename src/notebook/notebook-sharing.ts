// What the process that leads a run of notebooks needs of those that execute them.

import type { CheckedNotebook } from './document/type-problem.js';
import type { NotebookFailure } from './document/failure.js';
import type { PlannedNotebook } from './plan/plan-runs.js';
import type { CollectionRecord } from './publish/collection-record.js';
import type { NotebookResult } from './report/run-report.js';

/** A run of notebooks that several processes share: one leads it, others execute. */
export interface NotebookSharing {
  /**
   * Begins the run's record, or goes on with it.
   *
   * @param notebooks - Paths from the root, with their variants.
   */
  openRecord(notebooks: readonly string[]): Promise<CollectionRecord>;
  /** Lets the others read this snapshot; nothing that was read on an earlier one is published from here on. */
  useSnapshot(id: string): Promise<void>;
  /** What this run has executed already, by paths with their variants. */
  readDone(): Promise<ReadonlyMap<string, DoneNotebook>>;
  /** Has a notebook executed and published. */
  execute(plan: PlannedNotebook, checked: CheckedNotebook): Promise<NotebookResult>;
}

/** A notebook that a shared run has executed already. */
export interface DoneNotebook {
  readonly status: 'passed' | 'failed';
  readonly runId: number | undefined;
  readonly failure: NotebookFailure | undefined;
}
