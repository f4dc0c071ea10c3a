// Paths of all pages and files of the dashboard. Which route serves each is in site/.

import { loadStep } from '../history/runs/pipeline-run.js';

/** The address of a notebook's page, below the dashboard's root. */
export function notebookPath(slug: string): string {
  return `/notebooks/${encodeURIComponent(slug)}`;
}

/** The address of the page of one run. */
export function runPath(slug: string, runId: string): string {
  return `${notebookPath(slug)}/runs/${runId}`;
}

/**
 * The address of a figure as a file.
 *
 * @param page - The address of its page: of a run, or of the notebook for the newest one.
 * @param figure - Its name; its number from before leads to it.
 * @param form - The end of the file's name, like `csv`.
 */
export function filePath(page: string, figure: string | number, form: string): string {
  return `${page}/figures/${encodeURIComponent(figure)}.${form}`;
}

/** The id of a figure on its notebook's page. */
export function figureAnchor(figure: string | number): string {
  return `figure-${figure}`;
}

/** The address of a figure on its notebook's page. */
export function figurePath(slug: string, figure: string): string {
  return `${notebookPath(slug)}#${encodeURIComponent(figureAnchor(figure))}`;
}

/** The address of a run's preview image, for link previews. */
export function picturePath(slug: string, runId: string): string {
  return `${runPath(slug, runId)}/picture.png`;
}

/** The address of the pipeline's page. */
export const pipelinePath = '/pipeline';

/** The address of the page of a pipeline run, or of a task on it. */
export function pipelineRunPath(runId: string, task?: string): string {
  const fragment = task === undefined ? '' : `#${taskId(task)}`;
  return `${pipelinePath}/runs/${runId}${fragment}`;
}

/** The most tasks on the page of a run: those of thousands of files would be a page of megabytes. */
export const maxTasks = 1000;

/** The address of the log of a step: on the page of the run, or a page of its own where the run has too many tasks. */
export function stepPath(
  { runId, taskCount }: { readonly runId: string; readonly taskCount: number },
  step: string,
): string {
  return taskCount <= maxTasks || step === loadStep
    ? pipelineRunPath(runId, step)
    : pipelineTaskPath(runId, step);
}

/** The address of the page of one task of a run. */
export function pipelineTaskPath(runId: string, task: string): string {
  return `${pipelineRunPath(runId)}/tasks/${encodeURIComponent(task)}`;
}

/** The address of a page of the list of all steps, from 1; the first is the pipeline page. */
export function stepsPath(part: number): string {
  return part === 1 ? `${pipelinePath}#runs` : `${pipelinePath}/steps/${part}`;
}

/** The id of a task's log on the page of its run. */
export function taskId(task: string): string {
  return `task-${encodeURIComponent(task)}`;
}

/** The id of the section on new keys and values (drift), on the page of a pipeline run. */
export const driftId = 'drift';

/** The address of the data catalogue. */
export const cataloguePath = '/data';

/** The address of a table's or view's page in the catalogue. */
export function relationPath(id: string): string {
  return `${cataloguePath}/${encodeURIComponent(id)}`;
}

/** The address of a column on the page of its relation. */
export function columnPath(relation: string, column: string): string {
  return `${relationPath(relation)}#${columnId(column)}`;
}

/** The id of a column's row on the page of its relation. */
export function columnId(column: string): string {
  return `column-${encodeURIComponent(column)}`;
}

/** The address of the search's index. */
export const searchPath = '/search.js';

/** The address of the comparison of two runs. */
export function comparisonPath(slug: string, before: string, after: string): string {
  return `${notebookPath(slug)}/compare/${before}/${after}`;
}

/** The address of the stream of change events. */
export const eventsPath = '/events';

/** The address of the Atom feed. */
export const feedPath = '/feed.atom';

/** The address of a published figure for embedding in other sites. */
export function embedPath(slug: string, figure: string): string {
  return `/embed/${encodeURIComponent(slug)}/${encodeURIComponent(figure)}`;
}

/** The address of the sign-in page. */
export const signInPath = '/sign-in';

/** The address of the account page. */
export const accountPath = '/account';

/** The address that the sign-out form is posted to. */
export const signOutPath = '/sign-out';

/** The page of operators. */
export const operatorPath = `${pipelinePath}/operate`;
