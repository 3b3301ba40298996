/** What a dial says where its caller gave nothing: what the service of a port is known to answer. */

const DNS = 53;
const NTP = 123;

/** Of UDP: silence is no answer, so that something is said which is answered. */
export function knownPayload(port: number): Uint8Array {
  if (port === DNS) return ROOT_SERVERS;
  if (port === NTP) return NTP_CLIENT;
  return NOTHING;
}

const NOTHING = new Uint8Array(0);

/** RFC 1035: id 0x5ce1, recursion desired, one question: the name servers (2) of the root, class IN (1). */
const ROOT_SERVERS = Uint8Array.of(0x5c, 0xe1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1);

/** RFC 5905: 48 bytes, version 4, mode 3 (client). */
const NTP_CLIENT = Uint8Array.from({ length: 48 }, (_, at) => (at === 0 ? 0b00_100_011 : 0));
