/** Addresses as text: as Go's net package writes them, and as everyone else does by RFC 5952. */

export function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}

/** Eight groups of 16 bits, big-endian, as four words. */
export function ipv6Text(words: readonly [number, number, number, number]): string {
  // ::ffff:a.b.c.d is an IPv4 address within an IPv6 packet.
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return `::ffff:${ipv4Text(words[3])}`;
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  let zeros = 0;
  let zerosFrom = -1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    // A single group of zeros is written, and of runs of the same length the first is shortened.
    if (end - i > Math.max(zeros, 1)) {
      zeros = end - i;
      zerosFrom = i;
    }
    if (end > i) i = end;
  }
  const digits = groups.map((group) => group.toString(16));
  if (zerosFrom < 0) return digits.join(':');
  return `${digits.slice(0, zerosFrom).join(':')}::${digits.slice(zerosFrom + zeros).join(':')}`;
}

export function macText(high16: number, low32: number): string {
  return (
    `${octet(high16 >>> 8)}:${octet(high16 & 0xff)}:${octet(low32 >>> 24)}:` +
    `${octet((low32 >>> 16) & 0xff)}:${octet((low32 >>> 8) & 0xff)}:${octet(low32 & 0xff)}`
  );
}

const octets = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

function octet(value: number): string {
  return octets[value] as string;
}
