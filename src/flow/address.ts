/** Addresses as text, of the words that rows keep. */
import { ipv6Text as groupsText, OCTETS } from '../std/addresstext.ts';

export function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}

/** Eight groups of 16 bits, big-endian, as four words. */
export function ipv6Text(words: readonly [number, number, number, number]): string {
  return groupsText(words.flatMap((word) => [word >>> 16, word & 0xffff]));
}

export function macText(high16: number, low32: number): string {
  return (
    `${octet(high16 >>> 8)}:${octet(high16 & 0xff)}:${octet(low32 >>> 24)}:` +
    `${octet((low32 >>> 16) & 0xff)}:${octet((low32 >>> 8) & 0xff)}:${octet(low32 & 0xff)}`
  );
}

function octet(value: number): string {
  return OCTETS[value] as string;
}
