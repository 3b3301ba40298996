/** Name-based UUIDs (RFC 9562 §5.5): the same name is always the same id, on every run and every machine. */
import { hash } from 'node:crypto';

/** UUID version 5 of the parts joined by '/', in the namespace for object identifiers (RFC 9562 §6.6). */
export function uuidV5(parts: readonly string[]): string {
  const digest = hash('sha1', named(parts.join('/')), 'hex');
  const variant = VARIANT[Number.parseInt(digest.charAt(16), 16) & 3];
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/** Hexadecimal digits whose two upper bits are 10. */
const VARIANT = '89ab';

const OID = Buffer.from('6ba7b8129dad11d180b400c04fd430c8', 'hex');

// One buffer for all calls: the namespace stays in front, the name is written behind it.
let scratch = Buffer.concat([OID, Buffer.alloc(1008)]);

function named(name: string): Uint8Array {
  // One UTF-16 unit becomes at most three bytes of UTF-8.
  if (OID.length + name.length * 3 > scratch.length) scratch = Buffer.concat([OID, Buffer.alloc(name.length * 3)]);
  return scratch.subarray(0, OID.length + scratch.write(name, OID.length));
}
