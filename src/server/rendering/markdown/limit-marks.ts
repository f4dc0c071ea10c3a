import type { gfm } from 'micromark-extension-gfm';

type Extension = ReturnType<typeof gfm>;
type Construct = Exclude<NonNullable<NonNullable<Extension['text']>[number]>, readonly unknown[]>;

/** Marks of emphasis and of links that count in one paragraph; those after them are plain text. */
const maxMarks = 1000;

const marks = Array.from('*_[]!', (mark) => mark.charCodeAt(0));

/**
 * Bounds the time that a paragraph of markdown takes: for each mark that may end an emphasis or a link
 * micromark looks back at those before it, so that a paragraph of marks alone takes time that grows with
 * its square. No paragraph for readers has a thousand of them.
 */
export function fewMarks(): Extension {
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

/** Words of one paragraph that may be addresses; those after them are plain text. */
const maxAddresses = 5000;

/** The same for addresses in plain text: for each word, all before it are looked through. */
export function fewAddresses(extension: Extension): Extension {
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
