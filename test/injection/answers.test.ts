/** Answers as the ends and routers give them, made of the packets that they answer. */
import fc from 'fast-check';
import { AnswerBook, TIMES_KEPT } from '../../src/injection/answers/book.ts';
import { answerFilter } from '../../src/injection/answers/filter.ts';
import { parseAnswer } from '../../src/injection/answers/parse.ts';
import type { Probing } from '../../src/injection/order.ts';
import { ip } from '../../src/injection/packet/ip.ts';
import { conversationAt, packetSeries, protocolOf } from '../../src/injection/packet/series.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import { parseAddress } from '../../src/std/address.ts';
import { probing } from './probing.ts';

const parts = { waitMs: 1_000, met: () => undefined };
const bytesOf = (text: string) => parseAddress(text)?.bytes ?? new Uint8Array(0);

function from(
  asked: Probing,
  inside: Uint8Array,
  who = asked.destination,
  protocol = protocolOf(asked.type),
): Uint8Array {
  return ip({ source: bytesOf(who), destination: bytesOf(asked.source), protocol, ttl: 64, identification: 9 }, inside);
}

function insideOf(asked: Probing, index: number): Uint8Array {
  return packetSeries(asked, undefined)(index).slice(asked.type.endsWith('4') ? 20 : 40);
}

function echoReply(asked: Probing, index: number): Uint8Array {
  const inside = insideOf(asked, index);
  inside[0] = asked.type === 'icmp4' ? 0 : 129;
  return from(asked, inside);
}

function segment(asked: Probing, index: number, flags: number): Uint8Array {
  const inside = insideOf(asked, index);
  const view = new DataView(inside.buffer);
  const acknowledged = (view.getUint32(4) + 1) >>> 0;
  inside.copyWithin(0, 2, 4);
  view.setUint16(2, asked.sourcePort);
  view.setUint32(8, acknowledged);
  inside[13] = flags;
  return from(asked, inside);
}

function datagram(asked: Probing): Uint8Array {
  return from(asked, Uint8Array.of(0, 80, asked.sourcePort >> 8, asked.sourcePort & 255, 0, 8, 0, 0));
}

function refusal(
  asked: Probing,
  index: number,
  said: { type: number; code: number; who: string; more?: number },
): Uint8Array {
  const packet = packetSeries(asked, undefined)(index).slice(0, asked.type.endsWith('4') ? 28 : 48);
  const inside = Uint8Array.of(
    said.type,
    said.code,
    0,
    0,
    0,
    0,
    (said.more ?? 0) >> 8,
    (said.more ?? 0) & 255,
    ...packet,
  );
  return from(asked, inside, said.who, asked.type.endsWith('4') ? 1 : 58);
}

/** Sent at 0, 1 and 2 ms; answers come half a millisecond after the last. */
function bookOf(asked: Probing, answers: readonly Uint8Array[], isLoose = false) {
  const book = new AnswerBook(asked, { isLoose, ...parts });
  for (const ms of [0n, 1n, 2n]) book.sent(ms * 1_000_000n);
  const taken = answers.map((answer) => book.take({ packet: answer, timeNs: 2_500_000n, ifIndex: 1 }));
  return { book, taken, replies: book.replies() };
}

const NONE = { Received: 0, EchoReply: 0, SynAck: 0, Reset: 0, Datagram: 0, Errors: [] };

test.each(['icmp4', 'icmp6'] as const)('%s: echo replies are counted once, with the time that each took', (type) => {
  const asked = probing(type);
  const { book, taken, replies } = bookOf(
    asked,
    [2, 0, 0].map((index) => echoReply(asked, index)),
  );
  expect(taken).toEqual([true, true, false]);
  expect(replies).toEqual({
    ...NONE,
    Received: 2,
    EchoReply: 2,
    RTT: { Min: 500_000, Avg: 1_500_000, P50: 500_000, P95: 2_500_000, Max: 2_500_000 },
  });
  expect(book.isAllAnswered).toBe(false);
  book.take({ packet: echoReply(asked, 1), timeNs: 2_500_000n, ifIndex: 1 });
  expect(book.isAllAnswered).toBe(true);
});

test('of the times that answers took half are below the median, and of many the newest count', () => {
  const asked = probing('icmp4', { count: TIMES_KEPT + 100 });
  const book = new AnswerBook(asked, { isLoose: false, ...parts });
  const answer = (index: number, tookUs: number) => {
    const sentNs = BigInt(index) * 1_000_000n;
    book.sent(sentNs);
    book.take({ packet: echoReply(asked, index), timeNs: sentNs + BigInt(tookUs) * 1_000n, ifIndex: 1 });
  };
  for (let at = 0; at < 100; at++) answer(at, 100 - at);
  expect(book.replies().RTT).toMatchObject({ Min: 1_000, P50: 50_000, P95: 95_000, Max: 100_000 });
  for (let at = 100; at < TIMES_KEPT + 100; at++) answer(at, 7);
  expect(book.replies().RTT).toMatchObject({ P50: 7_000, P95: 7_000, Max: 100_000 });
});

test.each(['tcp4', 'tcp6'] as const)(
  '%s: a SYN-ACK and a RST are told apart, also where sequence numbers go around',
  (type) => {
    const asked = probing(type);
    const { replies } = bookOf(asked, [segment(asked, 0, 0x12), segment(asked, 1, 0x14)]);
    expect(replies).toMatchObject({ Received: 2, SynAck: 1, Reset: 1 });
  },
);

test.each(['udp4', 'udp6'] as const)('%s: datagrams answer the oldest that has no answer', (type) => {
  const asked = probing(type);
  expect(bookOf(asked, [datagram(asked), datagram(asked)]).replies).toMatchObject({
    Received: 2,
    Datagram: 2,
    RTT: { Min: 1_500_000, Max: 2_500_000 },
  });
});

test.each(['udp4', 'udp6'] as const)('%s: what gives our payload back tells which it answers', (type) => {
  const payload = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz').toString('base64');
  const asked = probing(type, { isNumbered: true, payload });
  const echoed = (index: number) =>
    from(asked, Uint8Array.of(0, 80, 195, 80, 0, 0, 0, 0, ...insideOf(asked, index).slice(8)));
  expect(bookOf(asked, [echoed(2), echoed(0)]).replies.RTT).toMatchObject({ Min: 500_000, Max: 2_500_000 });
  expect(bookOf(asked, [echoed(2)]).replies.RTT).toMatchObject({ Min: 500_000, Max: 500_000 });
  // Errors too, where enough of it is in them; of another's packets nothing is.
  const whole = packetSeries(asked, undefined)(2);
  const error = from(
    asked,
    Uint8Array.of(type === 'udp4' ? 3 : 1, 4, 0, 0, 0, 0, 0, 0, ...whole),
    asked.destination,
    type === 'udp4' ? 1 : 58,
  );
  expect(bookOf(asked, [error]).replies.RTT).toMatchObject({ Min: 500_000, Max: 500_000 });
  const others = probing(type, { sourcePort: 50_001 });
  const refused = refusal(others, 0, { type: type === 'udp4' ? 3 : 1, code: 4, who: asked.destination });
  for (const isLoose of [false, true]) expect(bookOf(asked, [refused], isLoose).replies).toEqual(NONE);
});

/** Packets that were sent at so many ms, and answers that came at others. */
function timed(
  asked: Probing,
  sentMs: readonly number[],
  answers: readonly (readonly [atMs: number, answer: Uint8Array])[],
  waitMs = 1_000,
) {
  const book = new AnswerBook(asked, { ...parts, isLoose: false, waitMs });
  const all = [
    ...sentMs.map((atMs) => ({ atMs, act: (timeNs: bigint) => book.sent(timeNs) })),
    ...answers.map(([atMs, packet]) => ({
      atMs,
      act: (timeNs: bigint) => void book.take({ packet, timeNs, ifIndex: 1 }),
    })),
  ];
  for (const { atMs, act } of all.toSorted((a, b) => a.atMs - b.atMs)) act(BigInt(Math.round(atMs * 1e6)));
  const { Received, RTT } = book.replies();
  return { Received, Min: (RTT?.Min ?? 0) / 1e6, Max: (RTT?.Max ?? 0) / 1e6, Guessed: RTT?.Guessed ?? 0, book };
}

describe.each(['udp4', 'udp6'] as const)('%s with a payload of somebody else', (type) => {
  const asked = probing(type, { count: 5 });
  const answer = datagram(asked);

  test('what is answered before the next is sent is known', () => {
    expect(
      timed(
        asked,
        [0, 100, 200],
        [
          [1, answer],
          [103, answer],
          [202, answer],
        ],
      ),
    ).toMatchObject({
      Received: 3,
      Min: 1,
      Max: 3,
      Guessed: 0,
    });
  });

  test('a lost one is not what an answer is of that comes later than answers are waited for', () => {
    const sent = [0, 999, 1_998, 2_997];
    const answers = [1_000, 2_000, 3_000].map((atMs) => [atMs, answer] as const);
    expect(timed(asked, sent, answers)).toMatchObject({ Received: 3, Min: 1, Max: 3, Guessed: 0 });
    expect(timed(asked, sent, answers).book.isAllAnswered).toBe(false);
  });

  test('where all are late none is taken for lost', () => {
    const answers = [1_000, 1_000, 1_000].map((atMs) => [atMs, answer] as const);
    const said = timed(probing(type), [0, 20, 40], answers);
    expect(said).toMatchObject({ Received: 3, Min: 960, Max: 1_000, Guessed: 2 });
    expect(said.book.isAllAnswered).toBe(true);
  });

  test('of several on their way the oldest is taken, and that it is a guess is told', () => {
    const answers = [50, 60, 70].map((atMs) => [atMs, answer] as const);
    // Of the last two it is known: the first of them may be of either, and is taken for the older.
    expect(timed(asked, [0, 10, 20], answers)).toMatchObject({ Received: 3, Min: 50, Max: 50, Guessed: 2 });
  });

  test('where it is known how long answers take, a lost one does not make those after it late', () => {
    const answers = [1, 201, 301.5, 401].map((atMs) => [atMs, answer] as const);
    expect(timed(asked, [0, 100, 200, 300, 400], answers)).toMatchObject({ Received: 4, Min: 1, Max: 1.5, Guessed: 3 });
  });

  test('more answers than packets are counted, and say nothing of times', () => {
    const answers = [1, 2, 3].map((atMs) => [atMs, answer] as const);
    expect(timed(asked, [0], answers)).toMatchObject({ Received: 3, Min: 1, Max: 1, Guessed: 0 });
  });
});

test.each(['udp4', 'udp6'] as const)(
  '%s: where each packet is longer, an echo and an error tell by their size',
  (type) => {
    const asked = probing(type, { incrementBytes: 3 });
    const echoed = from(asked, Uint8Array.of(0, 80, 195, 80, 0, 0, 0, 0, ...insideOf(asked, 2).slice(8)));
    const error = refusal(asked, 1, { type: type === 'udp4' ? 3 : 1, code: 4, who: asked.destination });
    expect(
      timed(
        asked,
        [0, 100, 200],
        [
          [205, error],
          [207, echoed],
        ],
      ),
    ).toMatchObject({ Min: 7, Max: 105, Guessed: 0 });
    // Something else that is as long.
    const other = echoed.slice();
    other.set([0xff], other.length - 1);
    expect(timed(asked, [0, 100, 200], [[207, other]])).toMatchObject({ Received: 1, Guessed: 1 });
  },
);

test.each(['udp4', 'udp6'] as const)(
  '%s: packets of ports of their own are told apart by them, also where these go around',
  (type) => {
    const asked = probing(type, { isRandom: true, sourcePort: 65_534, count: 4 });
    const answered = (index: number) =>
      datagram(probing(type, { sourcePort: conversationAt(asked, index).sourcePort }));
    expect(
      timed(
        asked,
        [0, 10, 20, 30],
        [
          [32, answered(3)],
          [33, answered(1)],
        ],
      ),
    ).toMatchObject({
      Received: 2,
      Min: 2,
      Max: 23,
      Guessed: 0,
    });
    expect(timed(asked, [0, 10], [[12, answered(3)]])).toMatchObject({ Received: 0 });
  },
);

test('ICMP errors say who refused what, and the size that would pass', () => {
  const asked = probing('udp4');
  const { replies } = bookOf(asked, [
    refusal(asked, 0, { type: 3, code: 3, who: '10.0.0.2' }),
    refusal(asked, 1, { type: 3, code: 3, who: '10.0.0.2' }),
    refusal(asked, 2, { type: 3, code: 4, who: '10.0.0.254', more: 1400 }),
  ]);
  expect(replies).toMatchObject({
    Received: 3,
    Errors: [
      { Type: 3, Code: 3, Text: 'port unreachable', From: '10.0.0.2', Count: 2 },
      { Type: 3, Code: 4, Text: 'too big, and not to be fragmented', From: '10.0.0.254', Count: 1, MTU: 1400 },
    ],
  });
  const six = probing('tcp6');
  expect(bookOf(six, [refusal(six, 0, { type: 1, code: 1, who: 'fd00::fe' })]).replies.Errors).toMatchObject([
    { Text: 'prohibited by a filter', From: 'fd00::fe' },
  ]);
});

test('what answers others is none of ours', () => {
  const asked = probing('icmp4');
  const others = [
    echoReply(probing('icmp4', { icmpId: 124 }), 0),
    echoReply(asked, 3),
    segment(probing('tcp4'), 0, 0x12),
    refusal(probing('udp4'), 0, { type: 3, code: 3, who: '10.0.0.2' }),
    refusal(probing('icmp4', { destination: '10.0.0.3' }), 0, { type: 3, code: 1, who: '10.0.0.254' }),
  ];
  expect(bookOf(asked, others).replies).toEqual(NONE);
  const tcp = probing('tcp4');
  const other = segment(probing('tcp4', { sequence: 77 }), 0, 0x12);
  const elsewhere = segment(probing('tcp4', { destination: '10.0.0.3' }), 0, 0x12);
  expect(bookOf(tcp, [other, elsewhere]).replies).toEqual(NONE);
  // Behind a translation of its address it answers by another: whether that is ours is not known here.
  const { book, replies } = bookOf(tcp, [elsewhere], true);
  expect(replies).toEqual(NONE);
  expect(book.stranger(elsewhere)).toEqual({ from: '10.0.0.3', port: 80, ours: 50_000, isReset: false });
  expect(book.stranger(other)).toBeUndefined();
  expect(book.take({ packet: elsewhere, timeNs: 2_500_000n, ifIndex: 1 }, true)).toBe(true);
  expect(book.replies()).toMatchObject({ SynAck: 1 });
});

test('whatever bytes come, they are read or left', () => {
  const asked = probing('tcp4');
  const whole = [segment(asked, 0, 0x12), refusal(asked, 0, { type: 3, code: 3, who: '10.0.0.2' })];
  for (const packet of whole)
    for (let size = 0; size < packet.length; size++) expect(() => parseAnswer(packet.subarray(0, size))).not.toThrow();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void parseAnswer(bytes)),
    { numRuns: 200 },
  );
});

test('the kernel lets pass what may be an answer, and nothing else', () => {
  const door = openPacketDoor();
  const range = { from: 50_000, to: 50_002 };
  // What libpcap runs has no type of packet: its extension reads as none.
  const passes = (type: Probing['type'], packet: Uint8Array, ports = range) =>
    door.matchFilter(withoutPacketType(answerFilter({ type }, ports)), packet, packet.length);
  for (const type of ['tcp4', 'tcp6', 'udp4', 'udp6', 'icmp4', 'icmp6'] as const) {
    const asked = probing(type);
    const answer = type.startsWith('tcp')
      ? segment(asked, 0, 0x12)
      : type.startsWith('udp')
        ? datagram(asked)
        : echoReply(asked, 0);
    const ports = type.startsWith('icmp') ? { from: 123, to: 123 } : range;
    expect([type, passes(type, answer, ports)]).toEqual([type, true]);
    const error = refusal(asked, 0, { type: type.endsWith('4') ? 3 : 1, code: 4, who: asked.destination });
    expect([type, passes(type, error, ports)]).toEqual([type, true]);
    const request = packetSeries(asked, undefined)(0);
    expect([type, passes(type, request, { from: 1, to: 2 })]).toEqual([type, type.startsWith('tcp')]);
  }
  expect(passes('tcp4', segment(probing('tcp4'), 0, 0x10))).toBe(false);
  // Around the end of the numbers.
  const around = datagram(probing('udp4', { sourcePort: 1 }));
  expect(passes('udp4', around, { from: 65_000, to: 2 })).toBe(true);
  expect(passes('udp4', around, { from: 65_000, to: 0 })).toBe(false);
});

/** The first two instructions look at it. */
function withoutPacketType(program: Uint8Array): Uint8Array {
  return program.subarray(16);
}
