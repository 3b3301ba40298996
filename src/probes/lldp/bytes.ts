/** Reading what neighbours send: never past its end, and what is missing is undefined or empty. */
import { ipText, macText } from '../../std/addresstext.ts';

export function uint16(bytes: Uint8Array, at: number): number | undefined {
  return at + 2 > bytes.length ? undefined : ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

export function uint32(bytes: Uint8Array, at: number): number | undefined {
  if (at + 4 > bytes.length) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}

/** Longer texts are cut: what a neighbour says of itself is a line or two. */
const TEXT_MAX = 1_024;

/** Without control characters, and without the zeros that some devices end it with. */
export function text(bytes: Uint8Array): string {
  const decoded = new TextDecoder().decode(bytes.subarray(0, TEXT_MAX));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return decoded.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim();
}

/** Address families of IANA that an id or a management address may be of: 1 IPv4, 2 IPv6, 6 a MAC. */
export function addressText(family: number | undefined, address: Uint8Array): string {
  if (family === 1 && address.length === 4) return ipText(address);
  if (family === 2 && address.length === 16) return ipText(address);
  if (family === 6 && address.length === 6) return macText(address);
  return hex(address);
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
