/** The address of a notebook's page, below the dashboard's root. */
export function notebookPath(slug: string): string {
  return `/notebooks/${encodeURIComponent(slug)}`;
}

/** The address of the page of one run. */
export function runPath(slug: string, runId: string): string {
  return `${notebookPath(slug)}/runs/${runId}`;
}

/** The address of a chart's data. */
export function csvPath(slug: string, runId: string, figure: number): string {
  return `${runPath(slug, runId)}/figures/${figure}.csv`;
}
