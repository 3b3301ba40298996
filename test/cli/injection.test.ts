/** What is asked and shown of packets of one's own. */
import { askedOf } from '../../src/cli/inject-send.ts';
import { drawInjection } from '../../src/cli/render/injection.ts';
import { injectionLines } from '../../src/cli/render/injection-status.ts';
import type { WireInjection } from '../../src/contract/injection.ts';
import type { Paint } from '../../src/std/paint.ts';
import { fakeServer } from './fake-server.ts';
import { skein } from './terminal.ts';

const plain = (text: string) => text;
const paint = new Proxy({}, { get: () => plain }) as Parameters<typeof drawInjection>[1]['paint'];
const RTT = { Min: 1e6, Avg: 2e6, P50: 2e6, P95: 3e6, Max: 3e6 };

function injection(more: Partial<WireInjection> = {}, replies: Partial<WireInjection['Replies']> = {}): WireInjection {
  return {
    ...{ UUID: 'u', State: 'completed', TrackingIDs: ['0123456789abcdef'], L3TrackingIDs: [], Sent: 3, SentBytes: 189 },
    Packet: {
      ...{ Type: 'udp6', Way: 'stack', Host: 'h', NodeID: 'n', Name: 'eth0', Namespace: 'blue' },
      ...{ SrcIP: 'fd00::1', DstIP: 'fd00::2', SrcPort: 50_000, DstPort: 53, TTL: 64 },
    },
    Replies: { Received: 0, EchoReply: 0, SynAck: 0, Reset: 0, Datagram: 0, Errors: [], ...replies },
    CreatedAt: 1,
    EndedAt: 2,
    ...more,
  };
}

const drawn = (more?: Partial<WireInjection>, replies?: Partial<WireInjection['Replies']>) =>
  drawInjection(injection(more, replies), { paint }).split('\n').slice(1, -1);

test('answers that do not tell of which packet they are: their times are said to be guesses', () => {
  const answered = { Received: 3, Datagram: 3 };
  expect(drawn({}, { ...answered, RTT })[0]).toBe(
    '  completed: 3 sent (189 B), answered by 3 datagrams, after 1.000/2.000/3.000 ms',
  );
  expect(drawn({}, { ...answered, RTT: { ...RTT, Guessed: 2 } })).toEqual([
    '  completed: 3 sent (189 B), answered by 3 datagrams, after about 1.000/2.000/3.000 ms',
    '  2 of the answers may be of one of several packets: their times are guessed',
    expect.stringContaining('TrackingID'),
  ]);
});

test('of what was not sent no answer is missing, and there is nothing to follow', () => {
  expect(drawn({ Sent: 0, SentBytes: 0, State: 'failed', Error: 'eth0 is down' })).toEqual([
    '  failed: 0 sent',
    '  eth0 is down',
  ]);
  const { EndedAt: _, ...running } = injection({ Sent: 0, SentBytes: 0, State: 'running' });
  expect(drawInjection(running, { paint })).toMatch(/running: 0 sent yet\n.*skein follow 0123456789abcdef\n$/);
});

test('skein status tells what became of all of them and which bounds were met, once there were any', () => {
  const none = { Running: 0, Kept: 0, Made: 0, Refused: 0, Failed: 0, Packets: 0, Bytes: 0, Answers: 0, Bounds: {} };
  const lines = (more: object) => injectionLines({ ...none, ...more }, paint as Paint);
  expect([injectionLines(undefined, paint as Paint), lines({})]).toEqual([[], []]);
  expect(lines({ Made: 2, Packets: 6, Answers: 5 })).toEqual([['injections', '2 made; 6 packets, 5 answers']]);
  expect(lines({ Made: 2, Running: 1, Failed: 1, Refused: 3, Bounds: { running: 3, batch: 0, late: 1 } })).toEqual([
    ['injections', '2 made, 1 running, 1 failed, 3 refused; 0 packets, 0 answers'],
    ['', 'bounds met: running 3, late 1'],
  ]);
});

test('an address with its zone is of IPv6', async () => {
  expect((await askedOf('blue/eth0', 'fe80::1%eth0', { udp: 53 })).Type).toBe('udp6');
  expect((await askedOf('blue/eth0', 'fe80::1', {})).Type).toBe('icmp6');
  expect((await askedOf('blue/eth0', 'blue:eth0%', { udp: 53 })).Type).toBe('udp4');
});

test('what kept packets from being sent is not contradicted by a way that is free', async () => {
  const error = 'a packet of 3042 bytes is too large for eth0';
  const failed = injection({ Sent: 0, SentBytes: 0, State: 'failed', Error: error });
  const there = { reaches: 'yes', hops: [{ node: { id: 'n', type: 'veth', name: 'eth0' } }], reason: '' };
  await using server = await fakeServer(({ path }) => ({
    body: path === '/api/path' ? { schema: 'skein/v1', there } : failed,
  }));
  const run = (...words: string[]) => skein(['inject', 'blue/eth0', 'fd00::2', ...words, '--server', server.url]);
  const { out, exitCode } = await run();
  expect([out.split('\n').slice(1), exitCode]).toEqual([['  failed: 0 sent', `  ${error}`, ''], 3]);
  there.reaches = 'no';
  there.reason = 'eth0 is down';
  expect((await run()).out).toContain('the graph says that it stops: eth0 is down');
  // An address of a link, which the graph looks for on another one.
  failed.Packet.DstIP = 'fe80::2';
  expect((await run()).out).not.toContain('the graph says');
  expect((await run('--trace')).err).toContain('the graph follows it by another interface than eth0');
  there.hops = ['n', 'blue', 'n'].map((id) => ({ node: { id, type: 'veth', name: 'eth0' } }));
  expect((await run()).out).toContain('the graph says that it stops: eth0 is down');
});

test('--trace shows one conversation, as its id alone where that is asked for', async () => {
  const capture = { UUID: 'c', State: 'active', Count: 1, Matched: 1 };
  const there = { reaches: 'yes', hops: [{ node: { id: 'n', type: 'veth', name: 'eth0' } }], reason: '' };
  await using server = await fakeServer(({ path }) => {
    if (path.startsWith('/api/path')) return { body: { schema: 'skein/v1', there } };
    if (path.startsWith('/api/capture')) return { body: capture };
    if (path.startsWith('/api/injectpacket')) return { body: injection({ Sent: 0, State: 'failed' }) };
    return { body: [] };
  });
  const run = (...words: string[]) =>
    skein(['inject', 'blue/eth0', 'fd00::2', '--trace', ...words, '--server', server.url]);
  const random = await run('--mode', 'random', '-c', '2');
  expect([random.exitCode, random.err]).toEqual([2, expect.stringContaining('--mode random makes one of each packet')]);
  expect(server.heard).toEqual([]);
  // What was not sent is not looked for.
  expect((await run()).out).not.toContain('seen on the way');
  expect(server.heard.map(({ path }) => path)).not.toContain('/api/query');
  expect((await run('-o', 'name')).out).toBe('u\n');
});
