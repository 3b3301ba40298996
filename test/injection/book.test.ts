/** Injections as objects, on a host that a test plays. */
import { InjectionBook } from '../../src/injection/book.ts';
import type { InjectionAsked } from '../../src/injection/injection.ts';
import { defaultInjectionLimits } from '../../src/injection/limits.ts';
import type { Order, Progress } from '../../src/injection/order.ts';
import type { Plan } from '../../src/injection/plan/plan.ts';
import type { Mistake } from '../../src/std/mistake.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { fakeClock } from '../std/fake-clock.ts';
import { probing } from './probing.ts';

const asked: InjectionAsked = { From: 'a', To: 'b' };
const replies = { Received: 0, EchoReply: 0, SynAck: 0, Reset: 0, Datagram: 0, Errors: [] };

/** Hosts that tell what the test says, for as long as it does not end. */
function world(limits: Partial<typeof defaultInjectionLimits> = {}) {
  const clock = fakeClock();
  const forgotten: string[] = [];
  const runs: { tell: (progress: Partial<Progress>) => void; end: (error?: Error) => void; signal: AbortSignal }[] = [];
  let made = 0;
  const book = new InjectionBook({
    plan: async (_, uuid) => planned(uuid),
    async *run(_origin, _order, signal) {
      const told: Progress[] = [];
      let over: Error | true | undefined;
      let wake = () => {};
      runs.push({
        tell: (progress) => {
          told.push({ state: 'running', sent: 0, sentBytes: 0, replies, ...progress });
          wake();
        },
        end: (error) => {
          over = error ?? true;
          wake();
        },
        signal,
      });
      signal.addEventListener('abort', () => wake());
      while (!signal.aborted) {
        const next = told.shift();
        if (next) yield next;
        else if (over instanceof Error) throw over;
        else if (over) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    forget: (_, uuid) => forgotten.push(uuid),
    clock,
    newId: () => `id${++made}`,
    limits: { ...defaultInjectionLimits, ...limits },
  });
  return { book, clock, runs, forgotten };
}

function planned(uuid: string): Plan {
  const order = { uuid, what: probing('icmp4') } as unknown as Order;
  const packet = { Type: 'icmp4', Way: 'link', Host: 'h', NodeID: 'n', Name: 'eth0' } as const;
  return { order, packet, origin: 'agent.h', trackingIds: ['0123456789abcdef'] };
}

test('it is pending, runs, and is completed, with what was sent and came back, and the id is known at once', async () => {
  const { book, clock, runs } = world();
  const made = await book.create(asked);
  expect(made).toMatchObject({ UUID: 'id1', TrackingIDs: ['0123456789abcdef'], Sent: 0 });
  await clock.pass(0);
  runs[0]?.tell({ sent: 2, sentBytes: 196 });
  await clock.pass(0);
  expect(book.get('id1')).toMatchObject({ State: 'running', Sent: 2, SentBytes: 196 });
  runs[0]?.tell({ state: 'completed', sent: 3, sentBytes: 294, destinationMac: '02:00:00:00:00:02' });
  runs[0]?.end();
  expect(await book.done('id1')).toMatchObject({
    State: 'completed',
    Sent: 3,
    Packet: { DstMAC: '02:00:00:00:00:02' },
  });
  expect(book.counts()).toEqual({
    running: 0,
    kept: 1,
    made: 1,
    refused: 0,
    failed: 0,
    packets: 3,
    bytes: 294,
    answers: 0,
  });
});

test('it begins when it is to begin, and may be deleted before', async () => {
  const { book, clock, runs } = world();
  await book.create({ ...asked, StartTime: clock.now() + 60_000 });
  await clock.pass(59_999);
  expect([book.get('id1')?.State, runs.length]).toEqual(['pending', 0]);
  await clock.pass(1);
  expect([book.get('id1')?.State, runs.length]).toEqual(['running', 1]);
  await book.create({ ...asked, StartTime: new Date(clock.now() + 60_000).toISOString() });
  expect(await book.remove('id2')).toBe(true);
  await clock.pass(60_000);
  expect([book.get('id2'), runs.length, clock.waiting()]).toEqual([undefined, 1, 0]);
});

test('deleted while it runs it is called off, and not spoken of any more', async () => {
  const { book, clock, forgotten, runs } = world();
  await book.create(asked);
  await clock.pass(0);
  const waiting = book.done('id1');
  expect(await book.remove('id1')).toBe(true);
  expect([runs[0]?.signal.aborted, forgotten, await waiting, await book.remove('id1')]).toEqual([
    true,
    ['id1'],
    undefined,
    false,
  ]);
});

test('a host that is away, or stops in the middle, is a sentence', async () => {
  const { book, clock, runs } = world();
  await book.create(asked);
  await book.create(asked);
  await clock.pass(0);
  runs[0]?.end(new Unavailable('the agent of h', 'a connection of it to this analyzer'));
  runs[1]?.tell({ sent: 1 });
  runs[1]?.end();
  expect([await book.done('id1'), await book.done('id2')]).toMatchObject([
    { State: 'failed', Error: 'the agent of h: needs a connection of it to this analyzer' },
    { State: 'failed', Sent: 1, Error: 'its host has stopped' },
  ]);
});

test('who waits for it need not wait until it is over', async () => {
  const { book } = world();
  await book.create(asked);
  const stop = new AbortController();
  const waiting = book.done('id1', stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await book[Symbol.asyncDispose]();
  expect(book.get('id1')?.State).toBe('stopped');
});

test('no more run than may, and of those that are over the newest are kept for a while', async () => {
  const { book, clock, forgotten, runs } = world({ running: 2, kept: 1, keptMs: 1_000 });
  await book.create(asked);
  await book.create(asked);
  await expect(book.create(asked)).rejects.toThrow('2 injections run already');
  await clock.pass(0);
  for (const run of runs) run.end(new Error('x'));
  await clock.pass(0);
  expect(book.list().map(({ UUID }) => UUID)).toEqual(['id2']);
  await clock.pass(1_001);
  expect([book.list(), forgotten]).toEqual([[], ['id1', 'id2']]);
});

test('all that is wrong with what is asked is said at once, in sentences that begin as before', async () => {
  const { book } = world();
  const wrong = {
    ...{ Type: 'sctp4', SrcIP: 'x', DstMAC: '1:2', Count: -1, TTL: 256, Mode: 'odd', Way: 'up', StartTime: 'soon' },
    ...{ Payload: 'x'.repeat(60_001), Pcap: 'AAAA' },
  } as unknown as InjectionAsked;
  const faults = await book.create(wrong).then(
    () => [],
    (error: Mistake) => error.faults.map(({ message }) => message),
  );
  expect(faults).toEqual([
    "Unsupported traffic type 'sctp4'",
    'Not able to find a source node: none is named',
    'All the params were not set properly: SrcIP: "x" is no address',
    'All the params were not set properly: DstMAC: "1:2" is no MAC address',
    'All the params were not set properly: Count: -1 is not from 0 to 1000000',
    'All the params were not set properly: TTL: 256 is not from 0 to 255',
    'All the params were not set properly: Mode: there is no "odd"',
    'All the params were not set properly: Way: there is no "up"',
    'All the params were not set properly: StartTime: "soon" is no time',
    'All the params were not set properly: Payload: it is, or grows to, 60001 bytes',
  ]);
  await expect(book.create({ From: 'a' })).rejects.toThrow('Not able to find a dest node and dest IP also empty');
  await expect(book.create({ ...asked, Pcap: 'AAAA', Way: 'stack' })).rejects.toThrow('Pcap: frames are put on a link');
  expect(book.counts()).toMatchObject({ made: 0, refused: 3 });
});
