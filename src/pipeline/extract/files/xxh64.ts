// The XXH64 checksum of zstd frames.

/** A number of 64 bits as two halves of 32, each in an `Int32Array` or `Uint32Array` way of its own. */
const mask = 0xffff;

/**
 * XXH64 with seed 0 over bytes in pieces, the content checksum of zstd
 * (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md). Numbers of 64 bits are two halves, because
 * BigInt takes twenty times as long.
 */
export class Xxh64 {
  /** The high and low halves of the four accumulators. */
  readonly #lanes = Int32Array.from([
    ...[0x60ea27ee, 0xadc0b5d6 | 0, 0xc2b2ae3d | 0, 0x27d4eb4f, 0, 0, 0x61c8864e, 0x7a143579],
  ]);
  readonly #rest = Buffer.alloc(stripeBytes);
  #restLength = 0;
  #length = 0;

  update(bytes: Uint8Array): void {
    this.#length += bytes.length;
    let at = 0;
    if (this.#restLength > 0) {
      at = Math.min(stripeBytes - this.#restLength, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#restLength);
      this.#restLength += at;
      if (this.#restLength < stripeBytes) return;
      this.#stripe(new DataView(this.#rest.buffer, this.#rest.byteOffset, stripeBytes), 0);
      this.#restLength = 0;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (; at + stripeBytes <= bytes.length; at += stripeBytes) this.#stripe(view, at);
    this.#rest.set(bytes.subarray(at));
    this.#restLength = bytes.length - at;
  }

  /** The lower 32 bits, with which a zstd frame ends. */
  low32(): number {
    const lanes = Array.from({ length: 4 }, (_, lane) => this.#lane(lane));
    let hash = prime5;
    if (this.#length >= stripeBytes) {
      hash = lanes
        .map((lane, index) => rotate(lane, [1, 7, 12, 18][index] ?? 0))
        .reduce((sum, lane) => BigInt.asUintN(64, sum + lane));
      for (const lane of lanes) {
        hash = BigInt.asUintN(64, (hash ^ round(0n, lane)) * prime1 + prime4);
      }
    }
    hash = BigInt.asUintN(64, hash + BigInt(this.#length));
    let at = 0;
    for (; at + 8 <= this.#restLength; at += 8) {
      hash ^= round(0n, this.#rest.readBigUInt64LE(at));
      hash = BigInt.asUintN(64, rotate(hash, 27) * prime1 + prime4);
    }
    if (at + 4 <= this.#restLength) {
      hash ^= BigInt.asUintN(64, BigInt(this.#rest.readUInt32LE(at)) * prime1);
      hash = BigInt.asUintN(64, rotate(hash, 23) * prime2 + prime3);
      at += 4;
    }
    for (; at < this.#restLength; at += 1) {
      hash ^= BigInt.asUintN(64, BigInt(this.#rest[at] ?? 0) * prime5);
      hash = BigInt.asUintN(64, rotate(hash, 11) * prime1);
    }
    hash = BigInt.asUintN(64, (hash ^ (hash >> 33n)) * prime2);
    hash = BigInt.asUintN(64, (hash ^ (hash >> 29n)) * prime3);
    return Number(BigInt.asUintN(32, hash ^ (hash >> 32n)));
  }

  #lane(index: number): bigint {
    const high = BigInt((this.#lanes[index * 2] ?? 0) >>> 0);
    return (high << 32n) | BigInt((this.#lanes[index * 2 + 1] ?? 0) >>> 0);
  }

  /** Each accumulator takes eight bytes: `rotate(lane + input * prime2, 31) * prime1`. */
  #stripe(view: DataView, at: number): void {
    const lanes = this.#lanes;
    for (let lane = 0; lane < 8; lane += 2, at += 8) {
      const inLow = view.getInt32(at, true);
      const inHigh = view.getInt32(at + 4, true);
      // input * prime2, modulo 2^64.
      let high =
        mulHigh(inLow, prime2Low) + Math.imul(inLow, prime2High) + Math.imul(inHigh, prime2Low);
      let low = Math.imul(inLow, prime2Low);
      const sum = (low >>> 0) + ((lanes[lane + 1] ?? 0) >>> 0);
      high = (high + (lanes[lane] ?? 0) + (sum > 0xffffffff ? 1 : 0)) | 0;
      low = sum | 0;
      const turnedHigh = (high << 31) | (low >>> 1);
      const turnedLow = (low << 31) | (high >>> 1);
      lanes[lane] =
        mulHigh(turnedLow, prime1Low) +
        Math.imul(turnedLow, prime1High) +
        Math.imul(turnedHigh, prime1Low);
      lanes[lane + 1] = Math.imul(turnedLow, prime1Low);
    }
  }
}

/** The upper 32 bits of the product of two numbers of 32 bits. */
function mulHigh(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & mask, a >>> 16, b & mask, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & mask);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000)) | 0;
}

function rotate(value: bigint, bits: number): bigint {
  return BigInt.asUintN(64, (value << BigInt(bits)) | (value >> BigInt(64 - bits)));
}

function round(lane: bigint, input: bigint): bigint {
  return BigInt.asUintN(64, rotate(BigInt.asUintN(64, lane + input * prime2), 31) * prime1);
}

const stripeBytes = 32;
const prime1 = 0x9e3779b185ebca87n;
const prime2 = 0xc2b2ae3d27d4eb4fn;
const prime3 = 0x165667b19e3779f9n;
const prime4 = 0x85ebca77c2b2ae63n;
const prime5 = 0x27d4eb2f165667c5n;
const prime1High = 0x9e3779b1 | 0;
const prime1Low = 0x85ebca87 | 0;
const prime2High = 0xc2b2ae3d | 0;
const prime2Low = 0x27d4eb4f;
