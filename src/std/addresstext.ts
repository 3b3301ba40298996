/** Addresses as text: MAC, IPv4, IPv6 (RFC 5952). */

/** 'aa:bb:…' of any length; '' of none. */
export function macText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at++) text += (at === 0 ? '' : ':') + OCTETS[bytes[at] as number];
  return text;
}

/** IPv4 of 4 bytes, IPv6 of 16, '' of anything else. */
export function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  return bytes.length === 16 ? ipv6Text(groupsOf(bytes)) : '';
}

/** Eight groups of 16 bits. Addresses that hold an IPv4 one are written with it (RFC 5952 §5). */
export function ipv6Text(groups: readonly number[]): string {
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return groupsText(groups);
  const [high = 0, low = 0] = groups.slice(6);
  return `::ffff:${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}

/** The same in groups alone: of the longest runs of two or more zeros the first is left out (RFC 5952 §4.2). */
export function groupsText(groups: readonly number[]): string {
  let [from, length] = [0, 1];
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && groups[end] === 0) end++;
    if (end - start > length) [from, length] = [start, end - start];
    if (end > start) start = end;
  }
  const digits = groups.map((group) => group.toString(16));
  if (length === 1) return digits.join(':');
  return `${digits.slice(0, from).join(':')}::${digits.slice(from + length).join(':')}`;
}

/** The eight groups of 16 bytes. */
export function groupsOf(bytes: Uint8Array): number[] {
  return Array.from({ length: 8 }, (_, at) => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0));
}

/** Two hexadecimal digits for each byte. */
export const OCTETS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
