// The environment variables that a notebook's kernel gets (DAYBOOK_NOTEBOOK_ENV).

import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/environment/env-file.js';
import { defaultLocale } from '../../text/locale.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';

/** Variables of the system, language and network: names, or prefixes with `*`. */
const ofSystem = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'LC_*', 'TZ', 'TERM'],
  ...['TMPDIR', 'TMP', 'TEMP', 'XDG_*', 'CI', 'NO_COLOR', 'FORCE_COLOR', 'COLORTERM', 'COLUMNS'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['LD_LIBRARY_PATH', 'DYLD_*', 'MALLOC_*', 'UV_THREADPOOL_SIZE'],
  // Windows.
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERPROFILE', 'HOMEDRIVE'],
  ...['HOMEPATH', 'USERNAME', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'PROGRAMFILES*'],
  ...['PROCESSOR_*', 'NUMBER_OF_PROCESSORS', 'OS'],
];

/** Variables that configure Node.js and kernels of other languages. */
const ofKernels = [
  ...['NODE_ENV', 'NODE_OPTIONS', 'NODE_PATH', 'NODE_EXTRA_CA_CERTS', 'NODE_NO_WARNINGS'],
  ...['NODE_DISABLE_COLORS', 'NODE_COMPILE_CACHE', 'NODE_USE_*', 'JUPYTER_*', 'IPYTHONDIR'],
  ...['PYTHON*', 'VIRTUAL_ENV', 'CONDA_*', 'R_HOME', 'R_LIBS*', 'JULIA_*', 'OMP_*', 'MPL*'],
];

/** Variables for the reader's access to the warehouse, and for reports and runs. */
const ofWarehouse = [
  ...['PGSSLMODE', 'PGSSLROOTCERT', 'PGSSLCRL', 'PGSSLNEGOTIATION', 'PGCONNECT_TIMEOUT'],
  ...['PGAPPNAME', 'PGTZ', 'PGDATESTYLE', 'PGHOST', 'PGPORT', 'PGDATABASE'],
  ...['DAYBOOK_REPORT_TIMEZONE', 'DAYBOOK_REPORT_AS_OF', 'DAYBOOK_CODE_VERSION'],
  ...['DAYBOOK_MAX_REJECTS', 'DAYBOOK_MAX_REMOVAL', 'DAYBOOK_KEEP_*', 'DAYBOOK_DEBUG'],
  ...['DAYBOOK_LOG', 'DAYBOOK_KERNEL', 'DAYBOOK_NOTEBOOK_ENV', 'DAYBOOK_QUERY_ROWS'],
];

/** Variables that no notebook gets: credentials of the owner, secrets of the dashboard. */
const withheld = [
  ...['DATABASE_URL', 'DAYBOOK_READER_URL', 'DAYBOOK_OIDC_*', 'DAYBOOK_METRICS_TOKEN'],
  ...['DAYBOOK_WEBHOOK', 'DAYBOOK_LAB_TOKEN', 'PGUSER', 'PGPASSWORD', 'PGPASSFILE', 'PGSERVICE*'],
  ...['PGSSLCERT', 'PGSSLKEY', 'PGSSLPASSWORD'],
];

/**
 * The environment of a kernel: an allowlist of this process's variables, so that no secret gets in by accident,
 * plus the reader's access to the warehouse, and folders made absolute, because a kernel runs in the notebook's
 * folder. A project extends the list by DAYBOOK_NOTEBOOK_ENV: names separated by commas, with `*` at the end for a
 * prefix.
 *
 * @param readerUrl - The warehouse for reading; undefined: notebooks find the embedded one in DAYBOOK_HOME.
 * @param declared - Names that the notebook declares as secrets.
 */
export function kernelEnvironment(
  env: Environment,
  config: Pick<Config, 'home' | 'dataDir'> & Partial<Pick<Config, 'project'>>,
  readerUrl: string | undefined,
  declared: readonly string[] = [],
): Environment {
  const { locale = defaultLocale } = config.project ?? {};
  const added = (env['DAYBOOK_NOTEBOOK_ENV'] ?? '').split(',').map((name) => name.trim());
  const isAllowed = oneOf([...ofSystem, ...ofKernels, ...ofWarehouse, ...added, ...declared]);
  const isWithheld = oneOf(withheld);
  const kept = Object.entries(env).filter(([name]) => isAllowed(name) && !isWithheld(name));
  return {
    ...Object.fromEntries(kept),
    DAYBOOK_HOME: config.home,
    DAYBOOK_DATA_DIR: config.dataDir,
    ...(locale === defaultLocale ? {} : { DAYBOOK_LOCALE: locale }),
    ...(readerUrl === undefined ? {} : { DATABASE_URL: readerUrl, DAYBOOK_READER_URL: readerUrl }),
  };
}

/**
 * Variables that a notebook's code mentions and that are set, but withheld from its kernel; those that cannot be
 * allowed are left out.
 */
export function withheldNames(notebook: Notebook, env: Environment, given: Environment): string[] {
  const isWithheld = oneOf(withheld);
  const code = notebook.cells.flatMap((cell) =>
    cell.cell_type === 'code' ? [joinText(cell.source)] : [],
  );
  const named = code.join('\n').matchAll(/process\.env(?:\.|\[['"`])(\w+)/g);
  const names = new Set([...named].map(([, name = '']) => name));
  const isMissing = (name: string) => env[name] !== undefined && given[name] === undefined;
  return [...names].filter((name) => isMissing(name) && !isWithheld(name));
}

/** Whether a name matches a pattern, case-insensitive: as on Windows, and because proxies are set in both cases. */
function oneOf(patterns: readonly string[]): (name: string) => boolean {
  const names = patterns.map((pattern) => pattern.toUpperCase());
  const whole = new Set(names.filter((name) => !name.endsWith('*')));
  const beginnings = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  return (name) => {
    const upper = name.toUpperCase();
    return whole.has(upper) || beginnings.some((beginning) => upper.startsWith(beginning));
  };
}
