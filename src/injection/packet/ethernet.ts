/** Ethernet frames (IEEE 802.3, RFC 894): destination, source, type, payload. Short ones are filled up by the device. */

/** linux/if_ether.h */
export const ethertype = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;
export const ETHERNET_BYTES = 14;

export function ethernet(
  {
    source,
    destination,
    type,
  }: { readonly source: Uint8Array; readonly destination: Uint8Array; readonly type: number },
  payload: Uint8Array,
): Uint8Array {
  const frame = new Uint8Array(ETHERNET_BYTES + payload.length);
  frame.set(destination);
  frame.set(source, 6);
  frame[12] = type >> 8;
  frame[13] = type;
  frame.set(payload, ETHERNET_BYTES);
  return frame;
}

/** Six bytes of aa:bb:cc:dd:ee:ff, with colons, dashes, or as aabb.ccdd.eeff; undefined of anything else. */
export function macBytes(text: string): Uint8Array | undefined {
  const isMac = /^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4})$/i.test(
    text.trim(),
  );
  return isMac ? Uint8Array.from(Buffer.from(text.replace(/[^0-9a-f]/gi, ''), 'hex')) : undefined;
}

/** Of addresses that stand for many: RFC 1112 §6.4, RFC 2464 §7, and the broadcast of IPv4. */
export function groupMac(address: Uint8Array): Uint8Array | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = address;
  if (address.length === 16) return a === 0xff ? Uint8Array.of(0x33, 0x33, ...address.subarray(12)) : undefined;
  if (a === 255 && b === 255 && c === 255 && d === 255) return new Uint8Array(6).fill(0xff);
  return a >= 224 && a <= 239 ? Uint8Array.of(1, 0, 0x5e, b & 0x7f, c, d) : undefined;
}
