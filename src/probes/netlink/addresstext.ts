/** Addresses as text: MAC, IPv4, IPv6 (RFC 5952). By length, as netlink gives them. */

/** 'aa:bb:…' of any length; '' of none. */
export function macText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at++) text += (at === 0 ? '' : ':') + HEX[bytes[at] as number];
  return text;
}

/** IPv4 of 4 bytes, IPv6 of 16, '' of anything else. */
export function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  return bytes.length === 16 ? ip6Text(bytes) : '';
}

function ip6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2] as number) << 8) | (bytes[at * 2 + 1] as number));
  // RFC 5952 §5: addresses that hold an IPv4 one are written with it.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${ipText(bytes.subarray(12))}`;
  const gap = longestGap(groups);
  if (!gap) return groups.map((group) => group.toString(16)).join(':');
  const before = groups.slice(0, gap.at).map((group) => group.toString(16));
  const after = groups.slice(gap.at + gap.length).map((group) => group.toString(16));
  return `${before.join(':')}::${after.join(':')}`;
}

/** The first of the longest runs of two or more zeroes. */
function longestGap(groups: readonly number[]): { at: number; length: number } | undefined {
  let best: { at: number; length: number } | undefined;
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (groups[at + length] === 0) length++;
    if (length > Math.max(best?.length ?? 0, 1)) best = { at, length };
    at += length;
  }
  return best;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
