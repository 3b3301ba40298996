/**
 * DNS (RFC 1035) over UDP, over TCP after a length (§4.2.2), multicast DNS (RFC 6762) and LLMNR (RFC 4795). Of the
 * messages of a conversation the last response is shown, or the last query when there is none.
 */
import { type Application, type Conversation, type Payload, protocols } from './application.ts';
import { type DnsMessage, dnsMessage } from './dns-message.ts';
import { streamOf } from './stream.ts';

const ports = new Set([53, 5353, 5355]);
/** Of one direction of a TCP connection. */
const messagesMax = 16;

export function decodeDns(asked: Conversation): Application | undefined {
  if (!ports.has(asked.loPort) && !ports.has(asked.hiPort)) return undefined;
  const heard = asked.protocol === protocols.tcp ? overTcp(asked.payloads) : asked.payloads;
  const messages = heard.flatMap(({ bytes, ms }) => dnsMessage(bytes, ms) ?? []);
  const shown = messages.findLast(({ isResponse }) => isResponse) ?? messages.at(-1);
  if (!shown) return undefined;
  const latencyMs = latency(messages);
  return {
    name: 'DNS',
    path: ['DNS'],
    layers: { DNS: { ...shown.layer, ...(latencyMs !== undefined && { latency_ms: latencyMs }) } },
    ...(latencyMs !== undefined && { latencyMs }),
  };
}

/** From the first query that was answered to its answer. A query that was repeated counts from its first time on. */
function latency(messages: readonly DnsMessage[]): number | undefined {
  const asked = new Map<number, number>();
  for (const { id, isResponse, ms } of messages) {
    const since = asked.get(id);
    if (!isResponse) asked.set(id, since ?? ms);
    else if (since !== undefined && ms >= since) return ms - since;
  }
  return undefined;
}

interface Heard {
  readonly bytes: Uint8Array;
  readonly ms: number;
}

/** Messages of both directions, each with the time of the first packet of its direction: the first of each is the one that matters. */
function overTcp(payloads: readonly Payload[]): Heard[] {
  const both = [false, true].flatMap((fromHi) => {
    const ms = payloads.find((payload) => payload.fromHi === fromHi)?.ms ?? 0;
    return split(streamOf(payloads, fromHi)).map((bytes) => ({ bytes, ms }));
  });
  return both.toSorted((one, other) => one.ms - other.ms);
}

function split(stream: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at + 2 <= stream.length && messages.length < messagesMax; ) {
    const length = ((stream[at] as number) << 8) | (stream[at + 1] as number);
    // A response larger than what was kept is shown as far as it goes.
    messages.push(stream.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return messages;
}
