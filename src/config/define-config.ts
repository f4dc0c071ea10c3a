// The project file's type: a new key of daybook.config.ts is typed here, and read in project-settings.ts.

import type { LintRule, LintSeverity } from './declarations/lint-rules.js';

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
  /**
   * The store of objects that sources and exports name by `s3://bucket/…`. The variables that clients of S3 know
   * (`AWS_ENDPOINT_URL_S3`, `AWS_REGION`) win over it, and say who asks (`AWS_ACCESS_KEY_ID`, `AWS_PROFILE`).
   *
   * Default: Amazon's, in the region of the environment or the profile.
   */
  readonly storage?: {
    /** The store of another vendor, like `https://storage.example.org`. */
    readonly endpoint?: string;
    /** Default: with an endpoint `us-east-1`. */
    readonly region?: string;
    /**
     * Whether buckets are part of the path, and not of the host's name.
     *
     * Default: `true` with an endpoint.
     */
    readonly forcePathStyle?: boolean;
  };
  /**
   * What happens by itself, and when, by name. `daybook scheduler` does it, in any number of processes, and `daybook up`;
   * `daybook schedule list` says what comes next. Names are lower-case letters, digits, `-` and `_`.
   *
   * Default: nothing.
   */
  readonly schedules?: Readonly<Record<string, Schedule>>;
  /**
   * What has to arrive by when, by name. What does not is told once, and once more when it has arrived: on the pipeline page,
   * to monitors and to the webhook. The dashboard judges it, too, because a scheduler that is dead tells nobody.
   *
   * Default: nothing.
   */
  readonly deadlines?: Readonly<Record<string, Deadline>>;
  /**
   * The house style of the dashboard, served and as static files. Colours are checked for contrast (WCAG 2.2), in light
   * and in dark. Files lie below the root, and have at most 500 kB each; whoever serves fonts has their licences.
   *
   * Default: Daybook's own look.
   */
  readonly theme?: Theme;
  /**
   * The locale by which numbers and dates are written, like `de-DE` or `fr-CA`: in figures, tables, cards, captions and
   * alternative texts, by `formatNumber` and its like in notebooks, and on pages. All readers see the same. CSV, JSON and
   * Excel files stay exact; commands stay English.
   *
   * Default: `en-CA`, with the day before the month and a space before `%`.
   */
  readonly locale?: string;
}

/** The house style of the dashboard. */
export interface Theme {
  /**
   * The colour of links, of what is chosen, and of the first series of charts, like `#0b6e4f`; or one for light pages and
   * one for dark ones. One that text cannot be read in is refused, with the nearest shade that can.
   *
   * Default: a blue; of one colour, that of dark pages is derived.
   */
  readonly accent?: string | { readonly light: string; readonly dark?: string };
  /** The logo at the top of every page, 28 pixels high. Default: none, so the title stands there. */
  readonly logo?: {
    /** An SVG or PNG, like `brand/logo.svg`. */
    readonly file: string;
    /** Another one for dark pages. Default: the same. */
    readonly darkFile?: string;
    /**
     * What the logo says, for readers who do not see it, like `Example Inc.`; it then stands in the place of the title.
     * Empty: the logo is a mark beside the title.
     */
    readonly alternative: string;
  };
  /** Fonts of the pages and their charts, as WOFF2. Default: the fonts of the reader's system. */
  readonly fonts?: {
    /** The font of everything that is not code: a file, like `brand/text.woff2`, or several of different weights. */
    readonly text?: string | readonly (string | ThemeFontFile)[];
    /** The font of code. */
    readonly code?: string | readonly (string | ThemeFontFile)[];
  };
}

/** One file of a font. */
export interface ThemeFontFile {
  /** A file in WOFF2, like `brand/text-bold.woff2`. */
  readonly file: string;
  /** The weight that it is, like `700`, or of a variable font the span, like `100 900`. Default: `400`. */
  readonly weight?: string;
  /** Default: `normal`. */
  readonly style?: 'normal' | 'italic';
}

/** Something that has to arrive by a time of the day: either `data` or a `schedule`. */
export interface Deadline {
  /**
   * A source of which a file has to be loaded, like `orders`, or a table that a run has to build or find unchanged, like
   * `gold.revenue`.
   */
  readonly data?: string;
  /** A schedule of which a time has to pass. */
  readonly schedule?: string;
  /** The time of the day, from `00:00` to `24:00`, which is the end of the day. */
  readonly by: string;
  /**
   * From when on an arrival counts: this time of the day, the last one before the deadline.
   *
   * Default: `00:00`, the start of the day.
   */
  readonly since?: string;
  /**
   * On which days: `every day`, `weekdays`, or a list like `['monday', 'friday']`.
   *
   * Default: `every day`.
   */
  readonly on?:
    | 'every day'
    | 'weekdays'
    | readonly (
        | 'monday'
        | 'tuesday'
        | 'wednesday'
        | 'thursday'
        | 'friday'
        | 'saturday'
        | 'sunday'
      )[];
  /**
   * IANA name of the zone that the times are meant in.
   *
   * Default: that of the report.
   */
  readonly timeZone?: string;
}

/** Something that happens by itself. One of `cron`, `every` and `whenChanged` says when. */
export interface Schedule {
  /** A line for whoever looks at it. Default: none. */
  readonly description?: string;
  /**
   * What is done, in this order. Example: `{ pipeline: ['+gold.revenue'], notebooks: ['notebooks/revenue.ipynb'] }`.
   *
   * Default: `{ pipeline: true, notebooks: true }`.
   */
  readonly does?: {
    /** Loads files and builds models: all, or only these, named as for `daybook pipeline run --select`. */
    readonly pipeline?: boolean | readonly string[];
    /** Executes and publishes notebooks: all, or only these files and folders, relative to the root. */
    readonly notebooks?: boolean | readonly string[];
    /** Writes the dashboard as static files into this folder, relative to the root, as `daybook export` does. */
    readonly export?: string;
  };
  /**
   * A cron expression of five fields, minute, hour, day of month, month and weekday, or of six with seconds first, like
   * `0 5 * * 1-5`. Where clocks go forward, a time that does not exist comes right after the gap; where they go back, a
   * time of the day comes once, in the first of the two hours.
   */
  readonly cron?: string;
  /**
   * IANA name of the zone that `cron` counts in.
   *
   * Default: that of the report.
   */
  readonly timeZone?: string;
  /** An interval, like `15 minutes`: at whole multiples of it since the year 2000, in UTC. */
  readonly every?: string;
  /** When the rows of a source or table have changed, or of one of several, like `gold.revenue`. */
  readonly whenChanged?: string | readonly string[];
  /**
   * What becomes of times that passed while no scheduler ran, or while the one before was still at work: `none` of them is
   * made up for, only the `latest`, or `all`, one after the other. A time counts as passed after a minute.
   *
   * Default: `latest`.
   */
  readonly catchUp?: 'none' | 'latest' | 'all';
  /**
   * What becomes of a time whose process died: another one does it `again`, up to three times, or it is left (`leave`).
   *
   * Default: `again`.
   */
  readonly ifDied?: 'again' | 'leave';
  /**
   * Where its pipeline and notebooks run: `here`, in the scheduler's process, or on `workers`, to which it hands each time
   * over once and waits for the end. A static copy is always written by the scheduler.
   *
   * Default: `here`.
   */
  readonly where?: 'here' | 'workers';
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
