import type { gfm } from 'micromark-extension-gfm';

type Extension = ReturnType<typeof gfm>;
type Construct = Exclude<NonNullable<NonNullable<Extension['text']>[number]>, readonly unknown[]>;

/** Marks of emphasis and of links that count in one paragraph; those after them are plain text. */
const maxMarks = 1000;

const marks = Array.from('*_[]!', (mark) => mark.charCodeAt(0));

/**
 * Limits the marks of a paragraph. For each mark that may end an emphasis or a link micromark searches
 * those before it, so the time grows with the square of their number.
 */
export function limitMarks(): Extension {
  const isMore = counter(maxMarks);
  const construct: Construct = {
    tokenize(effects, ok, nok) {
      const isText = isMore(this);
      return (code) => {
        if (!isText) return nok(code);
        effects.enter('data');
        effects.consume(code);
        effects.exit('data');
        return ok;
      };
    },
  };
  return { text: Object.fromEntries(marks.map((mark) => [mark, construct])) };
}

/** Words of a paragraph that may be addresses; later ones are plain text. */
const maxAddresses = 5000;

/** Limits the addresses in plain text, for which micromark searches all words before each. */
export function limitAddresses(extension: Extension): Extension {
  const isMore = counter(maxAddresses);
  const bounded = (construct: Construct): Construct => ({
    ...construct,
    tokenize(effects, ok, nok) {
      return isMore(this) ? nok : construct.tokenize.call(this, effects, ok, nok);
    },
  });
  const text = Object.entries(extension.text ?? {}).map(([code, constructs]) => [
    code,
    [constructs ?? []]
      .flat()
      .map((one) => (one.name?.endsWith('Autolink') === true ? bounded(one) : one)),
  ]);
  return { ...extension, text: Object.fromEntries(text) as Extension['text'] };
}

/** Tells whether a context, of which each paragraph, heading and cell has its own, asked more often. */
function counter(most: number): (context: object) => boolean {
  const counts = new WeakMap<object, number>();
  return (context) => {
    const count = (counts.get(context) ?? 0) + 1;
    counts.set(context, count);
    return count > most;
  };
}
