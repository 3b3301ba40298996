/** `skein capture`, and `skein get captures`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPacketDoor } from '../../src/native/index.ts';
import { mistake } from '../../src/std/mistake.ts';
import { fakeCaptures, fakeTails } from './fake-captures.ts';
import { smallNetwork } from './network.ts';
import { skein, type TerminalOptions } from './terminal.ts';

async function network(options: Parameters<typeof fakeTails>[1] & { readonly frames?: readonly string[] } = {}) {
  const captures = fakeCaptures();
  const tails = fakeTails(options.frames ?? [], options);
  const server = await smallNetwork({ captures, tails });
  server.say(
    { kind: 'set', id: 'br', set: { TID: 'tid-br' } },
    { kind: 'set', id: 'e0', set: { TID: 'tid-e0' } },
    { kind: 'set', id: 'e1', set: { TID: 'tid-e1' } },
  );
  const run = (words: readonly string[], more: TerminalOptions = {}) => skein([...words, '--server', server.url], more);
  return { server, captures, tails, run, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const FIRST = '10000000-0000-4000-8000-000000000000';

describe('a start', () => {
  test('says on how many nodes it is active, with what, and why not better', async () => {
    await using net = await network();
    net.captures.became = {
      active: 2,
      matched: 3,
      failed: 1,
      types: { ebpf: 1, afpacket: 1 },
      notes: ['ebpf: needs CAP_BPF', 'eth9: it is down'],
    };
    const { out, err } = await net.run(['capture', 'start', '--on', 'br0', '--for', '30s', '--name', 'web']);
    expect(out).toBe(`${FIRST}\n`);
    expect(err).toBe(
      [
        'capturing on 2 nodes of 3 with ebpf on 1, afpacket on 1, for 30s',
        '1 node cannot be captured on just now',
        'ebpf: needs CAP_BPF',
        'eth9: it is down',
        '',
      ].join('\n'),
    );
    expect(net.captures.asked[0]).toMatchObject({ GremlinQuery: "G.V().Has('TID', 'tid-br')", Name: 'web' });
    expect(net.captures.asked[0]?.EndsAt).toBeGreaterThan(Date.now());
  });

  test('of a port of Open vSwitch goes on when its bridge is made again, unless another has its name', async () => {
    await using net = await network();
    const port = (id: string, Name: string) => {
      net.server.say({ kind: 'node', id, metadata: { Name, Type: 'ovsport', TID: `tid-${id}` } });
    };
    port('p1', 'eth1');
    port('p2', 'vx0');
    port('p3', 'vx0');
    for (const on of ['ovsport:eth1', 'p2']) await net.run(['capture', 'start', '--on', on]);
    expect(net.captures.asked.map(({ GremlinQuery }) => GremlinQuery)).toEqual([
      "G.V().Has('Type', 'ovsport', 'Name', 'eth1')",
      "G.V().Has('TID', 'tid-p2')",
    ]);
  });

  test('of a container or a namespace means the interfaces in it, but the loopback', async () => {
    await using net = await network();
    net.server.say(
      { kind: 'set', id: 'ns', set: { TID: 'tid-ns' } },
      { kind: 'node', id: 'lo', metadata: { Name: 'lo', Type: 'device', IfIndex: 1, EncapType: 'loopback' } },
      { kind: 'edge', id: 'ns-lo', parent: 'ns', child: 'lo', metadata: { RelationType: 'ownership' } },
      { kind: 'node', id: 'c', metadata: { Name: 'web', Type: 'container', TID: 'tid-c' } },
      { kind: 'edge', id: 'ns-c', parent: 'ns', child: 'c', metadata: { RelationType: 'ownership' } },
    );
    for (const name of ['container:web', 'blue']) await net.run(['capture', 'start', '--on', name]);
    for (const asked of net.captures.asked) {
      const { out } = await net.run(['query', String(asked.GremlinQuery), '-o', 'columns=@ID', '--no-headers']);
      expect(out).toBe('e1\n');
    }
    expect(net.captures.asked).toHaveLength(2);
  });

  test('hands on all that can be asked, also as Skydive spells it', async () => {
    await using net = await network();
    const said = ['--bpf', 'port 80', '--type', 'afpacket', '--description', 'why', '--header-size', '128'];
    const more = ['--extra-tcp-metric', '--ip-defrag', '--layer-key-mode', 'l3', '--extra-layer', 'dns,vrrpv2'];
    const numbers = ['--port', '8100', '--sampling-rate', '10', '--polling-interval', '5', '--raw-packets', '3'];
    await net.run(['capture', 'start', '--node', 'tid-e0', ...said, ...more, ...numbers, '--reassemble-tcp']);
    expect(net.captures.asked[0]).toEqual({
      GremlinQuery: "G.V().Has('TID', 'tid-e0')",
      BPFFilter: 'port 80',
      Type: 'afpacket',
      Description: 'why',
      HeaderSize: 128,
      ExtraTCPMetric: true,
      IPDefrag: true,
      ReassembleTCP: true,
      LayerKeyMode: 'L3',
      ExtraLayers: 3,
      Port: 8100,
      SamplingRate: 10,
      PollingInterval: 5,
      RawPacketLimit: 3,
    });
    const theirs = ['--rawpacket-limit', '2', '--samplingrate', '9', '--reassamble-tcp', '--ttl', '5m'];
    const { out } = await net.run(['client', 'capture', 'create', '--gremlin', 'G.V()', ...theirs]);
    expect(net.captures.asked[1]).toMatchObject({ RawPacketLimit: 2, SamplingRate: 9, ReassembleTCP: true });
    expect(JSON.parse(out)).toMatchObject({ GremlinQuery: 'G.V()', Count: 2, RawPacketLimit: 2 });
  });

  test('between two nodes is one on all that lies on the way', async () => {
    await using net = await network();
    await net.run(['capture', 'start', '--on', 'br0', '--to', 'blue/eth0']);
    expect(net.captures.asked[0]?.GremlinQuery).toBe(
      "G.V().Has('TID', 'tid-br').ShortestPathTo(Metadata('TID', 'tid-e1'), Metadata('RelationType', 'layer2'))",
    );
  });

  test('through a namespace that forwards is one on the interfaces passed', async () => {
    await using net = await network();
    const link = {
      kind: 'node',
      id: 'e2',
      metadata: { Name: 'eth2', Type: 'veth', TID: 'tid-e2', IfIndex: 9 },
    } as const;
    net.server.say(link, {
      kind: 'edge',
      id: 'ns-e2',
      parent: 'ns',
      child: 'e2',
      metadata: { RelationType: 'ownership' },
    });
    await net.run(['capture', 'start', '--on', 'br0', '--to', 'eth2']);
    expect(net.captures.asked[0]?.GremlinQuery).toBe("G.V().Has('@ID', Within('br', 'e0', 'e1', 'e2'))");
  });

  test('of a listener says where to send to', async () => {
    await using net = await network();
    const entry = { ID: FIRST, Type: 'pcapsocket', State: 'active', PCAPSocket: '127.0.0.1:8100' };
    net.server.say({ kind: 'set', id: 'br', set: { Captures: [entry] } });
    const { err } = await net.run(['capture', 'start', '--on', 'br0', '--type', 'pcapsocket']);
    expect(err).toContain('it listens at 127.0.0.1:8100\n');
    expect((await net.run(['capture', 'list', '-o', 'columns=LISTENS'])).out).toBe('LISTENS\n127.0.0.1:8100\n');
  });

  test('where nothing matches yet says so', async () => {
    await using net = await network();
    net.captures.became = { active: 0, matched: 0, types: {} };
    const { err, exitCode } = await net.run(['capture', 'start', '--gremlin', "G.V().Has('Name','eth7')"]);
    expect(err).toBe('nothing matches the query yet; it starts as soon as something does\n');
    expect(exitCode).toBe(0);
  });

  test('of what is captured already says where to look', async () => {
    await using net = await network();
    net.captures.create = () => {
      throw mistake('capture.duplicate', 'duplicated resource');
    };
    expect(await net.run(['capture', 'start', '--on', 'br0'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('there is a capture with this query, type and filter already\n  skein capture list'),
    });
  });

  test.each([
    [[], 'say where to capture'],
    [['--on', 'br0', '--gremlin', 'G.V()'], 'say the same'],
    [['--to', 'br0'], '--to needs --on'],
    [['--on', 'br0', '--for', 'ever'], 'no duration'],
    [['--on', 'h1'], 'has no TID'],
    [['--on', 'br0', '--extra-layer', 'quic'], 'no layer named "quic"'],
  ])('with %j is wrong usage', async (words, reason) => {
    await using net = await network();
    const { err, exitCode } = await net.run(['capture', 'start', ...words]);
    expect(err).toContain(reason);
    expect(exitCode).toBe(2);
  });
});

describe('a list', () => {
  test('shows what is captured and what came of it', async () => {
    await using net = await network();
    expect((await net.run(['capture', 'list'])).err).toBe('nothing found\n');
    await net.run(['capture', 'start', '--on', 'br0', '--name', 'web', '--bpf', 'port 80']);
    const entry = { ID: FIRST, Type: 'ebpf', State: 'active', PacketsReceived: 7, PacketsDropped: 2 };
    const failed = { ID: FIRST, State: 'error', Error: 'it is down' };
    net.server.say(
      { kind: 'set', id: 'br', set: { Captures: [entry] } },
      { kind: 'set', id: 'e0', set: { Captures: [failed] } },
    );
    net.captures.became = { active: 1, failed: 1, matched: 2, types: { ebpf: 1 } };
    const { out } = await net.run(['capture', 'list']);
    expect(out).toBe(
      [
        'ID                                    NAME  QUERY                       FILTER   TYPE  NODES  MATCHED  PACKETS  DROPS  STATE   ERRORS',
        `${FIRST}  web   G.V().Has('TID', 'tid-br')  port 80  ebpf      1        2        7      2  partly  eth0: it is down`,
        '',
      ].join('\n'),
    );
    const json = JSON.parse((await net.run(['get', 'captures', '-o', 'json'])).out);
    expect(json).toMatchObject({ schema: 'skein/v1', kind: 'captures', captures: [{ id: FIRST, nodes: 1, drops: 2 }] });
    expect((await net.run(['get', 'captures', 'w*', '--where', 'PACKETS>5', '-o', 'columns=NAME'])).out).toContain(
      'web',
    );
    expect((await net.run(['get', 'captures', 'x*'])).err).toBe('nothing found\n');
    const one = JSON.parse((await net.run(['capture', 'get', 'web'])).out);
    expect(one).toMatchObject({
      kind: 'capture',
      capture: { UUID: FIRST },
      nodes: [{ name: 'br0' }, { error: 'it is down' }],
    });
    expect(JSON.parse((await net.run(['client', 'capture', 'list'])).out)[FIRST]).toMatchObject({ Name: 'web' });
  });
});

describe('a stop', () => {
  test('ends captures by name, by the beginning of their id, or all', async () => {
    await using net = await network();
    for (const name of ['a', 'b', 'c']) await net.run(['capture', 'start', '--on', 'br0', '--name', name]);
    const { out, err } = await net.run(['capture', 'stop', 'a', '2']);
    expect(out.trim().split('\n')).toEqual([FIRST, FIRST.replace('1', '2')]);
    expect(err).toBe('stopped a\nstopped b\n');
    expect((await net.run(['capture', 'delete', '--all'])).err).toBe('stopped c\n');
    expect((await net.run(['capture', 'stop', '--all'])).err).toBe('nothing is captured\n');
  });

  test('of what there is not, or of several with one name, says what there is', async () => {
    await using net = await network();
    expect(await net.run(['capture', 'stop', 'x'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('none'),
    });
    for (let i = 0; i < 2; i++) await net.run(['capture', 'start', '--on', 'br0', '--name', 'same']);
    const { err, exitCode } = await net.run(['capture', 'stop', 'same']);
    expect(err).toContain('2 captures are called "same"; say which:');
    expect(exitCode).toBe(2);
    expect((await net.run(['capture', 'stop'])).exitCode).toBe(2);
  });
});

const macs = '020000000002020000000001';
/** An ICMP echo from 10.0.0.1 to 10.0.0.2, a DNS question over IPv6 within a VLAN, an ARP request; and a frame that is cut. */
const frames = [
  `${macs}08004500001c000000004001000a0a0000010a0000020800f7ff00000000`,
  `${macs}8100000786dd6000000000081140fd000000000000000000000000000001fd00000000000000000000000000000200351000 00080000`.replace(
    ' ',
    '',
  ),
  `${macs}08060001`,
  macs.slice(0, 10),
];

describe('a tail', () => {
  test('is a line for each packet', async () => {
    await using net = await network({ frames });
    const { out, err } = await net.run(['capture', 'tail', '--on', 'br0', '--bpf', 'icmp', '--utc']);
    expect(net.tails.asked).toEqual([
      { query: "G.V().Has('TID', 'tid-br')", filter: 'icmp', snapLength: 0, who: 'local' },
    ]);
    expect(out).toBe(
      [
        '2026-11-21 12:00:00.000000Z  eth0  10.0.0.1 → 10.0.0.2  ICMP  42 bytes',
        '2026-11-21 12:00:00.000001Z  blue/eth0  [fd00::1]:53 → [fd00::2]:4096  UDP  66 bytes',
        '2026-11-21 12:00:00.000003Z  eth0  02:00:00:00:00:01 → 02:00:00:00:00:02  ARP  16 bytes',
        '2026-11-21 12:00:00.000004Z  blue/eth0  link type 1  5 bytes',
        '',
      ].join('\n'),
    );
    expect(err).toBe('tailing eth0\ntailing blue/eth0\n4 packets\n');
  });

  test('of a capture is where that is, with its filter', async () => {
    await using net = await network({ frames });
    await net.run(['capture', 'start', '--on', 'br0', '--name', 'web', '--bpf', 'port 80']);
    await net.run(['capture', 'tail', 'web', '--snaplen', '96']);
    expect(net.tails.asked).toEqual([
      { query: "G.V().Has('TID', 'tid-br')", filter: 'port 80', snapLength: 96, who: 'local' },
    ]);
  });

  test('ends after so many packets, or so long, and says what was lost', async () => {
    await using net = await network({ frames, isEndless: true, dropped: 5 });
    const counted = await net.run(['capture', 'tail', '--on', 'br0', '-c', '2', '-q']);
    expect(counted.out.trim().split('\n')).toHaveLength(2);
    expect(counted.err).toBe('');
    const { err, exitCode } = await net.run(['capture', 'tail', '--on', 'br0', '--for', '300ms']);
    expect(err).toContain('skein: 5 of 14 packets lost at blue/eth0: they came faster than they were read\n');
    expect(exitCode).toBe(0);
    const interrupted = AbortSignal.timeout(300);
    expect((await net.run(['capture', 'tail', '--on', 'br0'], { interrupted })).exitCode).toBe(130);
  });

  const written = async (read: (file: string, piped: string) => void) => {
    await using net = await network({ frames });
    const folder = mkdtempSync(join(tmpdir(), 'skein-tail-'));
    try {
      const file = join(folder, 'a.pcapng');
      await net.run(['capture', 'tail', '--on', 'br0', '-w', file, '-c', '3']);
      read(file, (await net.run(['capture', 'tail', '--on', 'br0', '-w', '-', '-c', '3'])).out);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test('is a file, or the same in a pipe', () =>
    written((file, piped) => {
      expect(piped).toBe(readFileSync(file, 'latin1'));
      const decoder = openPacketDoor().openDecoder({ source: 1 });
      expect(decoder.file(readFileSync(file)).packets).toBe(3);
      expect(decoder.end()).toBeUndefined();
      decoder.close();
    }));

  // Needs tshark: whether others read what we write is for others to say.
  const withTshark = existsSync('/usr/bin/tshark') ? test : test.skip;
  withTshark('is read by tshark, also through a pipe', () =>
    written((file) => {
      const fields = '-T fields -e frame.interface_name -e frame.protocols -e frame.time_epoch';
      const said = execFileSync('sh', ['-c', `cat "$0" | tshark -r - ${fields}`, file], { stdio: 'pipe' });
      expect(said.toString().split('\n').slice(0, 2)).toEqual([
        expect.stringMatching(/^eth0\teth:ethertype:ip:icmp\t1795262400\.000000000/),
        expect.stringMatching(/^blue\/eth0\teth:ethertype:vlan:ethertype:ipv6:udp\S*\t1795262400\.000001500/),
      ]);
    }),
  );

  test.each([
    [[], 'say what to tail'],
    [['web', '--on', 'br0'], 'a capture says itself'],
    [['--on', 'br0', '-w', '/nowhere/x'], 'cannot write'],
    [['--on', 'br0', '--for', 'x'], 'no duration'],
  ])('of %j is wrong usage', async (words, reason) => {
    await using net = await network();
    expect(await net.run(['capture', 'tail', ...words])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining(reason),
    });
  });

  test('is not for a terminal when it is bytes', async () => {
    await using net = await network();
    const { err } = await net.run(['capture', 'tail', '--on', 'br0', '-w', '-'], { columns: 80 });
    expect(err).toContain('packets are not for a terminal');
  });
});
