/** Bytes of the network as text that can be shown: addresses, and strings without what would disturb a terminal. */

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
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(separator);
}

export function ipv4(bytes: Uint8Array): string {
  return bytes.join('.');
}

/** RFC 5952: the longest run of zero groups is left out, the first of several. */
export function ipv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0));
  let best = { from: 0, length: 1 };
  for (let from = 0; from < 8; from++) {
    let length = 0;
    while (from + length < 8 && groups[from + length] === 0) length++;
    if (length > best.length) best = { from, length };
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (best.length < 2) return text(groups);
  return `${text(groups.slice(0, best.from))}::${text(groups.slice(best.from + best.length))}`;
}
