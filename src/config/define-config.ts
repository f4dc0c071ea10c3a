/**
 * What a project says of itself, in the file `daybook.config.ts` at its root. Every field may be left out.
 * What the environment says of the same wins over it, and the command line over both.
 */
export interface ProjectConfig {
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
}

/**
 * Gives a project file its types: `export default defineConfig({ … })`. An editor completes the fields and
 * shows what each is for.
 */
export function defineConfig(config: ProjectConfig): ProjectConfig {
  return config;
}
