import type { Member } from './member.js';

/** How an object is written: what stands before, between and after its values. */
interface ObjectLayout {
  /** Everything but the values, one after the other. */
  readonly text: DataView;
  /** Where in {@link text} ends what stands before each value, and then what stands after the last. */
  readonly ends: readonly number[];
  /** Where the keys lie in {@link text}. */
  readonly keys: readonly { readonly start: number; readonly end: number }[];
  /** Filled again for each object. */
  readonly members: Member[];
}

/** Layouts that are known at once: a program writes few kinds of lines. */
const mostLayouts = 8;
/** Layouts that are learnt without one of them having fitted any line. */
const learntInVain = 32;

/**
 * Reads objects that are written like one before them. Log lines come from a few `printf`s: keys, their
 * order and the blanks between them are always the same, and comparing them takes a quarter of the time of
 * reading them. Only values are read, and only plain ones: text without escapes in ASCII, short numbers,
 * words. What is said of any other object is nothing, so that whoever asks reads it in full; what is said
 * of the others is what reading in full would say.
 */
export class ObjectLayouts {
  readonly #layouts: ObjectLayout[] = [];
  /** Which of them fitted last. */
  #last = 0;
  #bytes: Uint8Array = nothing;
  #view = viewOf(nothing);
  #fitted = 0;
  #learnt = 0;

  /** The members of the object that was read, valid until the next call. */
  members: Member[] = [];

  /**
   * Reads an object that begins at `start`.
   *
   * @param limit - Where it must have ended at the latest.
   * @returns Where it ends; -1 when nothing can be said of it.
   */
  read(bytes: Uint8Array, start: number, limit: number): number {
    const layouts = this.#layouts;
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    // Most often it is written like the one before.
    for (let tried = 0; tried < layouts.length; tried += 1) {
      const index = (this.#last + tried) % layouts.length;
      const layout = layouts[index];
      if (layout === undefined) continue;
      const end = readAs(layout, bytes, this.#view, start, limit);
      if (end === -1) continue;
      this.#last = index;
      this.#fitted += 1;
      this.members = layout.members;
      return end;
    }
    return -1;
  }

  /** Remembers how an object is written that was read in full, from `start` to `end`. */
  learn(bytes: Uint8Array, start: number, end: number, members: readonly Member[]): void {
    // Lines that are each written in their own way are not worth remembering.
    if (this.#learnt >= learntInVain + this.#fitted / 64) return;
    if (members.length === 0 || members.some((member) => !isPlain(bytes, member))) return;
    this.#layouts[this.#learnt % mostLayouts] = layoutOf(bytes, start, end, members);
    this.#learnt += 1;
  }
}

function layoutOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  members: readonly Member[],
): ObjectLayout {
  const parts: Uint8Array[] = [];
  const ends: number[] = [];
  const keys: { start: number; end: number }[] = [];
  let length = 0;
  let from = start;
  for (const { keyStart, keyEnd, valueStart, valueEnd } of members) {
    parts.push(bytes.subarray(from, valueStart));
    keys.push({ start: length + keyStart - from, end: length + keyEnd - from });
    length += valueStart - from;
    ends.push(length);
    from = valueEnd;
  }
  parts.push(bytes.subarray(from, end));
  ends.push(length + end - from);
  return {
    text: viewOf(Buffer.concat(parts)),
    ends,
    keys,
    members: members.map((member) => ({ ...member })),
  };
}

function readAs(
  layout: ObjectLayout,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  limit: number,
): number {
  const { text, ends, keys, members } = layout;
  // What lies outside of the values must fit in any case, so nothing below looks behind the limit.
  let at = start;
  let from = 0;
  for (let index = 0; ; index += 1) {
    const to = ends[index] ?? 0;
    const shift = at - from;
    if (to + shift > limit) return -1;
    for (; from + 4 <= to; from += 4) {
      if (view.getInt32(from + shift, true) !== text.getInt32(from, true)) return -1;
    }
    for (; from < to; from += 1) if (view.getUint8(from + shift) !== text.getUint8(from)) return -1;
    at = to + shift;
    const member = members[index];
    const key = keys[index];
    if (member === undefined || key === undefined) return at;
    member.keyStart = key.start + shift;
    member.keyEnd = key.end + shift;
    member.valueStart = at;
    at = valueEnd(bytes, at, limit);
    if (at === -1) return -1;
    member.valueEnd = at;
  }
}

/** Where a plain value ends that begins at `at`; -1 when it is not plain. */
function valueEnd(bytes: Uint8Array, at: number, limit: number): number {
  if (at >= limit) return -1;
  const first = bytes[at] ?? 0;
  if (first !== quote) return wordEnd(bytes, at, limit);
  at += 1;
  while (at < limit && plainText[bytes[at] ?? 0] === 1) at += 1;
  return at < limit && bytes[at] === quote ? at + 1 : -1;
}

/** Where a short number, true, false or null ends. What follows it is compared with the layout. */
function wordEnd(bytes: Uint8Array, start: number, limit: number): number {
  const first = bytes[start] ?? 0;
  if (first >= 0x61) {
    for (const word of words) {
      if (first === word[0] && start + word.length <= limit && isAt(word, bytes, start))
        return start + word.length;
    }
    return -1;
  }
  const most = Math.min(limit, start + mostDigits);
  let at = first === 0x2d ? start + 1 : start;
  const digits = at;
  while (at < most && isDigit(bytes[at] ?? 0)) at += 1;
  if (at === digits || (bytes[digits] === 0x30 && at > digits + 1)) return -1;
  if (at < most && bytes[at] === 0x2e) {
    const fraction = (at += 1);
    while (at < most && isDigit(bytes[at] ?? 0)) at += 1;
    if (at === fraction) return -1;
  }
  return at;
}

/** 1 for what may stand in a plain text: ASCII but for control characters, quote and backslash. */
const plainText = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c ? 1 : 0,
);
const nothing = new Uint8Array();
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const quote = 0x22;
const mostDigits = 18;
const words = ['true', 'false', 'null'].map((word) => Buffer.from(word));

function isDigit(found: number): boolean {
  return found >= 0x30 && found <= 0x39;
}

function isAt(word: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[at + index] !== word[index]) return false;
  }
  return true;
}

function isPlain(bytes: Uint8Array, { valueStart, valueEnd: end }: Member): boolean {
  return valueEnd(bytes, valueStart, end) === end;
}
