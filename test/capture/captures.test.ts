import { Mistake } from '../../src/std/mistake.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { all, asked, veth, type World, world } from './world.ts';

const veths = "G.V().Has('Type', 'veth')";

describe('where a capture runs', () => {
  test('it starts on every node its query finds, and says so on them', async () => {
    const it = world();
    it.say(veth('a'), veth('b'), { kind: 'node', id: 'x', metadata: { Name: 'x', Type: 'host', TID: 't' } });
    it.captures.create(asked(veths, { Name: 'all', BPFFilter: 'icmp' }));
    await it.pass();
    expect(it.runs.map(({ context }) => context.place.name)).toEqual(['a', 'b']);
    expect(it.places).toMatchObject([
      { node: 'tid-a', capture: 'c1', host: 'h' },
      { node: 'tid-b', capture: 'c1' },
    ]);
    expect(it.entries('a')).toEqual([{ ID: 'c1', State: 'active', Name: 'all', BPFFilter: 'icmp', Type: 'afpacket' }]);
    expect(it.entries('x')).toBeUndefined();
    expect(it.captures.state('c1')).toMatchObject({ active: 2, matched: 2, types: { afpacket: 2 }, notes: [] });
  });

  test('a node that appears later is captured, one that goes is not any more', async () => {
    const it = world();
    it.captures.create(asked(veths));
    await it.pass();
    expect(it.runs).toEqual([]);
    it.say(veth('late'));
    await it.pass();
    expect(it.open()).toHaveLength(1);
    it.say({ kind: 'gone', id: 'late' });
    await it.pass();
    expect(it.open()).toEqual([]);
    expect(it.places).toEqual([undefined]);
  });

  test('a node that does not match any more is let go, and nothing is said on it', async () => {
    const it = world();
    it.say(veth('a', { Site: 'here' }));
    it.captures.create(asked("G.V().Has('Site', 'here')"));
    await it.pass();
    it.say({ kind: 'set', id: 'a', set: { Site: 'there' } });
    await it.pass();
    expect(it.open()).toEqual([]);
    expect(it.node('a')?.metadata).not.toHaveProperty('Captures');
  });

  test('a node that gets another TID is captured anew under it', async () => {
    const it = world();
    it.say(veth('a'));
    it.captures.create(asked(veths));
    await it.pass();
    it.say({ kind: 'set', id: 'a', set: { TID: 'tid-b', Name: 'b' } });
    await it.pass();
    expect(it.places.filter(Boolean)).toMatchObject([{ node: 'tid-b' }]);
    expect(it.open()).toHaveLength(1);
    expect(it.entries('a')).toMatchObject([{ ID: 'c1', State: 'active' }]);
  });

  test('a path is captured on all of its nodes', async () => {
    const it = world();
    const layer2 = (parent: string, child: string) =>
      ({ kind: 'edge', parent, child, metadata: { RelationType: 'layer2' } }) as const;
    it.say(veth('a'), veth('b'), veth('c'), veth('off'), layer2('a', 'b'), layer2('b', 'c'));
    it.captures.create(asked("G.V().Has('Name', 'a').ShortestPathTo(Metadata('Name', 'c'))"));
    await it.pass();
    expect(
      it
        .open()
        .map(({ context }) => context.place.name)
        .sort(),
    ).toEqual(['a', 'b', 'c']);
  });

  test('a query that finds too many nodes is bounded, and that is said', async () => {
    const it = world({ limits: { captures: 10, nodes: 3 } });
    it.say(...Array.from({ length: 10_000 }, (_, index) => veth(`v${index}`)));
    it.captures.create(asked(veths));
    await it.pass();
    expect(it.open()).toHaveLength(3);
    expect(it.captures.state('c1')).toMatchObject({ active: 3, matched: 10_000 });
    expect(it.captures.state('c1').notes).toEqual([
      'its query finds 10000 nodes; 9997 of them are not captured, since one capture takes 3 (option capture.nodes)',
    ]);
  });

  test('nodes without a TID, and of a type that nothing captures on, are refused with a sentence', async () => {
    const it = world();
    it.say({ kind: 'node', id: 'n', metadata: { Name: 'n', Type: 'veth' } });
    it.say({ kind: 'node', id: 'h', metadata: { Name: 'h', Type: 'host', TID: 't' } });
    it.captures.create(asked('G.V()'));
    await it.pass();
    expect(it.captures.state('c1').notes).toEqual(['n: it has no TID', 'h: nothing captures on nodes of type host']);
  });

  test('when nothing changes nothing is asked', async () => {
    const it = world();
    it.say(veth('a'));
    it.captures.create(asked(veths));
    await it.pass();
    const before = it.matches();
    await it.pass(60_000);
    expect(it.matches()).toBe(before);
  });

  test('500 captures on one node start, and go with it', async () => {
    const it = world({ limits: { captures: 500, nodes: 10 } });
    it.say(veth('a'));
    for (let index = 0; index < 500; index++) it.captures.create(asked(veths, { BPFFilter: `port ${index}` }));
    await it.pass();
    expect(it.open()).toHaveLength(500);
    expect(it.entries('a')).toHaveLength(500);
    expect(() => it.captures.create(asked('G.V()'))).toThrow('there are 500 captures already');
    it.say({ kind: 'gone', id: 'a' });
    await it.pass();
    expect(it.open()).toEqual([]);
  });
});

describe('the ladder', () => {
  const ebpf = { type: 'ebpf', rank: 2, can: { ...all, filter: false, several: false } };

  test('the best that can what is asked is taken, and why no better one is told', async () => {
    const it = world({ types: [{}, ebpf] });
    it.say(veth('a'));
    it.captures.create(asked(veths));
    it.captures.create(asked(veths, { BPFFilter: 'icmp' }));
    await it.pass();
    expect(it.entries('a')).toEqual([
      { ID: 'c1', State: 'active', Type: 'ebpf' },
      { ID: 'c2', State: 'active', BPFFilter: 'icmp', Type: 'afpacket', Why: ['ebpf: cannot filter'] },
    ]);
  });

  test('one that the world refuses makes room for the next', async () => {
    const it = world({ types: [{}, ebpf] });
    if (it.mechanisms[1]) it.mechanisms[1].fault = new Unavailable('flow tables in the kernel', 'CAP_BPF');
    it.say(veth('a'));
    it.captures.create(asked(veths));
    await it.pass();
    expect(it.entries('a')).toMatchObject([
      { Type: 'afpacket', Why: ['ebpf: flow tables in the kernel: needs CAP_BPF'] },
    ]);
  });

  test('a mechanism that runs once on a node is taken by the first, and free again after it', async () => {
    const it = world({ types: [{}, ebpf] });
    it.say(veth('a'));
    it.captures.create(asked(veths));
    it.captures.create(asked("G.V().Has('Name', 'a')"));
    await it.pass();
    expect(
      it
        .open()
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['afpacket', 'ebpf']);
    const first = it.open().find(({ type }) => type === 'ebpf')?.context.options.id as string;
    await it.captures.delete(first);
    it.captures.create(asked(veths));
    await it.pass();
    expect(
      it
        .open()
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['afpacket', 'ebpf']);
  });

  test('a type that was named is the only one that is tried', async () => {
    const it = world({ types: [{}, { type: 'pcapsocket', rank: undefined }] });
    it.say(veth('a'));
    it.captures.create(asked(veths, { Type: 'pcapsocket' }));
    await it.pass();
    expect(it.entries('a')).toMatchObject([{ Type: 'pcapsocket', PCAPSocket: '127.0.0.1:8100' }]);
  });

  test('layers are kept apart by MACs only where the mechanism can', async () => {
    const it = world({ types: [{ rank: 1 }, { type: 'ebpf', rank: 2, can: { ...all, layerKeyL2: false } }] });
    it.say(veth('a'));
    it.captures.create(asked(veths));
    it.captures.create(asked("G.V().Has('Name', 'a')", { LayerKeyMode: 'L2' }));
    await it.pass();
    expect(it.runs.map(({ type, context }) => [type, context.options.layerKeyMode])).toEqual([
      ['ebpf', 'L3'],
      ['afpacket', 'L2'],
    ]);
  });
});

describe('failing', () => {
  test('what fails is told on the node and tried again, sooner when the node changes', async () => {
    const it = world();
    const [mechanism] = it.mechanisms;
    if (mechanism) mechanism.fault = Object.assign(new Error('binding to a: ENETDOWN'), { code: 'ENETDOWN' });
    it.say(veth('a', { State: 'DOWN' }));
    it.captures.create(asked(veths));
    await it.pass(10_000);
    expect(it.entries('a')).toMatchObject([{ State: 'error', Error: expect.stringContaining('ENETDOWN') }]);
    expect(it.warnings).toHaveLength(1);
    const revision = it.node('a')?.revision;
    await it.pass(300_000);
    expect(it.node('a')?.revision).toBe(revision);
    if (mechanism) mechanism.fault = undefined;
    it.say({ kind: 'set', id: 'a', set: { State: 'UP' } });
    await it.pass(100);
    expect(it.entries('a')).toEqual([{ ID: 'c1', State: 'active', Type: 'afpacket' }]);
  });

  test('a run that ends by itself is begun anew, and what it had counted is not forgotten', async () => {
    const it = world();
    it.say(veth('a'));
    it.captures.create(asked(veths));
    await it.pass();
    const [first] = it.runs;
    if (first) first.stats = { packetsReceived: 7, packetsDropped: 1, packetsIfDropped: 0, bytesReceived: 500 };
    first?.end('the peer has closed');
    await it.pass(0);
    expect(it.entries('a')).toMatchObject([{ State: 'error', Error: 'the peer has closed' }]);
    await it.pass(1_000);
    expect(it.entries('a')).toMatchObject([{ State: 'active' }]);
    expect(it.runs).toHaveLength(2);
    expect(first?.isClosed).toBe(true);
    it.captures.count();
    expect(it.graph.now().counters('a', 'Captures.c1')?.total).toMatchObject({ PacketsReceived: 7, PacketsDropped: 1 });
  });

  test('counters make no versions', async () => {
    const it = world();
    it.say(veth('a'));
    it.captures.create(asked(veths));
    await it.pass();
    const { revision } = it.graph;
    for (let count = 1; count <= 5; count++) {
      if (it.runs[0]) it.runs[0].stats = { ...it.runs[0].stats, packetsReceived: count };
      it.captures.count();
      await it.pass();
    }
    expect(it.graph.revision).toBe(revision);
    expect(it.graph.now().counters('a', 'Captures.c1')?.total).toMatchObject({ PacketsReceived: 5 });
  });
});

describe('as objects', () => {
  test('what is wrong is told all at once', () => {
    const it = world({ types: [{}, { type: 'ebpf', can: { ...all, filter: false } }] });
    const faults = faultsOf(it, "G.V().Dedub('Type')", {
      BPFFilter: 'prot 80',
      Type: 'nope',
      HeaderSize: 3,
      RawPacketLimit: 11,
    });
    expect(faults).toEqual([
      expect.stringMatching(/^GremlinQuery: Not a valid Gremlin expression: no step named "Dedub"/),
      'BPFFilter: Not a valid BPF expression: syntax error (position 0: "prot 80")',
      'HeaderSize: A valid header size is >= 14 && <= 4096',
      'RawPacketLimit: A valid raw packet limit size is > 0 && <= 10',
      'Type: Not a valid capture type: nope, available types: [afpacket ebpf]',
    ]);
    expect(faultsOf(it, 'G.V()', { Type: 'ebpf', BPFFilter: 'icmp' })).toEqual([
      "Type: ebpf capture doesn't support BPF filtering",
    ]);
    expect(it.captures.list()).toEqual([]);
  });

  test('the same again is refused, with another filter it is another', () => {
    const it = world({ types: [{}, { type: 'ebpf', can: { ...all, several: false } }] });
    it.captures.create(asked(veths));
    expect(() => it.captures.create(asked(veths))).toThrow('duplicated resource');
    it.captures.create(asked(veths, { BPFFilter: 'icmp' }));
    it.captures.create(asked(veths, { Type: 'ebpf' }));
    expect(() => it.captures.create(asked(veths, { Type: 'ebpf', BPFFilter: 'icmp' }))).toThrow('duplicated resource');
  });

  test('one that is deleted runs nowhere, and a second time it is not there', async () => {
    const it = world();
    it.say(veth('a'));
    it.captures.create(asked(veths));
    it.captures.create(asked(veths, { BPFFilter: 'icmp' }));
    await it.pass();
    expect(await it.captures.delete('c1')).toBe(true);
    await it.pass();
    expect(it.entries('a')).toMatchObject([{ ID: 'c2' }]);
    expect(await it.captures.delete('c1')).toBe(false);
    expect(it.kept().map(({ UUID }) => UUID)).toEqual(['c2']);
  });

  test('one with a time to live ends by itself', async () => {
    const it = world();
    it.say(veth('a'));
    it.captures.create(asked(veths, { EndsAt: it.clock.now() + 30_000 }));
    await it.pass(29_000);
    expect(it.open()).toHaveLength(1);
    await it.pass(1_000);
    expect(it.open()).toEqual([]);
    expect(it.captures.list()).toEqual([]);
  });

  test('after a restart they run again, but not those whose time is over', async () => {
    const it = world({
      kept: [
        { ...asked(veths), UUID: 'old' },
        { ...asked('G.V()'), UUID: 'over', EndsAt: 1 },
      ],
    });
    it.say(veth('a', { Captures: [{ ID: 'gone', State: 'active' }] }));
    it.say({ kind: 'node', id: 'x', metadata: { Name: 'x', Type: 'host', TID: 't', Captures: [{ ID: 'gone' }] } });
    it.captures.restore({ ...asked("g.V().Has('Name','x')") });
    await it.pass();
    it.captures.sweep();
    expect(it.captures.list().map(({ UUID }) => UUID)).toEqual(['old', 'c1']);
    expect(it.entries('a')).toEqual([{ ID: 'old', State: 'active', Type: 'afpacket' }]);
    expect(it.node('x')?.metadata).not.toHaveProperty('Captures');
    it.captures.create(asked("G.V().Has('Name', 'b')"));
    expect(it.kept().map(({ UUID }) => UUID)).toEqual(['old', 'c2']);
  });

  test('where nothing can be written captures run all the same, and that they will not survive is said', async () => {
    const it = world({ isReadOnly: true });
    it.say(veth('a'));
    it.captures.create(asked(veths));
    it.captures.create(asked(veths, { BPFFilter: 'icmp' }));
    await it.pass();
    expect(it.open()).toHaveLength(2);
    expect(it.captures.trouble).toBe('captures will not survive a restart: EROFS');
    expect(it.warnings).toEqual(['captures will not survive a restart: EROFS']);
  });

  test('nodes of an earlier run that come back as they were are captured too', async () => {
    const it = world({ kept: [{ ...asked(veths), UUID: 'old' }] });
    const before = world();
    before.say(veth('a'));
    const node = before.node('a');
    if (node) it.graph.remember([node]);
    it.captures.restore();
    await it.pass();
    expect(it.open()).toEqual([]);
    it.say(veth('a'));
    await it.pass();
    expect(it.open()).toHaveLength(1);
  });

  test('stopping ends all runs and forgets nothing', async () => {
    const it = world();
    it.say(veth('a'), veth('b'));
    it.captures.create(asked(veths));
    await it.pass();
    await it.captures.stop();
    expect(it.open()).toEqual([]);
    expect(it.places).toEqual([undefined, undefined]);
    expect(it.kept()).toHaveLength(1);
    it.say(veth('c'));
    await it.pass();
    expect(it.open()).toEqual([]);
  });
});

function faultsOf({ captures }: World, query: string, more: object): string[] {
  try {
    captures.create(asked(query, more));
  } catch (error) {
    if (error instanceof Mistake) return error.faults.map(({ message }) => message);
    throw error;
  }
  return [];
}
