// All settings of the environment with their defaults: a new variable is declared here. What is read of them is in
// config.ts, access-config.ts and limits.ts; defaults of a source's limits are in pipeline/load/limits/source-limits.ts.

/** What settings are about, in the order in which the documentation lists them. */
export const settingTopics = {
  warehouse: 'Warehouse and files',
  pipeline: 'Pipeline',
  notebooks: 'Notebooks',
  dashboard: 'Dashboard',
  'sign-in': 'Signing in',
  messages: 'Messages',
} as const;

/** A variable of the environment that Daybook reads. */
export interface Setting {
  /** What it is about. */
  readonly of: keyof typeof settingTopics;
  /** What holds where it is not set; undefined: nothing does, or `meaning` says what. */
  readonly default?: string;
  /** What it is for, as the documentation lists it. */
  readonly meaning: string;
}

/** All settings of the environment, in the order in which the documentation lists them. */
export const settings = {
  DATABASE_URL: {
    of: 'warehouse',
    meaning:
      'The warehouse as its owner, `postgres://…`, PostgreSQL 14 to 18. Unset: the embedded Postgres.',
  },
  DAYBOOK_READER_URL: {
    of: 'warehouse',
    meaning:
      'The same warehouse for those who only read: notebooks, `query`, the dashboard. Unset: the connection of the owner in the role `daybook_reader`, read-only.',
  },
  DAYBOOK_HOME: {
    of: 'warehouse',
    default: '.daybook',
    meaning:
      "Daybook's own files: the embedded Postgres, sample logs, users. A folder that can be written, or made.",
  },
  DAYBOOK_DATA_DIR: {
    of: 'pipeline',
    default: 'data',
    meaning: 'The folder of logs. Unset and `data/` empty: the folder of the last run that passed.',
  },
  AWS_ENDPOINT_URL_S3: {
    of: 'pipeline',
    meaning:
      "The address of the store of objects, `s3://…`, if it is not Amazon's. Unset: `AWS_ENDPOINT_URL`, else `storage.endpoint` of the project file.",
  },
  AWS_ENDPOINT_URL: {
    of: 'pipeline',
    meaning: 'The same, where it is not set for S3 alone.',
  },
  AWS_REGION: {
    of: 'pipeline',
    meaning:
      'The region of the store. Unset: `AWS_DEFAULT_REGION`, else `storage.region` of the project file, else that of the profile.',
  },
  AWS_DEFAULT_REGION: { of: 'pipeline', meaning: 'The same, by its older name.' },
  AWS_ACCESS_KEY_ID: {
    of: 'pipeline',
    meaning:
      'The key for the store, with `AWS_SECRET_ACCESS_KEY`. Unset: what the client of S3 finds: a profile, single sign-on, the role of the machine.',
  },
  AWS_SECRET_ACCESS_KEY: { of: 'pipeline', meaning: 'The secret of that key.' },
  AWS_SESSION_TOKEN: { of: 'pipeline', meaning: 'The token of a key that is for a while only.' },
  AWS_PROFILE: {
    of: 'pipeline',
    meaning: 'The profile of `~/.aws` that is taken where no key is set.',
  },
  DAYBOOK_MAX_REJECTS: {
    of: 'pipeline',
    meaning:
      'Rejected lines of each file and of each source before a run fails, like `100` or `5%`. Unset: as the source declares, else 10% of a file.',
  },
  DAYBOOK_MAX_REMOVAL: {
    of: 'pipeline',
    meaning:
      'Loaded lines of each source that one run may take out. Unset: as the source declares, else 20%.',
  },
  DAYBOOK_MAX_FUTURE: {
    of: 'pipeline',
    meaning:
      'How far events may lie ahead of the run, like `36 hours`, or `any`. Unset: as the source declares, else 1 day.',
  },
  DAYBOOK_REPORT_TIMEZONE: {
    of: 'pipeline',
    meaning:
      'The zone in which days, months and years are counted. Unset: `report.timeZone` of the project file, else `UTC`.',
  },
  DAYBOOK_REPORT_AS_OF: {
    of: 'pipeline',
    meaning:
      'The instant of the report, like `2020-01-01T00:00:00-05:00`; later events do not count. Unset: the start of the day after the newest event.',
  },
  DAYBOOK_KEEP_RUNS: {
    of: 'pipeline',
    default: '1000',
    meaning: 'How many pipeline runs the history keeps. The end of a run deletes older ones.',
  },
  DAYBOOK_KEEP_RUNS_DAYS: {
    of: 'pipeline',
    default: '365',
    meaning:
      'Pipeline runs older than so many days are deleted, too. The newest that passed, and those that pages name, stay.',
  },
  DAYBOOK_QUERY_ROWS: {
    of: 'notebooks',
    default: '1000000',
    meaning:
      'The most rows that a notebook holds of one `query`; what has more is read in batches, by `queryStream`.',
  },
  DAYBOOK_NOTEBOOK_USER: {
    of: 'notebooks',
    meaning:
      "Where Daybook runs as root: the user of the operating system that notebooks and the lab's kernels run as, so that cells cannot read Daybook's secrets.",
  },
  DAYBOOK_NOTEBOOK_ENV: {
    of: 'notebooks',
    meaning:
      'Further variables that notebooks get, with commas between; a `*` at the end stands for all that begin so: `API_TOKEN,AWS_*`.',
  },
  DAYBOOK_KEEP_NOTEBOOK_RUNS: {
    of: 'notebooks',
    default: '100',
    meaning:
      'How many runs of each notebook are kept. The newest, and the newest that passed, stay in any case.',
  },
  DAYBOOK_KEEP_NOTEBOOK_RUNS_DAYS: {
    of: 'notebooks',
    default: '365',
    meaning: 'Runs of notebooks older than so many days are deleted, too.',
  },
  DAYBOOK_LAB_TOKEN: {
    of: 'notebooks',
    meaning: 'The token of JupyterLab (`daybook lab`). Unset: a new one at each start.',
  },
  CHROME_PATH: {
    of: 'notebooks',
    meaning:
      'The Chromium or Chrome that prints PDFs and draws pictures of links. Unset: the first in the `PATH`.',
  },
  HOST: {
    of: 'dashboard',
    default: '127.0.0.1',
    meaning: 'The address that the dashboard listens on.',
  },
  PORT: {
    of: 'dashboard',
    default: '8050',
    meaning: 'The port that the dashboard listens on; `0`: any free one.',
  },
  DAYBOOK_BASE_PATH: {
    of: 'dashboard',
    meaning:
      'The path below which a proxy shows the dashboard, like `/daybook`. The proxy may take it off or not.',
  },
  DAYBOOK_PUBLIC_ORIGIN: {
    of: 'dashboard',
    meaning:
      'The origin under which people reach the dashboard, like `https://reports.example.org`. With https, only https sends cookies. Links to pages then have a picture.',
  },
  DAYBOOK_ALLOWED_HOSTS: {
    of: 'dashboard',
    meaning:
      'Host names beside that of `DAYBOOK_PUBLIC_ORIGIN` under which the dashboard answers, with commas between, without ports.',
  },
  DAYBOOK_TRUSTED_PROXIES: {
    of: 'dashboard',
    meaning:
      'Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: addresses, networks like `10.0.0.0/8`, or `loopback`. Unset: none.',
  },
  DAYBOOK_RATE_LIMIT: {
    of: 'dashboard',
    default: '1200',
    meaning: 'Requests that one address may send in a minute; those of this machine do not count.',
  },
  DAYBOOK_FRAME_ANCESTORS: {
    of: 'dashboard',
    meaning:
      'Origins whose pages may show single figures in frames, with commas between. Unset: none.',
  },
  DAYBOOK_METRICS_TOKEN: {
    of: 'dashboard',
    meaning:
      'What machines send as `Authorization: Bearer TOKEN` to read `/metrics` and `/status.json` of all notebooks; at least 20 characters.',
  },
  DAYBOOK_SIGN_IN: {
    of: 'sign-in',
    meaning:
      'How people sign in: `password`, `oidc` or `password,oidc`. Unset: nobody signs in, and whoever reaches the dashboard reads all of it.',
  },
  DAYBOOK_SESSION_HOURS: {
    of: 'sign-in',
    default: '12',
    meaning: 'How long a session lasts, in hours.',
  },
  DAYBOOK_VISIBILITY: {
    of: 'sign-in',
    default: 'signed-in',
    meaning:
      'Who reads notebooks that declare nothing: `public`, `signed-in`, or groups with commas.',
  },
  DAYBOOK_DATA_VISIBILITY: {
    of: 'sign-in',
    meaning:
      'Who reads the pages of pipeline and data, which show rows of every table and rejected lines. Unset: whoever has signed in, and nobody once a notebook is for groups alone.',
  },
  DAYBOOK_OPERATORS: {
    of: 'sign-in',
    meaning:
      'Groups, with commas, whose members may pause, resume, run and stop schedules, cancel runs and backfills, and queue jobs again on the dashboard. Unset: nobody.',
  },
  DAYBOOK_AUDIT_DAYS: {
    of: 'sign-in',
    default: '90',
    meaning: 'How long the audit log is kept, in days.',
  },
  DAYBOOK_OIDC_ISSUER: {
    of: 'sign-in',
    meaning:
      'The address of the OpenID Connect provider, of which `/.well-known/openid-configuration` is known.',
  },
  DAYBOOK_OIDC_CLIENT_ID: { of: 'sign-in', meaning: 'The client id that the provider gave.' },
  DAYBOOK_OIDC_CLIENT_SECRET: {
    of: 'sign-in',
    meaning: 'The client secret that the provider gave.',
  },
  DAYBOOK_OIDC_GROUPS_CLAIM: {
    of: 'sign-in',
    default: 'groups',
    meaning: "The claim that lists a person's groups.",
  },
  DAYBOOK_OIDC_SCOPE: {
    of: 'sign-in',
    default: 'openid profile email',
    meaning: 'The scopes that are asked for.',
  },
  DAYBOOK_OIDC_ALLOWED: {
    of: 'sign-in',
    meaning:
      'Who may come in: groups, or `@example.org` for verified addresses of that domain. Unset: everybody whom the provider knows.',
  },
  DAYBOOK_WEBHOOK: {
    of: 'messages',
    meaning: 'Where pipeline and notebooks post JSON when they fail and when they pass again.',
  },
  OPENLINEAGE_URL: {
    of: 'messages',
    meaning:
      'Where lineage goes, as events of OpenLineage: `https://lineage.example.org`, or `file:///var/log/lineage.ndjson`. Unset: as `openLineage` of the project file says, else nowhere.',
  },
  OPENLINEAGE_ENDPOINT: {
    of: 'messages',
    default: 'api/v1/lineage',
    meaning: 'The path below that address, or below `openLineage.url`, which takes events.',
  },
  OPENLINEAGE_API_KEY: {
    of: 'messages',
    meaning: 'Sent with each event of lineage, as `Authorization: Bearer KEY`.',
  },
  OPENLINEAGE_NAMESPACE: {
    of: 'messages',
    meaning:
      'The namespace of jobs in lineage. Unset: `openLineage.namespace` of the project file, else `default`.',
  },
  OPENLINEAGE_PARENT_ID: {
    of: 'messages',
    meaning: 'The run of another orchestrator around this one, as `NAMESPACE/JOB/RUN`.',
  },
  OPENLINEAGE_DISABLED: { of: 'messages', meaning: '`true`: no lineage, whatever else is set.' },
  DAYBOOK_LOG: {
    of: 'messages',
    default: 'text',
    meaning: '`json` for one JSON object a line on standard error.',
  },
  DAYBOOK_DEBUG: { of: 'messages', meaning: 'Set: debug messages, and the stack of errors.' },
  DAYBOOK_CODE_VERSION: {
    of: 'messages',
    meaning:
      "The code's version on runs and pages, where there is no git checkout. Unset: git says it.",
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** The name of a setting. */
export type SettingName = keyof typeof settings;

/** The text of a setting: undefined only where it is not set and has no default. */
export type SettingText<Name extends SettingName> = (typeof settings)[Name] extends {
  readonly default: string;
}
  ? string
  : string | undefined;

/**
 * Reads one setting, without blanks around it; an empty one counts as not set. Its default is read where it is not set.
 *
 * @param check - Says what is wrong with a value that is set; undefined: nothing.
 */
export type ReadSetting = <Name extends SettingName>(
  name: Name,
  check?: (value: string) => string | undefined,
) => SettingText<Name>;
