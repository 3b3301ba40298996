import type { Dialled, DialQuestion } from '../../src/dial/dial.ts';
import { DIALS_MAX, Dials } from '../../src/dial/dials.ts';
import type { DialOptions } from '../../src/native/dial.ts';
import { type FakeDial, type FakeDials, fakeDials } from '../../src/native/fake_dial.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { type FakeClock, fakeClock } from '../std/fake-clock.ts';

const asked: DialQuestion = { protocol: 'tcp', address: '192.0.2.1', port: 80, timeoutMs: 1_000 };
const forever = new AbortController().signal;

async function dialled(script: FakeDial, question: Partial<DialQuestion> = {}): Promise<Dialled> {
  const { dials, door, clock } = dialsOf(() => script);
  const answer = dials.dial({ ...asked, ...question }, forever);
  await clock.pass(1_000);
  const came = await answer;
  expect(door.open).toBe(0);
  return came;
}

function dialsOf(script: (options: DialOptions) => FakeDial): { dials: Dials; door: FakeDials; clock: FakeClock } {
  const door = fakeDials(script);
  const clock = fakeClock();
  return { dials: new Dials({ door, clock }), door, clock };
}

test('a handshake that completes is a connection, with what it was from and how long it took', async () => {
  expect(await dialled({ events: [{ kind: 'connected', ms: 0.5 }] })).toEqual({
    outcome: 'connected',
    sentence: 'connected to 192.0.2.1:80',
    rttMs: 0.5,
    local: { address: '10.0.0.1', port: 40_000 },
  });
});

test.each<[string, FakeDial, Partial<DialQuestion>, Partial<Dialled>]>([
  [
    'a reset as the answer',
    { events: [{ kind: 'error', ms: 1, errno: 'ECONNREFUSED' }] },
    {},
    { outcome: 'refused', rttMs: 1 },
  ],
  [
    'a reset while it is held',
    {
      events: [
        { kind: 'connected', ms: 1 },
        { kind: 'error', ms: 9, errno: 'ECONNRESET' },
      ],
    },
    { holdMs: 50 },
    { outcome: 'reset', rttMs: 1, errno: 'ECONNRESET' },
  ],
  ['a hold that nothing ends', { events: [{ kind: 'connected', ms: 1 }] }, { holdMs: 50 }, { outcome: 'connected' }],
  [
    'a service that says something when spoken to',
    {
      events: [
        { kind: 'connected', ms: 1 },
        { kind: 'data', ms: 2, bytes: 7 },
      ],
    },
    { payload: new Uint8Array(1) },
    { outcome: 'answered', answerBytes: 7, rttMs: 2 },
  ],
  [
    'an ICMP error of a router',
    { events: [{ kind: 'error', ms: 1, errno: 'EHOSTUNREACH', icmp: { type: 3, code: 13, from: '10.0.0.9' } }] },
    {},
    {
      outcome: 'unreachable',
      icmp: { type: 3, code: 13, from: '10.0.0.9' },
      sentence: '10.0.0.9 says communication administratively prohibited',
    },
  ],
  [
    'an ICMP error of its own kernel',
    { events: [{ kind: 'error', ms: 1, errno: 'EHOSTUNREACH', icmp: { type: 3, code: 1, from: '10.0.0.1' } }] },
    {},
    {
      outcome: 'unreachable',
      sentence: "the namespace's own kernel says host unreachable: no neighbour answers on the way to 192.0.2.1",
    },
  ],
  [
    'a port unreachable of one in between',
    { events: [{ kind: 'error', ms: 1, errno: 'ECONNREFUSED', icmp: { type: 3, code: 3, from: '10.0.0.9' } }] },
    { protocol: 'udp' },
    { outcome: 'refused', sentence: 'refused by 10.0.0.9 (port unreachable): it stands in for its destination' },
  ],
  ['no route', { begun: { errno: 'ENETUNREACH' } }, {}, { outcome: 'no-route', errno: 'ENETUNREACH' }],
  ['a link that is down', { begun: { errno: 'ENETDOWN' } }, {}, { outcome: 'no-route', errno: 'ENETDOWN' }],
  ['a refusal to send', { begun: { errno: 'EPERM' } }, {}, { outcome: 'denied', errno: 'EPERM' }],
  ['a packet too large here', { begun: { errno: 'EMSGSIZE', mtu: 1500 } }, {}, { outcome: 'too-big', mtu: 1500 }],
  [
    'a packet too large there',
    { events: [{ kind: 'error', ms: 1, errno: 'EMSGSIZE', info: 1300, icmp: { type: 3, code: 4, from: '10.0.0.9' } }] },
    { protocol: 'icmp', size: 1400 },
    {
      outcome: 'too-big',
      mtu: 1300,
      sentence: 'a packet of 1400 bytes is larger than the MTU of 1300 bytes behind 10.0.0.9',
    },
  ],
  ['silence', {}, {}, { outcome: 'timeout', sentence: 'nothing came from 192.0.2.1 in 1000 ms' }],
])('%s has its outcome', async (_, script, question, expected) => {
  expect(await dialled(script, question)).toMatchObject(expected);
});

test('silence of UDP says that it says little', async () => {
  const { sentence } = await dialled({}, { protocol: 'udp' });
  expect(sentence).toContain('silence says little of UDP');
});

test('UDP asks what the service of a port answers, unless it is told what to say', async () => {
  const { dials, door } = dialsOf(() => ({ events: [{ kind: 'data', ms: 1, bytes: 1 }] }));
  const sent = async (port: number, payload?: Uint8Array) => {
    await dials.dial({ ...asked, protocol: 'udp', port, ...(payload && { payload }) }, forever);
    return door.opened.at(-1)?.payload?.length;
  };
  expect([await sent(53), await sent(123), await sent(9), await sent(53, new Uint8Array(3))]).toEqual([17, 48, 0, 3]);
});

test('a packet of a size is filled up to it, and not to be fragmented', async () => {
  const { dials, door } = dialsOf(() => ({ events: [{ kind: 'data', ms: 1, bytes: 1 }] }));
  await dials.dial({ ...asked, protocol: 'icmp', size: 1_500 }, forever);
  await dials.dial({ ...asked, protocol: 'udp', address: '2001:db8::1', size: 1_280 }, forever);
  expect(door.opened.map(({ payload, dontFragment }) => [payload?.length, dontFragment])).toEqual([
    [1_472, true],
    [1_232, true],
  ]);
});

test.each<Partial<DialQuestion>>([
  { address: 'web1' },
  { from: 'fe80::1' },
  { port: 0 },
  { port: 65_536 },
  { timeoutMs: 0 },
  { timeoutMs: Number.NaN },
  { size: 1_400 },
  { protocol: 'icmp', size: 20 },
  { protocol: 'udp', size: 70_000 },
])('%j cannot be dialled', async (question) => {
  const { dials, door } = dialsOf(() => ({}));
  await expect(dials.dial({ ...asked, ...question }, forever)).rejects.toBeInstanceOf(Mistake);
  expect(door.opened).toEqual([]);
});

test.each([
  ['EADDRNOTAVAIL', { from: '10.9.9.9' }, '10.9.9.9 to be an address there'],
  ['EPERM', { protocol: 'icmp' as const }, 'CAP_NET_RAW'],
  ['ENOENT', { namespace: '/run/netns/gone' }, '/run/netns/gone'],
])('what cannot be tried (%s) says what would do', async (refuse, question, words) => {
  const { dials } = dialsOf(() => ({ refuse }));
  const answer = dials.dial({ ...asked, ...question }, forever);
  await expect(answer).rejects.toBeInstanceOf(Unavailable);
  await expect(answer).rejects.toThrow(words);
});

test('more than fit at a time wait for their turn, and one that is called off leaves the line', async () => {
  const { dials, door, clock } = dialsOf(() => ({}));
  const first = Array.from({ length: DIALS_MAX }, () => dials.dial(asked, forever));
  const stopping = new AbortController();
  const waits = dials.dial(asked, stopping.signal);
  const last = dials.dial(asked, forever);
  await clock.pass(500);
  expect(dials.stats()).toMatchObject({ open: DIALS_MAX, waiting: 2, done: 0 });
  stopping.abort(new Error('called off'));
  await expect(waits).rejects.toThrow('called off');
  await clock.pass(500);
  await Promise.all(first);
  await clock.pass(1_000);
  expect((await last).outcome).toBe('timeout');
  expect(dials.stats()).toEqual({ open: 0, waiting: 0, done: DIALS_MAX + 1, refused: 0 });
  expect(door.open).toBe(0);
});

test('a dial that is called off under way closes its socket', async () => {
  const { dials, door } = dialsOf(() => ({}));
  const stopping = new AbortController();
  const answer = dials.dial(asked, stopping.signal);
  await Promise.resolve();
  stopping.abort(new Error('called off'));
  await expect(answer).rejects.toThrow('called off');
  expect(door.open).toBe(0);
});
