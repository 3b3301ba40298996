/** Entries of connection tracking, as requests that make them: eight in ten established, one half-open, one translated. */

import { CT } from '../src/native/ctnetlink.ts';
import { joined } from '../src/native/fake.ts';
import { MessageBuilder, NLM_F } from '../src/native/nlmsg.ts';

const TOGETHER = 200;
const TCP = 6;
const ESTABLISHED = 3;
const SYN_SENT = 1;
const DAY_S = 86_400;
/** IPS_SEEN_REPLY, IPS_ASSURED, IPS_CONFIRMED. */
const SETTLED = 14;

export function* made(count: number): Generator<Uint8Array> {
  for (let from = 0; from < count; from += TOGETHER) {
    const some = Array.from({ length: Math.min(TOGETHER, count - from) }, (_, i) => entry(from + i));
    yield joined(some);
  }
}

function entry(n: number): Uint8Array {
  const [client, server, router] = [
    [10, 1, (n >> 8) & 255, n & 255],
    [10, 2, 0, 1 + (n % 50)],
    [192, 0, 2, 1],
  ];
  const port = 1024 + (n >> 16) * 7 + (n % 7);
  const isTranslated = n % 10 === 1;
  const isHalfOpen = n % 10 === 2;
  const message = new MessageBuilder(CT.entry, NLM_F.request | NLM_F.create | NLM_F.exclusive);
  message.fixed(new Uint8Array([2, 0, 0, 0]));
  message.nested(1, (m) => tuple(m, client, server, port, 443));
  message.nested(2, (m) => tuple(m, server, client, 443, port));
  message.bytes(7, be32(DAY_S));
  if (!isHalfOpen) message.bytes(3, be32(SETTLED));
  message.nested(4, (m) => m.nested(1, (tcp) => tcp.u8(1, isHalfOpen ? SYN_SENT : ESTABLISHED)));
  if (isTranslated)
    message.nested(6, (m) => {
      m.bytes(1, new Uint8Array(router));
      m.bytes(2, new Uint8Array(router));
    });
  return message.build();
}

function tuple(message: MessageBuilder, from: number[], to: number[], fromPort: number, toPort: number): void {
  message.nested(1, (m) => {
    m.bytes(1, new Uint8Array(from));
    m.bytes(2, new Uint8Array(to));
  });
  message.nested(2, (m) => {
    m.u8(1, TCP);
    m.bytes(2, be16(fromPort));
    m.bytes(3, be16(toPort));
  });
}

function be16(value: number): Uint8Array {
  return new Uint8Array([value >> 8, value]);
}

function be32(value: number): Uint8Array {
  return new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
}
