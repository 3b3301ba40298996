/** `skein flows`, `skein follow`, `skein pcap` and packets, against a server with flows of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlowFeed, FlowListener } from '../../src/api/parts.ts';
import type { Flow } from '../../src/flow/flow.ts';
import type { Loss } from '../../src/flow/loss.ts';
import { mistake } from '../../src/std/mistake.ts';
import { type TestServerOptions, testServer } from '../api/server.ts';
import { eventually } from '../eventually.ts';
import { flowList } from '../query/flow-list.ts';
import { readFlows } from '../query/flow-text.ts';
import { smallNetwork } from './network.ts';
import { skein, type TerminalOptions } from './terminal.ts';

const now = Date.now();
const web =
  '"Application":"TLS","LayersPath":"Ethernet/IPv4/TCP","TrackingID":"9e42a86914a043b8","CommunityID":"1:LQU9qZlK+B5F3KDmev6m5PMibrg="';

/** A conversation at both ends of a link, of which one packet was lost on the way; and a question. */
const { flows } = readFlows(`
  10.0.0.1:40000 -TCP-> 10.0.0.2:443 @t0 {${web},"Start":${now - 9000},"Last":${now - 8000},"Metric":{"ABPackets":5,"ABBytes":490,"BAPackets":4,"BABytes":4000,"RTT":35000},"FinishType":2,"Packets":[60,70]}
  10.0.0.1:40000 -TCP-> 10.0.0.2:443 @t1 {${web},"Start":${now - 9000},"Last":${now - 8000},"Metric":{"ABPackets":4,"ABBytes":392,"BAPackets":4,"BABytes":4000}}
  10.0.0.1:5353 -UDP-> 10.0.0.53:53 @t0 {"Application":"DNS","TrackingID":"9e00000000000001","Start":${now - 7000},"Last":${now - 6000},"Metric":{"ABPackets":1,"ABBytes":74},"Drops":{"NO_SOCKET":1}}`);

interface Feed extends FlowFeed {
  say(...flows: Flow[]): void;
  readonly listeners: Set<FlowListener>;
}

function feedOf(): Feed {
  const listeners = new Set<FlowListener>();
  return {
    listeners,
    say: (...told) => {
      for (const each of listeners) each.updated(told);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

async function network(options: TestServerOptions & { readonly loss?: readonly Loss[] } = {}) {
  const { loss = [], ...more } = options;
  const view = { flows: flowList(flows, { loss }), matchFilter: () => () => true };
  const server = await smallNetwork({ flows: view, ...more });
  server.say(
    { kind: 'set', id: 'e0', set: { TID: 't0' } },
    { kind: 'set', id: 'e1', set: { TID: 't1', IPV4: ['10.0.0.2/24'] } },
  );
  const run = (words: readonly string[], said: TerminalOptions = {}) =>
    skein([...words, '--server', server.url], { now: Date.now(), ...said });
  return { server, run, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const time = (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('.000Z', 'Z');

describe('flows', () => {
  test('are a line each, the last one last', async () => {
    await using net = await network();
    const { out } = await net.run(['flows', '--utc', '--node', 'eth0', '--node', 'br0', '--ip', '10.0.0.0/24']);
    expect(out).toBe(
      [
        `${time(now - 8000)}  blue/eth0  10.0.0.1:40000 → 10.0.0.2:443  TCP/TLS  → 4 (392 B)  ← 4 (4.0 kB)`,
        `${time(now - 8000)}  eth0  10.0.0.1:40000 → 10.0.0.2:443  TCP/TLS  → 5 (490 B)  ← 4 (4.0 kB)  rtt 35.0 µs  FIN`,
        `${time(now - 6000)}  eth0  10.0.0.1:5353 → 10.0.0.53:53  UDP/DNS  → 1 (74 B)  ← 0 (0 B)  dropped 1 NO_SOCKET`,
        '',
      ].join('\n'),
    );
    expect((await net.run(['flows', '--last', '1', '-o', 'columns=UUID', '--no-headers'])).out).toBe('f3\n');
    expect((await net.run(['flows', '--type', 'drop', '-o', 'columns=UUID', '--no-headers'])).out).toBe('f3\n');
    expect((await net.run(['flows', '--not', '--app', 'dns', '-o', 'csv'])).out.trim().split('\r\n')).toHaveLength(3);
    const json = JSON.parse((await net.run(['flows', '-o', 'json', '--dns', 'x'])).out);
    expect(json).toMatchObject({ schema: 'skein/v1', kind: 'flows', flows: [] });
  });

  test('are a list of what they say', async () => {
    await using net = await network();
    const { out } = await net.run(['flows', '-o', 'dict', '--to-port', '53']);
    expect(out).toContain('NODE      eth0\nA         10.0.0.1:5353\nB         10.0.0.53:53\nKIND      UDP/DNS\n');
    expect(out).toContain('DROPPED   1 NO_SOCKET\nTRACKING  9e00000000000001\n');
  });

  test('that there are none of is said, with the time of which some are kept', async () => {
    const range = { from: now + 60_000, to: now + 90_000 };
    const none = { Queued: 0, Written: 0, Failures: 0, Lost: 0, Points: 0, RawPackets: 0, AgesMs: {}, Notes: [] };
    const Archive = { Flows: 3, SizeBytes: 100, Range: range, ...none };
    const rest = { Live: 0, LiveMax: 10, Places: 0, WaitingBytes: 0, Packets: 0, Dropped: 0, Losses: [] };
    await using net = await network({ status: { Flows: { ...rest, Archive } } });
    const { err, exitCode } = await net.run([
      'flows',
      '--port',
      '1',
      '--at',
      String(now - 100),
      '--utc',
      '--fail-empty',
    ]);
    expect(err).toBe(`skein: flows are kept from ${time(now + 60_000)} on\nnothing found\n`);
    expect(exitCode).toBe(1);
    expect((await net.run(['flows', '--port', '1'])).err).toBe(
      'nothing found\nthese would be flows that live; --since -10m finds those that have ended, too\n',
    );
    expect((await net.run(['flows', '--port', '1', '-q'])).err).toBe('');
    // The graph goes back a second only: what lies before is refused by the server.
    expect((await net.run(['flows', '--at', '2020-01-01'])).err).toMatch(/kept/);
  });

  test('say what may be missing', async () => {
    const loss: Loss = {
      node: 't0',
      capture: 'c',
      host: 'h1',
      stage: 'socket',
      reason: 'ring buffer full',
      packets: 7,
      bytes: 0,
      flows: 0,
      from: 0,
      to: now,
    };
    await using net = await network({ loss: [loss] });
    expect((await net.run(['flows', '--last', '1'])).err).toBe(
      'skein: 7 packets lost at socket of h1 t0: ring buffer full\n',
    );
  });

  test('are packets, where some were kept', async () => {
    await using net = await network();
    const magic = 'd4c3b2a1';
    const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex');
    const pcap = hex((await net.run(['flows', '--app', 'tls', '--bpf', 'tcp', '-o', 'pcap'])).out);
    expect(pcap.slice(0, 8)).toBe(magic);
    const asked = hex((await net.run(['query', "G.Flows('UUID','f1').RawPackets()", '-o', 'pcap'])).out);
    expect(asked).toBe(pcap);
    const theirs = await net.run(['client', 'query', "G.Flows('UUID','f1').RawPackets()", '--format', 'pcap']);
    expect(hex(theirs.out)).toBe(pcap);
    expect((await net.run(['flows', '-o', 'pcap'], { columns: 80 })).exitCode).toBe(2);
    expect((await net.run(['query', 'G.V()', '-o', 'pcap'])).exitCode).not.toBe(0);
  });
});

describe('flows that are followed', () => {
  const [first, second] = flows.map(({ flow }) => flow) as [Flow, Flow];

  test('come as they are updated', async () => {
    const feed = feedOf();
    await using net = await network({ flowFeed: feed });
    const enough = new AbortController();
    let heard = '';
    const running = net.run(['flows', '-f', '--app', 'tls', '--utc'], {
      interrupted: enough.signal,
      onOut: (text) => {
        heard += text;
      },
    });
    await eventually(() => expect(feed.listeners.size).toBe(1));
    feed.say(first, { ...second, Application: 'HTTP' });
    await eventually(() => expect(heard).toContain('rtt 35.0 µs'));
    enough.abort();
    const { out, err, exitCode } = await running;
    expect(out.split('\n')).toHaveLength(2);
    expect(err).toContain('following flows');
    expect(exitCode).toBe(130);
  });

  test.each([
    ['ndjson', /^\{"schema":"skein\/v1","kind":"flow","flow":\{/],
    ['table', /^LAST +APPLICATION/],
    ['csv', /^LAST,APPLICATION/],
    ['columns=UUID,Metric.ABBytes', /^UUID +Metric.ABBytes\nf1 +490\n$/],
    ['dict', /^LAST +/],
  ])('can be had as %s', async (format, shape) => {
    const feed = feedOf();
    await using net = await network({ flowFeed: feed });
    const running = net.run(['flows', '-f', '-o', format, '--limit', '1']);
    await eventually(() => expect(feed.listeners.size).toBe(1));
    feed.say(first, second);
    const { out, exitCode } = await running;
    expect(out).toMatch(shape);
    expect(exitCode).toBe(0);
  });

  test('go on after the server was started anew, and it is said', async () => {
    const feed = feedOf();
    const enough = new AbortController();
    let err = '';
    let out = '';
    const before = await testServer({ flowFeed: feed });
    const running = skein(['flows', '-f', '-o', 'ndjson', '--server', before.url], {
      interrupted: enough.signal,
      onErr: (text) => {
        err += text;
      },
      onOut: (text) => {
        out += text;
      },
    });
    await eventually(() => expect(feed.listeners.size).toBe(1));
    await before[Symbol.asyncDispose]();
    await eventually(() => expect(err).toContain('lost the server'));
    await using _after = await testServer({ flowFeed: feed, port: before.port });
    await eventually(() =>
      expect(err).toMatch(/back again; what was updated meanwhile is not shown: skein flows --since \d/),
    );
    feed.say(first);
    await eventually(() => expect(out).toContain('"UUID":"f1"'));
    enough.abort();
    await running;
  });

  test('are refused where a filter is none', async () => {
    await using net = await network({ flowFeed: feedOf() });
    const { err, exitCode } = await net.run(['flows', '-f', '--gremlin', 'G.V()']);
    expect(err).toContain('did not return flows');
    expect(exitCode).toBe(2);
    expect((await net.run(['flows', '-f', '--at', '-5m'])).exitCode).toBe(2);
    expect((await net.run(['flows', '-f', '-o', 'yaml'])).exitCode).toBe(2);
  });
});

describe('a conversation', () => {
  test('is followed from place to place', async () => {
    await using net = await network();
    const { out } = await net.run(['follow', '9e42a86914a043b8', '--utc']);
    expect(out).toContain('10.0.0.1:40000 → 10.0.0.2:443  TCP/TLS  9e42a86914a043b8  1:LQU9');
    expect(out).toMatch(/ 1 {2}eth0 .* 5 .*490/);
    expect(out).toMatch(/ 2 {2}blue\/eth0 .* 4 .*392 .*< 1 ms/);
    expect(out).toContain('A→B: 1 of 5 packets are missing between eth0 and blue/eth0');
    expect(out).toContain('in the order in which the graph connects the places');
  });

  test('that is long over does not go on, whatever time is asked about', async () => {
    await using net = await network();
    const { out } = await net.run(['follow', '9e42a86914a043b8', '--since', String(now - 60_000)]);
    expect(out).toContain('A→B: 1 of 5 packets are missing between');
    expect(out).not.toContain('it goes on');
  });

  test('is known by the beginning of its id too, and by its Community ID', async () => {
    await using net = await network();
    const whole = await net.run(['follow', '9e42a86914a043b8', '-o', 'json']);
    expect(JSON.parse(whole.out)).toMatchObject({
      schema: 'skein/v1',
      kind: 'trail',
      trackingId: '9e42a86914a043b8',
      hops: [
        { name: 'eth0', host: 'test-host' },
        { name: 'blue/eth0', delayMs: 0 },
      ],
      falls: [{ direction: 'A→B', packets: 1, of: 5, from: 'eth0', to: 'blue/eth0' }],
      orderedBy: 'path',
    });
    for (const id of ['9E42', '1:LQU9qZlK+B5F3KDmev6m5PMibrg='])
      expect((await net.run(['follow', id, '-o', 'json'])).out).toBe(whole.out);
    const { err, exitCode } = await net.run(['follow', '9e']);
    expect(err).toContain('2 conversations begin with "9e"; say which:');
    expect(err).toContain('9e00000000000001  10.0.0.1:5353 → 10.0.0.53:53');
    expect(exitCode).toBe(2);
    expect(await net.run(['follow', 'abc'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('no conversation'),
    });
    expect((await net.run(['follow', 'xyz'])).exitCode).toBe(2);
  });

  test('is a picture for a ticket', async () => {
    await using net = await network();
    const { out } = await net.run(['follow', '9e42', '-o', 'mermaid']);
    expect(out).toMatch(/^flowchart LR\n/);
    expect(out).toContain('h1 -. "1 of 5 A#8594;B missing" .- h2');
  });
});

describe('a trace', () => {
  const read = { packets: 4, fromMs: now - 9000, toMs: now - 6000, cut: undefined };
  const traces = (result: typeof read | { readonly cut: string } | Error) => ({
    running: 0,
    async read(pieces: AsyncIterable<Uint8Array>) {
      for await (const _ of pieces);
      if (result instanceof Error) throw result;
      return { ...read, ...result };
    },
  });

  test('is sent, and what was in it is said with how to ask for it', async () => {
    await using net = await network({ traces: traces(read) });
    const folder = mkdtempSync(join(tmpdir(), 'skein-trace-'));
    try {
      writeFileSync(join(folder, 'a.pcap'), 'bytes');
      const { out, err, exitCode } = await net.run(['pcap', join(folder, 'a.pcap'), '--utc']);
      expect(out).toContain(`4 packets, from ${time(now - 9000)} to ${time(now - 6000)}\n`);
      expect(err).toContain(`skein flows --since ${new Date(now - 9000).toISOString()} --until`);
      expect(exitCode).toBe(0);
      expect((await net.run(['pcap', folder])).exitCode).toBe(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('that is cut off, or none, is an error with the place', async () => {
    await using cut = await network({ traces: traces({ cut: 'it ends at offset 300' }) });
    const { out, err, exitCode } = await cut.run(['pcap', '-', '-o', 'json'], { input: 'bytes' });
    expect(JSON.parse(out)).toMatchObject({ kind: 'trace', Packets: 4, Cut: 'it ends at offset 300' });
    expect([err, exitCode]).toEqual(['', 1]);
    await using none = await network({ traces: traces(mistake('trace.invalid', 'no capture file, at offset 0')) });
    expect(await none.run(['pcap', '-'], { input: 'bytes' })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('at offset 0'),
    });
    expect((await none.run(['pcap', '/nowhere'])).exitCode).toBe(2);
  });
});
