import { math } from 'micromark-extension-math';

type Extension = ReturnType<typeof math>;
type Construct = Exclude<NonNullable<NonNullable<Extension['text']>[number]>, readonly unknown[]>;
type Tokenizer = Construct['tokenize'];
type State = Parameters<Tokenizer>[1];

const dollar = 36;

/**
 * Formulas in markdown, `$…$` and `$$…$$`, as pandoc and GitHub read them: a single dollar begins one
 * only before a character that is no blank, and ends it only after such a one and not before a digit.
 * So `it costs $5 to $10` holds no formula, which micromark's own rule would find there.
 */
export function tightMath(): Extension {
  const extension = math();
  const constructs = [extension.text?.[dollar] ?? []].flat();
  return { ...extension, text: { [dollar]: constructs.map(onlyTight) } };
}

function onlyTight(construct: Construct): Construct {
  return {
    ...construct,
    tokenize(effects, ok, nok) {
      const formula = construct.tokenize.call(this, effects, ok, nok);
      return effects.check({ tokenize: tokenizeTight, partial: true }, formula, nok);
    },
  };
}

const isBlank = (code: number | null) => code === null || code < 0 || code === 32;
const isDigit = (code: number | null) => code !== null && code >= 48 && code <= 57;

/** Looks ahead from a dollar to the one that would end the formula; consumes nothing for good. */
const tokenizeTight: Tokenizer = function (effects, ok, nok) {
  let before: number | null = null;
  const start: State = (code) => {
    effects.enter('data');
    effects.consume(code);
    return afterFirst;
  };
  const afterFirst: State = (code) => {
    // Two of them mark a formula wherever they stand.
    if (code === dollar) return done(code);
    return isBlank(code) ? nok(code) : inside(code);
  };
  const inside: State = (code) => {
    if (code === null) return nok(code);
    if (code === dollar && isBlank(before)) return nok(code);
    before = code === dollar ? before : code;
    effects.consume(code);
    return code === dollar ? afterLast : inside;
  };
  const afterLast: State = (code) => (isDigit(code) ? nok(code) : done(code));
  const done: State = (code) => {
    effects.exit('data');
    return ok(code);
  };
  return start;
};
