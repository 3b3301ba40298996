import { keptCaptureShape } from '../../src/contract/capture.ts';
import { statusShape } from '../../src/contract/status.ts';
import { mistake } from '../../src/std/mistake.ts';
import { all, veth, type World, world } from '../capture/world.ts';
import { ask, type TestServer, testServer } from './server.ts';

const query = "G.V().Has('Type', 'veth')";

async function served(work: (it: World & { server: TestServer; post: Post }) => Promise<void>): Promise<void> {
  const it = world({ types: [{}, { type: 'ebpf', can: { ...all, filter: false } }] });
  await using server = await testServer({ captures: it.captures });
  const post: Post = async (body, headers = {}) => {
    const { status, text } = await ask(server, '/api/capture', { method: 'POST', body, headers });
    return { status, text, json: status === 201 ? JSON.parse(text) : undefined };
  };
  await work({ ...it, server, post });
}

type Post = (
  body: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; text: string; json: Record<string, unknown> | undefined }>;

test('a capture is made, read, listed and deleted as with Skydive', () =>
  served(async ({ server, post, pass, say }) => {
    expect((await ask(server, '/api/capture')).text).toBe('{}\n');
    const made = await post({
      GremlinQuery: query,
      Name: 'rec',
      Description: 'two veths',
      Type: 'afpacket',
      ExtraTCPMetric: true,
      RawPacketLimit: 2,
    });
    expect(made.status).toBe(201);
    expect(made.text).toBe(
      `{"GremlinQuery":"${query}","Name":"rec","Description":"two veths","Type":"afpacket","Count":0,"SamplingRate":0,"PollingInterval":0,"RawPacketLimit":2,"ExtraTCPMetric":true,"IPDefrag":false,"ReassembleTCP":false,"LayerKeyMode":"L2","UUID":"c1"}\n`,
    );
    say(veth('a'), veth('b'));
    await pass();
    const list = JSON.parse((await ask(server, '/api/capture')).text);
    expect(list).toEqual({ c1: { ...made.json, Count: 2, Matched: 2, Mechanisms: { afpacket: 2 } } });
    expect(JSON.parse((await ask(server, '/api/capture/c1')).text)).toEqual(list.c1);
    const deleted = await ask(server, '/api/capture/c1', { method: 'DELETE' });
    expect([deleted.status, deleted.text]).toEqual([200, '']);
    const again = await ask(server, '/api/capture/c1', { method: 'DELETE' });
    expect([again.status, again.text]).toEqual([404, "Capture 'c1' not found\n"]);
    expect((await ask(server, '/api/capture/c1')).status).toBe(404);
  }));

test('what is wrong is said with its place', () =>
  served(async ({ post }) => {
    const wrong = await post({ GremlinQuery: 'G.V().Dedub()', BPFFilter: 'prot 80' });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toBe(
      'GremlinQuery: Not a valid Gremlin expression: no step named "Dedub"\n' +
        '  G.V().Dedub()\n' +
        '        ^^^^^ did you mean Dedup?\n' +
        'BPFFilter: Not a valid BPF expression: syntax error (position 0: "prot 80")\n',
    );
    expect((await post({ Name: 'x' })).text).toMatch(/^GremlinQuery: Not a valid Gremlin expression: /);
    expect(await post('{oops')).toMatchObject({ status: 400 });
    expect(await post({ GremlinQuery: query, LayerKeyMode: 'L7' })).toMatchObject({
      status: 400,
      text: 'LayerKeyMode: Not a valid layer key mode: L2 or L3\n',
    });
    expect(await post({ GremlinQuery: query, Target: '10.0.0.1:2055', TargetType: 'netflowv5' })).toMatchObject({
      status: 400,
      text: expect.stringContaining('netflowv5 collector is not supported'),
    });
    expect(await post({ GremlinQuery: query, ExtraLayers: 'DNS,QUIC' })).toMatchObject({
      status: 400,
      text: expect.stringContaining('no layer named "QUIC"'),
    });
    expect(await post({ GremlinQuery: query }, { 'x-resource-ttl': 'soon' })).toMatchObject({
      status: 400,
      text: 'invalid ttl: "soon" is no duration, like 30s or 5m\n',
    });
  }));

test('the same again is answered 409', () =>
  served(async ({ post }) => {
    expect((await post({ GremlinQuery: query })).status).toBe(201);
    expect(await post({ GremlinQuery: query })).toMatchObject({ status: 409, text: 'duplicated resource\n' });
    expect((await post({ GremlinQuery: query, BPFFilter: 'icmp' })).status).toBe(201);
  }));

test('one that is asked for a time ends with it', () =>
  served(async ({ server, post, pass, clock }) => {
    const now = Date.now();
    const made = await post({ GremlinQuery: query }, { 'x-resource-ttl': '30s' });
    expect(Number(made.json?.EndsAt) - now).toBeGreaterThanOrEqual(30_000);
    await pass(Number(made.json?.EndsAt) - clock.now());
    expect((await ask(server, '/api/capture')).text).toBe('{}\n');
  }));

test('layers are asked for by bits or by name, and what is kept of a capture is read again', () =>
  served(async ({ post, kept, say, pass, runs }) => {
    say(veth('a'));
    expect((await post({ GremlinQuery: query, ExtraLayers: 6 })).json).toMatchObject({ ExtraLayers: 6 });
    const named = await post({ GremlinQuery: query, BPFFilter: 'icmp', ExtraLayers: ['VRRPv2', 'dns'] });
    expect(named.json).toMatchObject({ ExtraLayers: 3 });
    await pass();
    expect(runs.map(({ context }) => [...context.options.layers].sort())).toEqual([
      ['DHCPv4', 'DNS', 'HTTP', 'TLS'],
      ['DNS', 'HTTP', 'TLS', 'VRRPv2'],
    ]);
    expect(kept()).toHaveLength(2);
    for (const capture of kept()) expect(keptCaptureShape.parse(JSON.parse(JSON.stringify(capture)))).toEqual(capture);
  }));

describe('a trace', () => {
  const sent = async (options: { body: Buffer; fault?: Error; traceBytesMax?: number }) => {
    const read: Uint8Array[] = [];
    const traces = {
      running: 0,
      async read(pieces: AsyncIterable<Uint8Array>) {
        for await (const piece of pieces) {
          read.push(piece);
          if (options.fault) throw options.fault;
        }
        return { packets: 3, fromMs: 1000.5, toMs: 2000, cut: undefined };
      },
    };
    const limits = options.traceBytesMax === undefined ? {} : { traceBytesMax: options.traceBytesMax };
    await using server = await testServer({ traces, limits });
    const { status, text, headers } = await ask(server, '/api/pcap', { method: 'POST', body: options.body });
    const said = headers['x-skein-trace'];
    return {
      status,
      text,
      read: Buffer.concat(read),
      ...(said !== undefined && { said: JSON.parse(decodeURIComponent(String(said))) }),
    };
  };

  test('is taken as it comes', async () => {
    const body = Buffer.alloc(300_000, 7);
    const { status, read, text, said } = await sent({ body });
    expect(status).toBe(202);
    expect(text).toBe('');
    expect(said).toEqual({ Packets: 3, From: 1000.5, To: 2000 });
    expect(read.equals(body)).toBe(true);
  });

  test('that is none is refused with what is wrong', async () => {
    const fault = mistake('trace.invalid', 'no capture file: 0x706f6f6e at offset 0');
    expect(await sent({ body: Buffer.from('noop'), fault })).toMatchObject({
      status: 400,
      text: 'no capture file: 0x706f6f6e at offset 0\n',
    });
  });

  test('that is too large is refused before it is read', async () => {
    const { status, read } = await sent({ body: Buffer.alloc(2_000), traceBytesMax: 1_000 });
    expect([status, read.length]).toEqual([413, 0]);
  });
});

test('what a capture has counted is shown in its entry on the node, and makes no version', async () => {
  await using server = await testServer();
  server.say(
    veth('a', {
      Captures: [
        { ID: 'c1', State: 'active' },
        { ID: 'c2', State: 'error' },
      ],
    }),
  );
  server.say({ kind: 'counters', id: 'a', series: 'Captures.c1', total: { PacketsReceived: 3, PacketsDropped: 0 } });
  const { text } = await ask(server, '/api/topology', {
    method: 'POST',
    body: { GremlinQuery: "G.V().Has('Captures.ID', 'c1')" },
  });
  expect(JSON.parse(text)).toMatchObject([
    {
      Revision: 1,
      Metadata: {
        Captures: [
          { ID: 'c1', State: 'active', PacketsReceived: 3, PacketsDropped: 0 },
          { ID: 'c2', State: 'error' },
        ],
      },
    },
  ]);
});

test('what was lost is in status and in the figures, by stage and place', async () => {
  const loss = {
    Host: 'h1',
    Node: 't1',
    Name: 'eth0',
    Capture: 'c1',
    Stage: 'socket',
    Reason: 'ring full',
    Packets: 7,
    Bytes: 700,
    Flows: 1,
    From: 1,
    To: 2,
  };
  const Flows = {
    Live: 3,
    LiveMax: 10,
    Places: 1,
    WaitingBytes: 0,
    Packets: 50,
    Dropped: 7,
    Losses: [loss],
    Archive: null,
  };
  await using server = await testServer({
    status: { Flows, Captures: { IsMaster: true, All: 1, Active: 1, Failed: 0 } },
  });
  const status = statusShape.parse(JSON.parse((await ask(server, '/api/status')).text));
  expect(status).toMatchObject({ Flows, Captures: { IsMaster: true, All: 1 } });
  const { text } = await ask(server, '/metrics');
  const labels = '{host="h1",interface="eth0",node="t1",capture="c1",stage="socket",reason="ring full"}';
  expect(text).toContain(`\nskein_lost_packets_total${labels} 7\n`);
  expect(text).toContain(`\nskein_lost_bytes_total${labels} 700\n`);
  expect(text).toMatch(/^skein_capture_dropped_total 7$/m);
});
