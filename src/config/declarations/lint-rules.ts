// The rules of `daybook notebooks check` beyond types: a new rule is declared here, and judged in notebook/lint/.

/** What a rule's findings are: an error fails the check, a warning is printed. */
export type LintSeverity = 'error' | 'warning' | 'off';

/** All rules with their default severities and what each is about, as documentation and messages list them. */
export const lintRules = {
  'later-name': {
    severity: 'error',
    meaning: 'A cell uses a name that only a later cell declares: from top to bottom it fails.',
  },
  'skipped-name': {
    severity: 'error',
    meaning: 'A cell uses a name of a cell that is not run (`skip-execution`).',
  },
  'shadowed-name': {
    severity: 'warning',
    meaning:
      'A cell declares a name that an earlier one has declared: what cells between mean by it depends on the order.',
  },
  'unused-name': {
    severity: 'warning',
    meaning: 'Nothing uses what a cell declares or imports. `--fix` takes unused imports out.',
  },
  'changed-name': {
    severity: 'warning',
    meaning: 'A cell changes what another one has made: run twice, it is changed twice.',
  },
  unseeded: {
    severity: 'warning',
    meaning:
      'A result is another one at each run, like `Math.random()`, `new Date()`, or `random()` and `now()` in a query.',
  },
  'select-star': {
    severity: 'warning',
    meaning:
      'A query of a published notebook asks for `*`: a column that a model gets later arrives unasked.',
  },
  'missing-alt': {
    severity: 'warning',
    meaning: 'A chart of a published notebook has no `alt` that says in words what it shows.',
  },
  'literal-number': {
    severity: 'warning',
    meaning:
      'A sentence of a published notebook has a number that an output has, too: it will be wrong when the data change.',
  },
} as const satisfies Readonly<Record<string, { severity: LintSeverity; meaning: string }>>;

/** The name of a rule. */
export type LintRule = keyof typeof lintRules;

/** The severity of each rule. */
export type LintSeverities = Readonly<Record<LintRule, LintSeverity>>;

/** The severities that hold where the project file says nothing. */
export const defaultSeverities = Object.fromEntries(
  Object.entries(lintRules).map(([rule, { severity }]) => [rule, severity]),
) as unknown as LintSeverities;
