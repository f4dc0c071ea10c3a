// The project file's type: a new key of daybook.config.ts is typed here, and read in project-settings.ts.

import type { LintRule, LintSeverity } from './lint-rules.js';

/**
 * What a project says of itself, in the file `daybook.config.ts` at its root. Every field may be left out.
 * What the environment says of the same wins over it, and the command line over both.
 */
export interface ProjectConfig {
  /**
   * What the dashboard is called: at the top of its pages, in the titles of windows, in its feed.
   *
   * Default: `Daybook`.
   */
  readonly title?: string;
  /**
   * The groups of notebooks in the order in which the dashboard lists them; a notebook names its group in its
   * metadata. Groups that are not named come behind these, in the order of their first notebooks.
   *
   * Default: none are named.
   */
  readonly groups?: readonly string[];
  /**
   * The schemas of the project's tables, in the order in which data flows, with what the data catalogue says
   * of each. The first takes the accepted lines of the logs; `sql/NAME/` has the models of each.
   *
   * Default: `bronze`, `silver` and `gold`.
   */
  readonly schemas?: Readonly<Record<string, string>>;
  /** The report that the project makes: how it counts days, and when it is. */
  readonly report?: {
    /**
     * IANA name of the zone in which days, months and years are counted, like `Europe/Berlin`.
     * `DAYBOOK_REPORT_TIMEZONE` wins over it.
     *
     * Default: `UTC`.
     */
    readonly timeZone?: string;
    /**
     * The model that says as of which instant the report speaks, like `silver.as_of`: it has one row and
     * a column `as_of`. Runs and pages name that instant.
     *
     * Default: none, so no page names one.
     */
    readonly model?: string;
  };
  /**
   * Logs to try the project on, which a first start without logs reads, and `daybook test`. Either a folder of them,
   * like `sample-logs`, or the module that makes them, like `sample-logs/generate-logs.ts`: it exports `sampleLogs`,
   * a {@link SampleLogs}, and `daybook sample-data` makes them, too.
   *
   * Default: none, so logs have to be there.
   */
  readonly sampleLogs?: string;
  /**
   * How severe the rules of `daybook notebooks check` are: an `error` fails the check, a `warning` is printed, `off` says
   * nothing. Example: `{ 'unused-name': 'off', 'select-star': 'error' }`.
   *
   * Default: errors are `later-name` and `skipped-name`; all others are warnings.
   */
  readonly lint?: Partial<Record<LintRule, LintSeverity>>;
  /**
   * Where lineage goes, as events of OpenLineage: what each model and notebook was made of. Either `url` or `file`.
   * `OPENLINEAGE_URL` wins over both.
   *
   * Default: nowhere.
   */
  readonly openLineage?: {
    /** A receiver, like `https://lineage.example.org`; events are posted to `api/v1/lineage` there. */
    readonly url?: string;
    /** A file relative to the root, which gets a line of JSON for each event. */
    readonly file?: string;
    /**
     * The namespace of jobs. `OPENLINEAGE_NAMESPACE` wins over it.
     *
     * Default: `default`.
     */
    readonly namespace?: string;
  };
}

/** What makes logs to try a project on. */
export interface SampleLogs {
  /** Its options in the usage line, like `[--months M]`; empty: none. */
  readonly usage: string;
  /** A paragraph or two for `daybook sample-data --help`. */
  readonly description: string;
  /** Its options by name, each with what stands for its value and one line of help without a full stop. */
  readonly options: Readonly<
    Record<string, { readonly placeholder: string; readonly help: string }>
  >;
  /**
   * Looks at the options before anything is written.
   *
   * @param options - What was given on the command line, by their names.
   * @returns What writes the logs.
   * @throws RangeError when an option is wrong; its message is shown.
   */
  prepare(options: Readonly<Record<string, string>>): SampleWriter;
}

/**
 * Writes logs.
 *
 * @param folder - For the files; it is there and empty.
 * @param signal - Stops the work; what was written is removed.
 */
export type SampleWriter = (folder: string, signal?: AbortSignal) => Promise<readonly SampleFile[]>;

/** One file that was written. */
export interface SampleFile {
  readonly name: string;
  readonly bytes: number;
  readonly lines: number;
}

/**
 * Gives a project file its types: `export default defineConfig({ … })`. An editor completes the fields and
 * shows what each is for.
 */
export function defineConfig(config: ProjectConfig): ProjectConfig {
  return config;
}
