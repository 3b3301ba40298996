/** Every bound of injections that is met is counted: here each is met, and what is counted then is looked at. */
import { execFileSync } from 'node:child_process';
import { injectionLosses } from '../../src/app-drops.ts';
import type { Drop } from '../../src/drops/drops.ts';
import { readGraph } from '../../src/graph/text.ts';
import { AnswerBook, TIMES_KEPT } from '../../src/injection/answers/book.ts';
import { LOOKED_MAX, WaitingPackets } from '../../src/injection/answers/waiting.ts';
import { InjectionBook } from '../../src/injection/book.ts';
import { BoundCounts, type BoundsMet, boundNames, type MeetBound } from '../../src/injection/bounds.ts';
import { InjectionEntries } from '../../src/injection/host/entries.ts';
import { RUNNING_MAX } from '../../src/injection/host/host.ts';
import { runOrder } from '../../src/injection/host/run.ts';
import { asCaptured, evenly, GAP_MS_MAX } from '../../src/injection/host/schedule.ts';
import { ASKED_MAX, EARLY_MAX, FULL_MS_MAX, Sending, TOGETHER_MAX } from '../../src/injection/host/sending.ts';
import { SendingShare } from '../../src/injection/host/share.ts';
import { KNOWN_MAX, Translations } from '../../src/injection/host/translation.ts';
import { defaultInjectionLimits, INTERVAL_MS_MAX, TRACKING_IDS_MAX, WAIT_MS_MAX } from '../../src/injection/limits.ts';
import { ASKED_AGENTS_MAX, LOSSES_MAX, WATCHING_MS } from '../../src/injection/losses.ts';
import type { Order, Progress } from '../../src/injection/order.ts';
import { ip } from '../../src/injection/packet/ip.ts';
import { packetSeries } from '../../src/injection/packet/series.ts';
import { checkAsked } from '../../src/injection/plan/checked.ts';
import { planOf } from '../../src/injection/plan/plan.ts';
import { FRAMES_MAX, traceFrames } from '../../src/injection/trace/frames.ts';
import { CT, CTA, CTA_IP, CTA_PROTOCOL, CTA_TUPLE } from '../../src/native/ctnetlink.ts';
import type { NetlinkSocket } from '../../src/native/door.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import type { AnswerSocket, SendSocket } from '../../src/native/injection.ts';
import { HEADER_BYTES, MessageBuilder, NLMSG } from '../../src/native/nlmsg.ts';
import { Budget, defaultLimits } from '../../src/query/limits.ts';
import { parseAddress } from '../../src/std/address.ts';
import { pcapngHeader, pcapngInterface, pcapngPacket } from '../../src/std/pcapng.ts';
import { ask, testServer } from '../api/server.ts';
import { host as hostText } from '../query/forwarding/walked.ts';
import { type FakeClock, fakeClock } from '../std/fake-clock.ts';
import { bareHost } from './bare_host.ts';
import { probing } from './probing.ts';

/** What is counted while it runs. */
async function met(run: (met: MeetBound) => unknown): Promise<BoundsMet | undefined> {
  const counts = new BoundCounts();
  await run(counts.met);
  return counts.told();
}

const NONE = { Received: 0, EchoReply: 0, SynAck: 0, Reset: 0, Datagram: 0, Errors: [] };
const LINK = { source: Uint8Array.of(2, 0, 0, 0, 0, 1), destination: Uint8Array.of(2, 0, 0, 0, 0, 2) };
const bytesOf = (text: string) => parseAddress(text)?.bytes ?? new Uint8Array(0);

test('asking for more than there may be', async () => {
  const from = { From: 'a', To: 'b' };
  const asked = (more: object) => (count: MeetBound) =>
    expect(() => checkAsked({ ...from, ...more }, defaultInjectionLimits, count)).toThrow();
  const { count, payloadBytes, pcapBytes } = defaultInjectionLimits;
  expect(
    await Promise.all(
      [
        { Count: count + 1 },
        { Interval: INTERVAL_MS_MAX + 1, Wait: WAIT_MS_MAX + 1 },
        { Payload: 'x'.repeat(payloadBytes + 1) },
        { Payload: 'x', IncrementPayload: 1, Count: payloadBytes + 1 },
        { Pcap: 'A'.repeat((pcapBytes + 3) * 2) },
        // Mistakes, and no bound of ours.
        { SrcPort: 70_000, Count: -1, TTL: 256 },
      ].map((more) => met(asked(more))),
    ),
  ).toEqual([
    { packets: 1 },
    { interval: 1, wait: 1 },
    { payload: 1 },
    { payload: 1 },
    { 'trace-bytes': 1 },
    undefined,
  ]);
});

test('a trace of too many packets, and one whose gaps are cut', async () => {
  const data = packetSeries(probing('udp4', { payload: '' }), LINK)(0);
  const packet = pcapngPacket({ interface: 0, timestampNs: 0n, data, length: data.length });
  const head = [pcapngHeader('test'), pcapngInterface({ linkType: 1, snapLength: 0 })];
  const trace = Buffer.concat([...head, ...new Array<Uint8Array>(FRAMES_MAX + 1).fill(packet)]).toString('base64');
  const reading = (count: MeetBound) =>
    expect(traceFrames(openPacketDoor(), trace, count)).rejects.toThrow('more than');
  const frames = [0, 5, 10_000, 20_000].map((atMs) => ({ bytes: data, atMs }));
  const spaced = (intervalMs: number) => (count: MeetBound) =>
    asCaptured(frames, { intervalMs, rate: 100, met: count });
  expect(await Promise.all([met(reading), met(spaced(0)), met(spaced(GAP_MS_MAX / 2))])).toEqual([
    { 'trace-packets': 1 },
    { 'trace-gap': 2 },
    undefined,
  ]);
});

test('more conversations and addresses than are told or looked at', async () => {
  const many = Array.from({ length: 300 }, (_, at) => `10.9.${at >> 8}.${at & 255}/16`);
  const graph = readGraph(`${hostText('blue', '10.0.0.1')}\n${hostText('green', '10.0.0.2', { IPV4: many })}`);
  const planned = (asked: object) => (count: MeetBound) => {
    const budget = new Budget(defaultLimits, () => 0, undefined);
    const given = { view: graph.now(), budget, places: undefined, random: () => 0.5, uuid: 'u', met: count };
    const planning = planOf(
      asked,
      { from: 'veth:blue/eth0', to: 'veth:green/eth0' },
      { ...given, bytes: () => LINK.source },
    );
    while (planning.next().done !== true);
  };
  const random = { DstIP: '10.9.0.1', SrcIP: '10.0.0.1', Mode: 'random' };
  expect(
    await Promise.all([
      met(planned({})),
      met(planned({ ...random, Count: TRACKING_IDS_MAX + 1 })),
      met(planned({ ...random, Count: TRACKING_IDS_MAX })),
    ]),
  ).toEqual([{ addresses: 1 }, { 'tracking-ids': 1 }, undefined]);
});

test('a node that many injections are sent from', async () => {
  const told = await met((count) => {
    const entries = new InjectionEntries({
      view: () => ({ nodes: () => [] }) as never,
      apply: () => {},
      clock: fakeClock(),
    });
    for (let at = 0; at < 20; at++) entries.set('n', { ID: `${at}`, State: 'completed', Count: 1 }, count);
    for (let at = 0; at < 20; at++) entries.set('m', { ID: `m${at}`, State: 'active', Count: 1 }, count);
    entries.clear();
  });
  expect(told).toEqual({ 'node-entries': 4 });
});

interface Sent {
  readonly clock: FakeClock;
  readonly sending: Sending;
  readonly book: AnswerBook;
}

/** Sends three packets, or so many, by a socket that does what it is told. */
function sending(
  count: MeetBound,
  {
    packets = 3,
    rate = Number.POSITIVE_INFINITY,
    perMs = Number.POSITIVE_INFINITY,
    send,
    isAnswerer,
  }: {
    readonly packets?: number;
    readonly rate?: number;
    readonly perMs?: number;
    readonly send?: SendSocket['send'];
    readonly isAnswerer?: () => Promise<boolean>;
  },
): Sent {
  const clock = fakeClock();
  const begin = clock.now();
  const elapsed = () => clock.now() - begin;
  const its = probing('udp4', { count: packets });
  const book = new AnswerBook(its, { isLoose: true, waitMs: 1_000, met: count });
  const taken: SendSocket['send'] = async (records) => {
    const sent = records.length / 40;
    return { sent, times: new Uint8Array(8 * sent) };
  };
  const sender = { send: send ?? taken, close: () => undefined };
  const order = { interfaceName: 'eth0' } as Order;
  const schedule = evenly(packets, packetSeries(its, undefined), { intervalMs: 0, rate });
  const share = new SendingShare({ rate: perMs, elapsed });
  const asking = isAnswerer && { isAnswerer };
  return {
    clock,
    book,
    sending: new Sending({ order, sender, schedule, book, share, met: count, clock, elapsed, ...asking }),
  };
}

const never = new AbortController().signal;

/** A datagram from port 80 of somebody, to ours. */
function answerOf(who: string): Uint8Array {
  return ip(
    { source: bytesOf(who), destination: bytesOf('10.0.0.1'), protocol: 17, ttl: 64, identification: 9 },
    Uint8Array.of(0, 80, 195, 80, 0, 8, 0, 0),
  );
}

test('packets that are given to the kernel in parts, and a device that stays full', async () => {
  const parts = met(async (count) => {
    await sending(count, { packets: TOGETHER_MAX * 2 + 1 }).sending.run(never);
  });
  const full = met(async (count) => {
    const { clock, sending: its } = sending(count, {
      send: async () => ({ sent: 0, times: new Uint8Array(), code: 'ENOBUFS' }),
    });
    const over = expect(its.run(never)).rejects.toThrow('takes no packets');
    await clock.pass(FULL_MS_MAX + 10);
    await over;
  });
  expect(await Promise.all([parts, full])).toEqual([{ batch: 2 }, { full: expect.any(Number), 'full-for-long': 1 }]);
});

test('what waits because others send, and is late for it', async () => {
  const told = await met(async (count) => {
    const { clock, sending: its } = sending(count, { packets: 50, perMs: 10 });
    const over = its.run(never);
    await clock.pass(10_000);
    await over;
    expect(its.trouble).toMatch(/s late: all injections of a host/);
  });
  expect(told).toEqual({ share: expect.any(Number), late: 1 });
});

test('answers that come while packets are on their way, or from elsewhere, in too large a number', async () => {
  const heard = (who: string) => ({ packet: answerOf(who), timeNs: 2_000_000n, ifIndex: 1 });
  const early = met(async (count) => {
    const { sending: its } = sending(count, { send: () => new Promise(() => undefined) });
    void its.run(never);
    for (let at = 0; at < EARLY_MAX + 3; at++) its.heard(heard('10.0.0.2'));
    expect(its.trouble).toMatch('answers at once');
  });
  const asked = met(async (count) => {
    const { sending: its } = sending(count, { isAnswerer: () => new Promise(() => undefined) });
    await its.run(never);
    for (let at = 0; at < ASKED_MAX + 2; at++) its.heard(heard('10.0.0.9'));
  });
  expect(await Promise.all([early, asked])).toEqual([{ 'early-answers': 3 }, { 'asked-answers': 2 }]);
});

/** Connection tracking that knows of every conversation that 10.0.0.9:90 answers it. */
const tracking = {
  async openNetlink(): Promise<NetlinkSocket> {
    let hear = (_batch: Uint8Array) => {};
    const answered = (message: Uint8Array, asked: Uint8Array) => {
      message.set(asked.subarray(8, HEADER_BYTES), 8);
      return message;
    };
    return {
      portId: 7,
      onBatch: (listener) => {
        hear = (batch) => listener(batch, false, -1);
      },
      async send(asked) {
        const entry = new MessageBuilder(CT.entry, 0)
          .fixed(Uint8Array.of(2, 0, 0, 0))
          .nested(CTA.reply, (tuple) =>
            tuple
              .nested(CTA_TUPLE.ip, (inside) => inside.bytes(CTA_IP.v4Source, bytesOf('10.0.0.9')))
              .nested(CTA_TUPLE.protocol, (inside) => inside.bytes(CTA_PROTOCOL.sourcePort, Uint8Array.of(0, 90))),
          );
        const done = new MessageBuilder(NLMSG.error, 0).fixed(new Uint8Array(20));
        const batch = Buffer.concat([answered(entry.build(), asked), answered(done.build(), asked)]);
        setImmediate(() => hear(batch));
      },
      close: () => undefined,
    };
  },
};

test('connection tracking that does not answer in time', async () => {
  const told = await met(async (count) => {
    const clock = fakeClock();
    let hear = (_batch: Uint8Array) => {};
    const its = probing('udp4', { count: 1 });
    const sender: SendSocket = { send: async () => ({ sent: 1, times: new Uint8Array(8) }), close: () => undefined };
    const answers: AnswerSocket = {
      onAnswers: (listener) => {
        hear = listener;
      },
      close: () => undefined,
    };
    const parts = {
      ...{ clock, elapsed: clock.now, rate: 1_000, share: new SendingShare({ rate: 1_000, elapsed: clock.now }) },
      ...{ netns: undefined, met: count, packets: openPacketDoor() },
      door: { openSender: async () => sender, openAnswers: async () => answers },
      netlink: { openNetlink: () => new Promise<never>(() => undefined) },
    };
    const order: Order = {
      ...{ uuid: 'one', way: 'stack', nodeId: 'n', namespaceId: 'n', interfaceName: 'eth0', ifIndex: 2 },
      ...{ intervalMs: 0, waitMs: 100, what: its },
    };
    const over = runOrder(order, parts, () => undefined, never);
    await clock.pass(10);
    hear(Buffer.concat([new Uint8Array([1, 0, 0, 0, 28, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), answerOf('10.0.0.9')]));
    await clock.pass(2_000);
    await over;
  });
  expect(told).toEqual({ 'asked-for-long': 1 });
});

test('translated conversations that are not remembered: they are asked for again', async () => {
  const told = await met(async (count) => {
    using translations = new Translations(tracking, undefined, count);
    const tuple = { protocol: 17, source: bytesOf('10.0.0.1'), destination: bytesOf('10.0.0.2'), destinationPort: 80 };
    const ports = Array.from({ length: KNOWN_MAX + 2 }, (_, at) => at + 1);
    const answerers = await Promise.all(ports.map((sourcePort) => translations.answererOf({ ...tuple, sourcePort })));
    expect(answerers.at(-1)).toEqual({ from: '10.0.0.9', port: 90 });
  });
  expect(told).toEqual({ translations: 2 });
});

test('answers that cannot be told apart, and kinds of them that are too many', async () => {
  const its = probing('icmp4', { count: 0x10002 });
  const echoed = (index: number) => {
    const inside = packetSeries(its, undefined)(index).slice(20);
    inside[0] = 0;
    return ip(
      { source: bytesOf('10.0.0.2'), destination: bytesOf('10.0.0.1'), protocol: 1, ttl: 64, identification: 9 },
      inside,
    );
  };
  const refused = (index: number) =>
    ip(
      {
        source: Uint8Array.of(10, 0, 1, index),
        destination: bytesOf('10.0.0.1'),
        protocol: 1,
        ttl: 64,
        identification: 9,
      },
      Uint8Array.of(3, 1, 0, 0, 0, 0, 0, 0, ...packetSeries(its, undefined)(index)),
    );
  const book = (count: MeetBound) => new AnswerBook(its, { isLoose: false, waitMs: 1_000, met: count });
  const numbers = met((count) => {
    const all = book(count);
    for (let at = 0; at < 0xffff; at++) all.sent(BigInt(at));
    all.take({ packet: echoed(0), timeNs: 0x10000n, ifIndex: 1 });
    // The first was answered, the second and third were not.
    for (let at = 0; at < 3; at++) all.sent(0x10000n);
  });
  const times = met((count) => {
    const all = book(count);
    for (let at = 0; at < TIMES_KEPT + 2; at++) {
      all.sent(0n);
      all.take({ packet: echoed(at), timeNs: 1n, ifIndex: 1 });
    }
  });
  const errors = met((count) => {
    const all = book(count);
    for (let at = 0; at < 66; at++) {
      all.sent(0n);
      all.take({ packet: refused(at), timeNs: 1n, ifIndex: 1 });
    }
    expect(all.replies()).toMatchObject({ Received: 66, Errors: { length: 64 } });
  });
  const guesses = met((count) => {
    const waiting = new WaitingPackets({ waitMs: 1_000, most: 1_000, met: count });
    for (let at = 0; at <= LOOKED_MAX; at++) waiting.sent(at, at);
    expect([waiting.whose(LOOKED_MAX - 1), waiting.whose(LOOKED_MAX)]).toMatchObject([{ index: 0 }, { index: 0 }]);
  });
  expect(await Promise.all([numbers, times, errors, guesses])).toEqual([
    { numbers: 2 },
    { 'round-trips': 2 },
    { errors: 2 },
    { guesses: 1 },
  ]);
});

test('drops of too many kinds, and a fleet that is too large to be asked for them', async () => {
  const drop = (toPort: number): Drop =>
    ({
      ...{ timeMs: 1, host: 'h', reason: `REASON_${toPort}`, direction: 'in', length: 60, ifIndex: 2, isOwn: true },
      tuple: { from: '10.0.0.1', to: '10.0.0.2', protocol: 17, fromPort: 50_000, toPort },
    }) as unknown as Drop;
  const drops = Array.from({ length: LOSSES_MAX + 2 }, (_, at) => drop(at));
  const watch = { drops: () => drops, settled: async () => {}, [Symbol.asyncDispose]: async () => {} };
  const packet = { Type: 'udp4', Way: 'link', Host: 'h', NodeID: 'n', Name: 'eth0' } as const;
  const told = (agents: number) => async (count: MeetBound) => {
    const view = readGraph(hostText('blue', '10.0.0.1')).now();
    const dropsOn = async () => watch as never;
    const losses = await injectionLosses(
      { dropsOn },
      () => view,
      () => agents,
    )(probing('udp4'), packet, count);
    expect(await losses.told(false)).toHaveLength(LOSSES_MAX);
  };
  expect([await met(told(0)), await met(told(ASKED_AGENTS_MAX + 1))]).toEqual([
    { drops: 2 },
    { drops: 2, 'drops-agents': 1 },
  ]);
});

test('a host that runs as many as it may refuses one more, and says so to who asked', async () => {
  const door = { openSender: () => new Promise(() => undefined) } as never;
  await using host = bareHost({ clock: fakeClock(), door });
  const order = (uuid: string): Order => ({
    ...{ uuid, way: 'stack', nodeId: 'host', namespaceId: 'host', interfaceName: 'lo', ifIndex: 1 },
    ...{ intervalMs: 1, waitMs: 0, what: probing('udp4') },
  });
  const stop = new AbortController();
  const running = Array.from({ length: RUNNING_MAX }, (_, at) => host.run(order(`${at}`), stop.signal));
  await Promise.all(running.map((one) => one.next()));
  const refused = await host.run(order('more'), never).next();
  expect(refused.value).toMatchObject({ state: 'failed', bounds: { 'host-running': 1 } });
  expect(host.status()).toMatchObject({
    Running: RUNNING_MAX,
    Made: RUNNING_MAX,
    Refused: 1,
    Bounds: { 'host-running': 1 },
  });
  stop.abort();
});

/** Injections of a host that says `progress`, and is over. */
function injections(progress: readonly Partial<Progress>[], limits: Partial<typeof defaultInjectionLimits> = {}) {
  const clock = fakeClock();
  let made = 0;
  const book = new InjectionBook({
    plan: async (_asked, uuid, count) => {
      count('addresses');
      const packet = { Type: 'icmp4', Way: 'link', Host: 'h', NodeID: 'n', Name: 'eth0' } as const;
      return { order: { uuid, what: probing('icmp4') } as unknown as Order, packet, origin: 'h', trackingIds: [] };
    },
    async *run() {
      for (const one of progress) yield { state: 'running', sent: 0, sentBytes: 0, replies: NONE, ...one };
    },
    losses: () => new Promise(() => undefined),
    forget: () => undefined,
    clock,
    newId: () => `id${++made}`,
    limits: { ...defaultInjectionLimits, ...limits },
  });
  return { book, clock };
}

test('each injection tells which bounds it met, and all of them together are told in status', async () => {
  const { book } = injections([{ bounds: { share: 2 } }, { state: 'completed', bounds: { share: 5, late: 1 } }]);
  for (const uuid of ['id1', 'id2']) {
    await book.create({ From: 'a', To: 'b' });
    expect(await book.done(uuid)).toMatchObject({ State: 'completed', Bounds: { addresses: 1, share: 5, late: 1 } });
  }
  expect(book.status().Bounds).toMatchObject({ addresses: 2, share: 10, late: 2, running: 0 });
  expect(Object.keys(book.status().Bounds)).toEqual(boundNames);
});

test('injections that are too many at a time, or kept no longer; kernels that tell of drops too late', async () => {
  const { book, clock } = injections([{ state: 'completed' }], { running: 1, kept: 1 });
  const asked = { From: 'a', To: 'b', Drops: true };
  for (const uuid of ['id1', 'id2', 'id3']) {
    await book.create(asked);
    await expect(book.create(asked)).rejects.toThrow('injections run already');
    await clock.pass(WATCHING_MS);
    await book.done(uuid);
  }
  expect(book.list()).toHaveLength(1);
  expect(book.status().Bounds).toMatchObject({ running: 3, kept: 2, 'drops-for-long': 3 });
  // Those whose hour is over met no bound.
  await clock.pass(defaultInjectionLimits.keptMs);
  expect([book.list().length, book.status().Bounds.kept]).toEqual([0, 2]);
});

test('/metrics has a series for each bound from the start, and counts those that were met', async () => {
  const { book } = injections([{ state: 'completed', bounds: { 'early-answers': 7 } }]);
  await book.create({ From: 'a', To: 'b' });
  await book.done('id1');
  await using server = await testServer({ status: { Injections: book.status() } });
  const { text } = await ask(server, '/metrics');
  execFileSync('promtool', ['check', 'metrics'], { input: text, stdio: 'pipe' });
  const count = (name: string) => ({ addresses: 1, 'early-answers': 7 })[name] ?? 0;
  const lines = boundNames.map((name) => `skein_injection_bounds_total{bound="${name}"} ${count(name)}`);
  expect(text.match(/^skein_injection_bounds_total.*$/gm)).toEqual(lines);
});
