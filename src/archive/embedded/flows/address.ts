/** Addresses as bytes. A text that would not come back as it was is no address here, and is kept as text. */
import { parseAddress } from '../../../std/address.ts';
import { groupsOf, groupsText, OCTETS } from '../../../std/addresstext.ts';

/** IPv4 as a number, IPv6 as 16 bytes, a text that is neither as it is. */
export type Address = number | Uint8Array | string;

export function addressOf(text: string): Address {
  if (!text.includes(':')) {
    const number = ipv4Number(text);
    return number < 0 ? text : number;
  }
  const bytes = parseAddress(text)?.bytes;
  return bytes && groupsText(groupsOf(bytes)) === text ? bytes : text;
}

export function addressText(address: Address): string {
  if (typeof address === 'string') return address;
  if (typeof address !== 'number') return groupsText(groupsOf(address));
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** 6 bytes as a number; -1 for another text. */
export function macNumber(text: string): number {
  if (text.length !== 17) return -1;
  let number = 0;
  for (let at = 0; at < 17; at++) {
    const code = text.charCodeAt(at);
    if (at % 3 === 2) {
      if (code !== 58) return -1;
    } else if (code >= 48 && code <= 57) number = number * 16 + code - 48;
    else if (code >= 97 && code <= 102) number = number * 16 + code - 87;
    else return -1;
  }
  return number;
}

export function macText(number: number): string {
  const [high, low] = [Math.floor(number / 2 ** 24), number % 2 ** 24];
  const three = (part: number) => `${OCTETS[part >>> 16]}:${OCTETS[(part >>> 8) & 255]}:${OCTETS[part & 255]}`;
  return `${three(high)}:${three(low)}`;
}

/** -1 for another text, leading zeros among them. */
function ipv4Number(text: string): number {
  let number = 0;
  let [value, digits, dots] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (digits === 0 || ++dots > 3) return -1;
      number = number * 256 + value;
      value = digits = 0;
    } else if (code >= 48 && code <= 57) {
      if (digits > 0 && value === 0) return -1;
      value = value * 10 + code - 48;
      if (++digits > 3 || value > 255) return -1;
    } else return -1;
  }
  return dots === 3 && digits > 0 ? number * 256 + value : -1;
}
