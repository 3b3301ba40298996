/** Bytes of the network as text that can be shown: addresses, and strings without what would disturb a terminal. */
import { groupsOf, groupsText, OCTETS } from '../../std/addresstext.ts';

/** Printable ASCII as it is, everything else as \DDD (RFC 1035 §5.1); cut at `max` characters. */
export function printable(bytes: Uint8Array, max = 255): string {
  let text = '';
  for (const byte of bytes) {
    if (text.length >= max) break;
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`;
  }
  return text;
}

/** The same up to the first NUL. */
export function upToNul(bytes: Uint8Array): string {
  const nul = bytes.indexOf(0);
  return printable(nul < 0 ? bytes : bytes.subarray(0, nul));
}

export function hex(bytes: Uint8Array, separator = ''): string {
  return Array.from(bytes, (byte) => OCTETS[byte]).join(separator);
}

export function ipv4(bytes: Uint8Array): string {
  return bytes.join('.');
}

export function ipv6(bytes: Uint8Array): string {
  return groupsText(groupsOf(bytes));
}
