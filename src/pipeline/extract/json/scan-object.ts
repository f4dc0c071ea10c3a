// A JSON scanner that validates a line and locates its members without decoding them.

import { isUtf8 } from 'node:buffer';
import type { Reject } from '../../../history/rejects/reject.js';

/** The deepest nesting of a line; Postgres reads JSON recursively. */
export const maxDepth = 512;
/** Digits of Postgres's `numeric` before and after the decimal point. */
const maxIntegerDigits = 131_072;
const maxFractionDigits = 16_383;
/** An exponent from this size on is refused, whatever its number. */
const maxExponent = 1_000_000;
/** Digits that the exponents of a line may add when Postgres writes its numbers out. */
const maxExpandedDigits = 4_000_000;

const byte = {
  quote: 0x22,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  zero: 0x30,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;
const literals = ['true', 'false', 'null'].map((word) => Buffer.from(word));
/** The characters after a backslash in a string, beside `u`. */
const escapable = new Set(Buffer.from('"\\/bfnrt'));

/**
 * Scans the JSON object of a line: validates the whole line by RFC 8259 and by the rules of Postgres's jsonb, and
 * finds its members without decoding them, so that numbers and strings reach the warehouse exactly as they were
 * written.
 *
 * @returns The members in their order, valid until the next call, or why jsonb cannot hold the line.
 */
export function scanObject(bytes: Uint8Array, start: number, end: number): Member[] | Reject {
  return scanner.scan(bytes, start, end);
}

/** A cursor on one line. Its steps return false, and note why, where the line is invalid. */
class Scanner {
  #bytes: Uint8Array = new Uint8Array();
  #start = 0;
  #end = 0;
  #at = 0;
  #nonAscii = false;
  #escaped = false;
  #expandedDigits = 0;
  #invalid: Reject | undefined;
  /** JSON that jsonb does not support: reported only when the whole line is valid. */
  #unsupported: Reject | undefined;
  /** Members are reused: a million lines would allocate millions of objects. */
  readonly #members: Member[] = [];
  readonly #spare: Member[] = [];
  #count = 0;

  scan(bytes: Uint8Array, start: number, end: number): Member[] | Reject {
    this.#begin(bytes, start, end);
    this.#skipSpace();
    const isObject = this.#is(byte.openBrace);
    const complete = (isObject ? this.#object(1) : this.#value(0)) && this.#atEnd();
    // Invalid UTF-8 explains whatever else is wrong with a line.
    if ((!complete || this.#nonAscii) && !isUtf8(this.#bytes.subarray(this.#start, this.#end))) {
      return { reason: 'invalid_utf8', message: 'the line is not valid UTF-8' };
    }
    if (!complete) return this.#invalid ?? { reason: 'invalid_json', message: 'not JSON' };
    if (!isObject) return { reason: 'not_an_object', message: 'valid JSON, but not an object' };
    if (this.#unsupported !== undefined) return this.#unsupported;
    // Setting the length to 0 frees an array's memory; cutting it does not.
    if (this.#members.length !== this.#count) this.#members.length = this.#count;
    return this.#members;
  }

  #begin(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#at = start;
    this.#nonAscii = false;
    this.#expandedDigits = 0;
    this.#invalid = undefined;
    this.#unsupported = undefined;
    this.#count = 0;
  }

  #is(wanted: number): boolean {
    return this.#at < this.#end && this.#bytes[this.#at] === wanted;
  }

  #skipSpace(): void {
    while (this.#at < this.#end) {
      const found = this.#bytes[this.#at];
      if (found !== 0x20 && found !== 0x09 && found !== 0x0d && found !== 0x0a) return;
      this.#at += 1;
    }
  }

  #atEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.#end || this.#expected('the end of the line');
  }

  #expected(what: string): false {
    const found =
      this.#at < this.#end ? showByte(this.#bytes[this.#at] ?? 0) : 'the end of the line';
    this.#invalid ??= {
      reason: 'invalid_json',
      message: `${this.#place()}: expected ${what}, found ${found}`,
    };
    return false;
  }

  #refuse(why: string): void {
    this.#unsupported ??= { reason: 'unsupported_json', message: `${this.#place()}: ${why}` };
  }

  #place(): string {
    return `byte ${this.#at - this.#start + 1}`;
  }

  #value(depth: number): boolean {
    const found = this.#at < this.#end ? (this.#bytes[this.#at] ?? 0) : 0;
    if (found === byte.quote) return this.#string();
    if (found === byte.minus || isDigit(found)) return this.#number();
    if (found === byte.openBrace) return this.#object(depth + 1);
    if (found === byte.openBracket) return this.#array(depth + 1);
    return this.#literal();
  }

  #object(depth: number): boolean {
    if (!this.#mayNest(depth)) return false;
    this.#at += 1;
    this.#skipSpace();
    if (this.#is(byte.closeBrace)) return this.#skip();
    for (;;) {
      if (!this.#is(byte.quote)) return this.#expected('a key in double quotes');
      const keyStart = this.#at + 1;
      this.#escaped = false;
      if (!this.#string()) return false;
      const keyEnd = this.#at - 1;
      const keyEscaped = this.#escaped;
      this.#skipSpace();
      if (!this.#is(byte.colon)) return this.#expected('":"');
      this.#at += 1;
      this.#skipSpace();
      const valueStart = this.#at;
      this.#escaped = false;
      if (!this.#value(depth)) return false;
      if (depth === 1) {
        const member = this.#nextMember();
        member.keyStart = keyStart;
        member.keyEnd = keyEnd;
        member.keyEscaped = keyEscaped;
        member.valueStart = valueStart;
        member.valueEnd = this.#at;
        member.valueEscaped = this.#escaped;
      }
      this.#skipSpace();
      if (this.#is(byte.closeBrace)) return this.#skip();
      if (!this.#is(byte.comma)) return this.#expected('"," or "}"');
      this.#at += 1;
      this.#skipSpace();
    }
  }

  #nextMember(): Member {
    const member = (this.#spare[this.#count] ??= {
      keyStart: 0,
      keyEnd: 0,
      keyEscaped: false,
      valueStart: 0,
      valueEnd: 0,
      valueEscaped: false,
    });
    this.#members[this.#count++] = member;
    return member;
  }

  #array(depth: number): boolean {
    if (!this.#mayNest(depth)) return false;
    this.#at += 1;
    this.#skipSpace();
    if (this.#is(byte.closeBracket)) return this.#skip();
    for (;;) {
      if (!this.#value(depth)) return false;
      this.#skipSpace();
      if (this.#is(byte.closeBracket)) return this.#skip();
      if (!this.#is(byte.comma)) return this.#expected('"," or "]"');
      this.#at += 1;
      this.#skipSpace();
    }
  }

  #skip(): true {
    this.#at += 1;
    return true;
  }

  #mayNest(depth: number): boolean {
    if (depth <= maxDepth) return true;
    const message = `${this.#place()}: nested more than ${maxDepth} levels deep`;
    this.#invalid ??= { reason: 'unsupported_json', message };
    return false;
  }

  #literal(): boolean {
    const word = literals.find((literal) =>
      literal.every((expected, index) => this.#bytes[this.#at + index] === expected),
    );
    if (word === undefined || this.#at + word.length > this.#end) return this.#expected('a value');
    this.#at += word.length;
    return true;
  }

  #number(): boolean {
    if (this.#is(byte.minus)) this.#at += 1;
    const mantissa = this.#at;
    let integerDigits = 1;
    if (this.#is(byte.zero)) this.#at += 1;
    else if ((integerDigits = this.#digits()) === 0) return this.#expected('a digit');
    let fractionDigits = 0;
    if (this.#is(byte.dot)) {
      this.#at += 1;
      if ((fractionDigits = this.#digits()) === 0) return this.#expected('a digit');
    }
    const letter = this.#at < this.#end ? this.#bytes[this.#at] : undefined;
    let exponent = 0;
    if (letter === 0x65 || letter === 0x45) {
      this.#at += 1;
      const negative = this.#is(byte.minus);
      if (negative || this.#is(byte.plus)) this.#at += 1;
      const start = this.#at;
      if (this.#digits() === 0) return this.#expected('a digit');
      for (let at = start; at < this.#at && exponent < maxExponent; at += 1) {
        exponent = exponent * 10 + ((this.#bytes[at] ?? 0) - byte.zero);
      }
      if (negative) exponent = -exponent;
    }
    if (exponent !== 0 || integerDigits + fractionDigits > maxFractionDigits) {
      this.#checkNumeric(mantissa, integerDigits, fractionDigits, exponent);
    }
    return true;
  }

  /** Refuses what `numeric` cannot hold once the exponent is written out. */
  #checkNumeric(
    mantissa: number,
    integerDigits: number,
    fractionDigits: number,
    exponent: number,
  ): void {
    let zeros = 0;
    for (let at = mantissa; at < mantissa + integerDigits + fractionDigits + 1; at += 1) {
      const found = this.#bytes[at];
      if (found === byte.zero) zeros += 1;
      else if (found !== byte.dot) break;
    }
    const isZero = zeros === integerDigits + fractionDigits;
    const leading = isZero ? 0 : integerDigits - zeros + exponent;
    if (
      leading > maxIntegerDigits ||
      fractionDigits - exponent > maxFractionDigits ||
      exponent >= maxExponent
    ) {
      this.#refuse('a number beyond what numeric can hold');
    }
    this.#expandedDigits += Math.abs(exponent);
    if (this.#expandedDigits > maxExpandedDigits) {
      this.#refuse(`exponents that write out to more than ${maxExpandedDigits} digits`);
    }
  }

  #digits(): number {
    const from = this.#at;
    while (this.#at < this.#end && isDigit(this.#bytes[this.#at] ?? 0)) this.#at += 1;
    return this.#at - from;
  }

  #string(): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = this.#at + 1;
    for (; at < end; at += 1) {
      const found = bytes[at] ?? 0;
      if (found === byte.quote) {
        this.#at = at + 1;
        return true;
      }
      if (found >= 0x80) this.#nonAscii = true;
      else if (found < 0x20) break;
      else if (found === byte.backslash) {
        this.#at = at;
        this.#escaped = true;
        if (!this.#escape()) return false;
        at = this.#at - 1;
      }
    }
    this.#at = at;
    return this.#expected(at < end ? 'an escaped control character' : 'a closing quote');
  }

  /** An escape; the cursor is on its backslash and ends behind it. */
  #escape(): boolean {
    const kind = this.#at + 1 < this.#end ? (this.#bytes[this.#at + 1] ?? 0) : 0;
    if (escapable.has(kind)) {
      this.#at += 2;
      return true;
    }
    const unit = kind === 0x75 ? this.#codeUnit(this.#at + 2) : undefined;
    if (unit === undefined) {
      this.#at += 1;
      return this.#expected('an escape like \\n or \\u00e9');
    }
    if (unit === 0) this.#refuse('\\u0000, which Postgres cannot store');
    if (unit >= 0xdc00 && unit <= 0xdfff) this.#refuse('half of a surrogate pair');
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const isPair =
        this.#bytes[this.#at + 6] === byte.backslash && this.#bytes[this.#at + 7] === 0x75;
      const low = isPair ? this.#codeUnit(this.#at + 8) : undefined;
      if (low !== undefined && low >= 0xdc00 && low <= 0xdfff) {
        this.#at += 12;
        return true;
      }
      this.#refuse('half of a surrogate pair');
    }
    this.#at += 6;
    return true;
  }

  /** The value of four hexadecimal digits; undefined if they are incomplete. */
  #codeUnit(from: number): number | undefined {
    if (from + 4 > this.#end) return undefined;
    let unit = 0;
    for (let at = from; at < from + 4; at += 1) {
      const digit = hexDigit(this.#bytes[at] ?? 0);
      if (digit < 0) return undefined;
      unit = unit * 16 + digit;
    }
    return unit;
  }
}

const scanner = new Scanner();

/** Another `scanObject` with members of its own. */
export function createScanner(): typeof scanObject {
  const own = new Scanner();
  return (bytes, start, end) => own.scan(bytes, start, end);
}

function isDigit(found: number): boolean {
  return found >= 0x30 && found <= 0x39;
}

function hexDigit(found: number): number {
  if (isDigit(found)) return found - 0x30;
  const lower = found | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function showByte(found: number): string {
  return found > 0x20 && found < 0x7f
    ? `"${String.fromCharCode(found)}"`
    : `byte 0x${found.toString(16).padStart(2, '0')}`;
}

/** A member of a JSON object, as offsets into the scanned bytes. */
export interface Member {
  /** The key without its quotes. */
  keyStart: number;
  keyEnd: number;
  /** Whether the key has a backslash, so that its bytes are not its text. */
  keyEscaped: boolean;
  /** The value with its quotes, brackets or braces. */
  valueStart: number;
  valueEnd: number;
  /** Whether the value has a backslash. */
  valueEscaped: boolean;
}
