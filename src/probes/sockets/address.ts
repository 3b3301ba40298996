/** Addresses of sockets as text; those that many sockets share are made once. */

import { LITTLE } from '../../native/nlmsg.ts';
import { groupsOf, groupsText } from '../../std/addresstext.ts';

/** AF_INET and AF_INET6 (linux/socket.h). */
export const INET = 2;
export const INET6 = 10;

/** Texts that are kept, about 100 bytes each; when there are more all are made anew. */
const KEPT_MAX = 10_000;

export class AddressTexts {
  readonly #v4 = new Map<number, string>();
  readonly #v6 = new Map<string, string>();

  /** 4 bytes from `at` on. */
  v4(view: DataView, at: number): string {
    const number = view.getUint32(at, false);
    let text = this.#v4.get(number);
    if (text === undefined) {
      text = `${number >>> 24}.${(number >>> 16) & 0xff}.${(number >>> 8) & 0xff}.${number & 0xff}`;
      if (this.#v4.size >= KEPT_MAX) this.#v4.clear();
      this.#v4.set(number, text);
    }
    return text;
  }

  /** 16 bytes from `at` on; an IPv4 address inside (::ffff:…, RFC 4291 §2.5.5.2) is told as that. */
  v6(view: DataView, at: number): string {
    const [a, b, c] = [view.getUint32(at, LITTLE), view.getUint32(at + 4, LITTLE), view.getUint32(at + 8, false)];
    if (a === 0 && b === 0 && c === 0xffff) return this.v4(view, at + 12);
    const key = `${a},${b},${c},${view.getUint32(at + 12, LITTLE)}`;
    let text = this.#v6.get(key);
    if (text === undefined) {
      text = groupsText(groupsOf(new Uint8Array(view.buffer, view.byteOffset + at, 16)));
      if (this.#v6.size >= KEPT_MAX) this.#v6.clear();
      this.#v6.set(key, text);
    }
    return text;
  }

  /** '' of a family that is neither. */
  of(family: number, view: DataView, at: number): string {
    if (family === INET) return this.v4(view, at);
    return family === INET6 ? this.v6(view, at) : '';
  }
}
