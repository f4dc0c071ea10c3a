// Validation of notebooks by nbformat's schema.

/** A violation of the format. */
export interface FormatProblem {
  /** The path inside the JSON: `/cells/0/source`. */
  readonly path: string;
  readonly message: string;
}

/** Reports problems of the value at a path. Undefined stands for a missing key. */
type Rule = (value: unknown, path: string, report: (problem: FormatProblem) => void) => void;

/** A rule by a predicate. */
function must(message: string, test: (value: unknown) => boolean): Rule {
  return (value, path, report) => {
    if (!test(value)) report({ path, message: value === undefined ? 'is missing' : message });
  };
}

function optional(rule: Rule): Rule {
  return (value, path, report) => {
    if (value !== undefined) rule(value, path, report);
  };
}

const anything: Rule = () => undefined;
const isString = (value: unknown) => typeof value === 'string';
const string = must('must be a string', isString);
const bool = must('must be true or false', (value) => typeof value === 'boolean');
const text = must(
  'must be a string or a list of strings',
  (value) => isString(value) || (Array.isArray(value) && value.every(isString)),
);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An integer within limits. */
function whole(min: number, max = Infinity): Rule {
  return must(
    max === Infinity
      ? `must be a whole number from ${min}`
      : `must be a whole number from ${min} to ${max}`,
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  );
}

/** An object with these keys; others are refused unless it is `open`. */
function object(rules: Readonly<Record<string, Rule>>, others: 'open' | 'closed'): Rule {
  return (value, path, report) => {
    if (!isObject(value)) {
      report({ path, message: value === undefined ? 'is missing' : 'must be an object' });
      return;
    }
    for (const [key, rule] of Object.entries(rules)) {
      rule(Object.hasOwn(value, key) ? value[key] : undefined, `${path}/${key}`, report);
    }
    if (others === 'open') return;
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(rules, key)) report({ path, message: `must have no key "${key}"` });
    }
  };
}

/** An object whose values follow a rule. */
function record(ruleOf: (key: string) => Rule): Rule {
  return (value, path, report) => {
    object({}, 'open')(value, path, report);
    if (!isObject(value)) return;
    for (const [key, item] of Object.entries(value)) ruleOf(key)(item, `${path}/${key}`, report);
  };
}

function list(item: Rule): Rule {
  return (value, path, report) => {
    if (!Array.isArray(value)) {
      report({ path, message: value === undefined ? 'is missing' : 'must be a list' });
      return;
    }
    for (const [index, entry] of value.entries()) item(entry, `${path}/${index}`, report);
  };
}

/** An object of several kinds, distinguished by one of its keys. */
function oneOf(key: string, kinds: Readonly<Record<string, Rule>>): Rule {
  const names = Object.keys(kinds).join(', ');
  return (value, path, report) => {
    if (!isObject(value)) {
      report({ path, message: 'must be an object' });
      return;
    }
    const kind = value[key];
    const rule = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (rule === undefined) report({ path: `${path}/${key}`, message: `must be one of ${names}` });
    else rule(value, path, report);
  };
}

const jsonType = /^application\/(.*\+)?json$/;
const mimeBundle = record((type) => (jsonType.test(type) ? anything : text));

const executionCount = must(
  'must be null or a whole number from 0',
  (value) => value === null || (Number.isInteger(value) && Number(value) >= 0),
);

const displayed = { output_type: string, data: mimeBundle, metadata: object({}, 'open') };

const output = oneOf('output_type', {
  stream: object({ output_type: string, name: string, text }, 'closed'),
  display_data: object(displayed, 'closed'),
  execute_result: object({ ...displayed, execution_count: executionCount }, 'closed'),
  error: object(
    { output_type: string, ename: string, evalue: string, traceback: list(string) },
    'closed',
  ),
});

const tag = must(
  'must be a tag: not empty, without commas',
  (value) => typeof value === 'string' && /^[^,]+$/.test(value),
);

const tags: Rule = (value, path, report) => {
  list(tag)(value, path, report);
  if (Array.isArray(value) && new Set(value).size < value.length) {
    report({ path, message: 'must not repeat a tag' });
  }
};

const cellMetadata = {
  name: optional(must('must be a name', (value) => isString(value) && value !== '')),
  tags: optional(tags),
  jupyter: optional(object({}, 'open')),
};

const id = optional(
  must(
    'must be 1 to 64 letters, digits, hyphens or underscores',
    (value) => typeof value === 'string' && /^[a-zA-Z0-9-_]{1,64}$/.test(value),
  ),
);

const attachments = optional(record(() => mimeBundle));

const codeMetadata = {
  ...cellMetadata,
  collapsed: optional(bool),
  scrolled: optional(
    must('must be true, false or "auto"', (value) =>
      [true, false, 'auto'].includes(value as boolean),
    ),
  ),
  execution: optional(record(() => string)),
};

const cell = oneOf('cell_type', {
  code: object(
    {
      cell_type: string,
      id,
      metadata: object(codeMetadata, 'open'),
      source: text,
      outputs: list(output),
      execution_count: executionCount,
    },
    'closed',
  ),
  markdown: object(
    { cell_type: string, id, metadata: object(cellMetadata, 'open'), source: text, attachments },
    'closed',
  ),
  raw: object(
    {
      cell_type: string,
      id,
      metadata: object({ ...cellMetadata, format: optional(string) }, 'open'),
      source: text,
      attachments,
    },
    'closed',
  ),
});

const notebook = object(
  {
    nbformat: whole(4, 4),
    nbformat_minor: whole(0, 5),
    metadata: object(
      {
        kernelspec: optional(object({ name: string, display_name: string }, 'open')),
        language_info: optional(object({ name: string }, 'open')),
        orig_nbformat: optional(whole(1)),
        title: optional(string),
        authors: optional(list(anything)),
      },
      'open',
    ),
    cells: list(cell),
  },
  'closed',
);

/**
 * Violations of nbformat 4, minor 0 to 5, as far as they agree: minor 5 only added the ids of cells, which are
 * checked where present. Source:
 * https://github.com/jupyter/nbformat/blob/main/nbformat/v4/nbformat.v4.5.schema.json
 */
export function notebookProblems(value: unknown): FormatProblem[] {
  const problems: FormatProblem[] = [];
  notebook(value, '', (problem) => problems.push(problem));
  return problems;
}
