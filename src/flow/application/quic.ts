/** QUIC, by name alone (RFC 9000 §17.2): a long header of version 1 to UDP port 443, which nothing else sends. */
import type { Application, Conversation } from './application.ts';

export function decodeQuic({ loPort, hiPort, payloads }: Conversation): Application | undefined {
  const [first] = payloads;
  if (!first || (loPort !== 443 && hiPort !== 443)) return undefined;
  const { bytes } = first;
  // Header form and fixed bit, version, then a connection id of at most 20 bytes.
  const isInitial = bytes.length >= 7 && ((bytes[0] as number) & 0xc0) === 0xc0 && (bytes[5] as number) <= 20;
  const isVersion1 = bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0 && bytes[4] === 1;
  return isInitial && isVersion1 ? { name: 'QUIC', layers: {} } : undefined;
}
