/** Bytes of a message as they are read. Nothing is read past their end, and nothing is made room for that they cannot hold. */
import type { Argument } from '../../../query/gremlin/bytecode.ts';
import type { GValue } from '../../../query/gremlin/value/value.ts';
import { badFrame } from '../bad-frame.ts';
import { depthMax, keyDepthMax, keyedMax, unfoldedMax } from '../codec-limits.ts';

export class BytesIn {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;
  #keyDepth = 0;
  #keyed = 0;
  #unfolded = 0;

  readonly #read: (from: BytesIn) => Argument;

  /** `read`: how a value is read. */
  constructor(bytes: Buffer, read: (from: BytesIn) => Argument) {
    this.#bytes = bytes;
    this.#read = read;
  }

  /** The next value, with its type and its flag. */
  value(): Argument {
    if (this.#keyDepth > 0) this.#count();
    return this.#read(this);
  }

  /** For places where only values can stand. The types of both are told apart by those who take them. */
  gvalue(): GValue {
    return this.value() as GValue;
  }

  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  /** The next byte, which is left there; -1 at the end. */
  peek(): number {
    return this.#bytes[this.#at] ?? -1;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  /** A bigint only where a number would not be exact. */
  int64(): number | bigint {
    const at = this.#take(8);
    const high = this.#bytes.readInt32BE(at);
    if (high >= -0x20_0000 && high < 0x20_0000) {
      const value = high * 0x1_0000_0000 + this.#bytes.readUInt32BE(at + 4);
      if (Number.isSafeInteger(value)) return value;
    }
    return this.#bytes.readBigInt64BE(at);
  }

  /** For counts and times: what is not exact as a number is refused. */
  safeInt64(what: string): number {
    const { at } = this;
    const value = this.int64();
    if (typeof value === 'bigint') throw badFrame(`${what} of ${value} is out of range`, at);
    return value;
  }

  float32(): number {
    return this.#bytes.readFloatBE(this.#take(4));
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#take(8));
  }

  /** A view of the message, not a copy. */
  raw(length: number): Buffer {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(): string {
    const length = this.count(1, 'a text');
    const at = this.#take(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** A length; each of as many takes at least so many bytes, which must be there. */
  count(bytesEach: number, what: string): number {
    const { at } = this;
    const count = this.int32();
    if (count < 0) throw badFrame(`${what} has a length of ${count}`, at);
    if (count * bytesEach > this.left)
      throw badFrame(`${what} of length ${count} is longer than what is left of the message`, at);
    return count;
  }

  /** Around each value that may hold others. */
  within<T>(read: () => T): T {
    if (++this.#depth > depthMax) throw this.bad(`values lie deeper than ${depthMax} levels`);
    const value = read();
    this.#depth--;
    return value;
  }

  /** Around what is a key of a map or in a set. */
  asKey<T>(read: () => T): T {
    if (++this.#keyDepth > keyDepthMax) throw this.bad(`sets and keys lie deeper than ${keyDepthMax} levels`);
    const value = read();
    this.#keyDepth--;
    return value;
  }

  /** Before a value is given so many times. */
  unfold(times: number): void {
    this.#unfolded += times;
    if (this.#unfolded > unfoldedMax) throw this.bad(`lists with counts unfold to more than ${unfoldedMax} values`);
  }

  bad(what: string, at = this.#at): Error {
    return badFrame(what, at);
  }

  #count(): void {
    this.#keyed += this.#keyDepth;
    if (this.#keyed > keyedMax) throw this.bad('too many values within sets and keys');
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at) throw badFrame('the message ends within a value', this.#bytes.length);
    this.#at = at + length;
    return at;
  }
}
