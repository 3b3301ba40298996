import { readChanges } from '../../src/graph/text.ts';
import { BEGIN, Told, tables } from './told.ts';

const withoutDefault = { RoutingTables: tables('10.0.0.1', '10.0.0.0/24', 2) };
const withDefault = { RoutingTables: tables('10.0.0.1', '10.0.0.0/24', 2, '10.0.0.254') };

test('the change after which the path breaks is the first culprit, with what it did and when', async () => {
  const told = new Told().set(5_000, 'veth:a/eth0', withoutDefault).set(5_500, 'veth:r/wan', { Alias: 'uplink' });
  const { culprits, goodBy, before, after } = await told.why(9_000);
  expect(goodBy).toBe('model');
  expect([before.reaches, after.reaches]).toEqual(['yes', 'no']);
  expect(culprits[0]).toMatchObject({
    rank: 1,
    kind: 'route.removed',
    time: BEGIN + 5_000,
    text: 'route default via 10.0.0.254 was removed (eth0) in a',
    element: { id: 'veth:a/eth0', namespace: 'a' },
  });
  expect(culprits[0]?.reasons.map(({ of }) => of)).toEqual(['model', 'place', 'kind', 'time']);
  expect(culprits[0]?.reasons[0]?.text).toContain('the path breaks at this change (no-route)');
});

test('a score is the sum of its reasons, cut off at both ends', async () => {
  const told = new Told().set(5_000, 'veth:a/eth0', withoutDefault).set(5_100, 'veth:r/wan', { MTU: 1400 });
  const { culprits } = await told.why(9_000);
  expect(culprits.length).toBeGreaterThan(0);
  for (const { score, reasons } of culprits)
    expect(score).toBe(Math.min(100, Math.max(0, Math.round(reasons.reduce((sum, { points }) => sum + points, 0)))));
});

test('a break of the way back is told as one', async () => {
  const told = new Told().set(5_000, 'veth:b/eth0', { RoutingTables: tables('10.0.1.2', '10.0.1.0/24', 2) });
  const { culprits, after } = await told.why(9_000);
  expect(after.reason).toMatch(/^on the way back: b has no route/);
  expect(culprits[0]).toMatchObject({ kind: 'route.removed', element: { id: 'veth:b/eth0' } });
  expect(culprits[0]?.reasons[0]?.text).toMatch(/^the way back breaks at this change/);
});

test('what goes with an interface is its consequence, and no culprit of its own', async () => {
  const told = new Told().at(5_000, { kind: 'gone', id: 'veth:b/eth0' });
  const { culprits } = await told.why(9_000);
  expect(culprits.map(({ kind }) => kind)).toEqual(['interface.removed']);
  expect(culprits[0]?.consequences.join('; ')).toContain('the link');
});

test('two changes that have nothing to do with each other are two, however near in time', async () => {
  const told = new Told().set(5_000, 'veth:a/eth0', withoutDefault).set(5_001, 'veth:r/wan', { MTU: 1400 });
  const { culprits } = await told.why(9_000);
  expect(culprits.map(({ kind }) => kind).slice(0, 2)).toEqual(['route.removed', 'mtu.lowered']);
  expect(culprits[0]?.consequences).toEqual([]);
});

test('where nothing passes any more, what only made it narrower before comes second', async () => {
  const told = new Told()
    .set(5_000, 'veth:a/eth0', { MTU: 1300 })
    .set(7_100, 'veth:b/eth0', { LinkFlags: [] })
    .set(7_100, 'veth:r/wan', { LinkFlags: ['UP'], State: 'DOWN' });
  const { culprits, before, after } = await told.why(9_000, { good: BEGIN + 4_000 });
  expect([before.reaches, after.reaches]).toEqual(['yes', 'no']);
  expect(culprits.map(({ kind }) => kind).slice(0, 2)).toEqual(['link.down', 'mtu.lowered']);
  expect(culprits[0]?.reasons.find(({ of }) => of === 'time')?.text).toBe('when the path broke');
});

test('what came before it last worked is no culprit', async () => {
  const told = new Told()
    .set(2_000, 'veth:r/wan', { MTU: 9000 })
    .set(3_000, 'netns:r', { Forwarding: { IPV4: false, IPV6: false } })
    .set(4_000, 'netns:r', { Forwarding: { IPV4: true, IPV6: false } })
    .set(5_000, 'veth:a/eth0', withoutDefault);
  const { culprits } = await told.why(9_000, { good: BEGIN + 1_000 });
  expect(culprits.map(({ kind }) => kind)).toEqual(['route.removed']);
});

test('a moment that is older than what is kept is the first that is, and that is said', async () => {
  const late = `netns:late -ownership-> veth:late/eth0 {"Name":"eth0","IfIndex":2,"IPV4":["10.0.0.7/24"]}`;
  const told = new Told().at(8_000, ...readChanges(late)).set(8_500, 'veth:a/eth0', withoutDefault);
  const good = BEGIN - 3_600_000;
  const { culprits, window, notes } = await told.why(9_000, { good });
  expect(window.from).toBe(BEGIN);
  expect(culprits[0]).toMatchObject({ kind: 'route.removed' });
  expect(notes.join()).toMatch(/nothing is kept of .* when it is said to have worked/);
  // Nor is an end that came later looked for in vain before that.
  const { before, notes: more } = await told.why(9_000, { good, from: 'netns:late' });
  expect(before).toMatchObject({ time: BEGIN, reason: 'the namespace where it begins is not there' });
  expect(more.join()).toMatch(/nothing is kept of/);
});

test('of several that have the address it is about the one that was seen', async () => {
  const twin = `netns:twin -ownership-> veth:twin/eth0 {"Name":"eth0","IfIndex":2,"IPV4":["10.0.0.1/24"]}`;
  const told = new Told()
    .at(0, ...readChanges(twin), { kind: 'set', id: 'veth:r/lan', set: { TID: 'tid-lan' } })
    .set(5_000, 'veth:a/eth0', withoutDefault);
  const question = { from: '10.0.0.1', good: BEGIN + 3_000 };
  await expect(told.why(9_000, question)).rejects.toThrow('2 nodes are meant by "10.0.0.1"');
  const { culprits } = await told.why(9_000, { ...question, seenAt: ['tid-lan'] });
  expect(culprits[0]).toMatchObject({ kind: 'route.removed', element: { id: 'veth:a/eth0' } });
});

test('a policy rule is told with all that it asks for, and where it is', async () => {
  const rule = { Family: 'ipv4', Priority: 500, Src: '10.0.0.0/24', IPProto: 6, DPort: '80', Action: 'prohibit' };
  const other = { ...rule, DPort: '22' };
  const lookup = { Family: 'ipv4', Priority: 32766, Table: 254, Action: 'lookup' };
  const told = new Told()
    .set(0, 'netns:a', { RoutingRules: [other, lookup] })
    .set(5_000, 'netns:a', { RoutingRules: [other, rule, lookup] });
  const { culprits } = await told.why(9_000);
  expect(culprits.map(({ text }) => text)).toEqual([
    'policy rule 500: from 10.0.0.0/24 ipproto 6 dport 80 prohibit was added in a',
  ]);
});

test('a namespace that nothing connects with the path is accused of nothing, though it has a loopback', async () => {
  const alone = `netns:z -ownership-> device:z/lo {"Name":"lo","IfIndex":1,"LinkFlags":["UP","LOOPBACK"]}
    netns:z {"Forwarding":{"IPV4":true}}
    netns:z -ownership-> veth:z/eth0 {"Name":"eth0","IfIndex":2,"LinkFlags":["UP"],"IPV4":["10.0.1.2/24"]}
    netns:z -ownership-> nftchain:z/c {"Name":"c","Family":"ip","Table":"t","Hook":"input","Policy":"accept"}`;
  const told = new Told()
    .at(0, ...readChanges(alone))
    .set(5_000, 'veth:a/eth0', withoutDefault)
    .set(5_001, 'netns:z', { Forwarding: { IPV4: false } })
    .set(5_002, 'nftchain:z/c', { Policy: 'drop' })
    .at(5_003, { kind: 'gone', id: 'netns:z' });
  const { culprits } = await told.why(9_000);
  expect(culprits.map(({ kind }) => kind)).toEqual(['route.removed']);
});

/** `r` leads on to where nobody watches, by `up`. */
function withUplink(): Told {
  const up = {
    ...{ Name: 'up', IfIndex: 4, MAC: '02:00:00:00:00:06', LinkFlags: ['UP'], MTU: 1500, IPV4: ['198.51.100.2/24'] },
    RoutingTables: tables('198.51.100.2', '198.51.100.0/24', 4, '198.51.100.1'),
  };
  return new Told().at(0, ...readChanges(`netns:r -ownership-> device:r/up ${JSON.stringify(up)}`));
}

test.each<[string, (told: Told) => Told, object]>([
  ['forwarding', (told) => told.set(5_000, 'netns:r', { Forwarding: { IPV4: false } }), { kind: 'forwarding.off' }],
  [
    'the way back',
    (told) => told.set(5_000, 'veth:a/eth0', withoutDefault),
    { kind: 'route.removed', element: { id: 'veth:a/eth0' } },
  ],
  ['the uplink', (told) => told.set(5_000, 'device:r/up', { LinkFlags: [] }), { kind: 'link.down' }],
  [
    'its address',
    (told) => told.set(5_000, 'device:r/up', { IPV4: [] }),
    { kind: 'address.removed', element: { id: 'device:r/up' } },
  ],
  ['the uplink itself', (told) => told.at(5_000, { kind: 'gone', id: 'device:r/up' }), { kind: 'interface.removed' }],
])('of a conversation from where nobody watches, too: %s', async (_, broken, culprit) => {
  const told = broken(withUplink()).set(5_500, 'veth:r/wan', { Alias: 'another' });
  const { culprits, goodBy, before, after } = await told.why(9_000, { from: '203.0.113.9', to: '10.0.0.1' });
  expect([goodBy, before.reaches, after.reaches]).toEqual(['model', 'yes', 'no']);
  expect(culprits[0]).toMatchObject(culprit);
});

test.each<[string, (told: Told) => Told, object]>([
  ['its route', (told) => told.set(5_000, 'veth:a/eth0', withoutDefault), { kind: 'route.removed' }],
  ['the uplink', (told) => told.set(5_000, 'device:r/up', { LinkFlags: [] }), { kind: 'link.down' }],
])('of one that leads to where nobody watches, too: %s', async (_, broken, culprit) => {
  const told = broken(withUplink()).set(5_500, 'veth:r/wan', { Alias: 'another' });
  const { culprits, goodBy, before, after } = await told.why(9_000, { to: '203.0.113.9' });
  expect([goodBy, before.reaches, after.reaches]).toEqual(['model', 'unknown', 'no']);
  expect(culprits[0]).toMatchObject(culprit);
});

/** On `r`, at its address to the outside: port 80 is that of `b`. */
const forwardedPort = `netns:r {"Netfilter":{"Tables":1,"Chains":1,"Rules":1,"Sets":0}}
  netns:r -ownership-> nftchain:c {"Name":"c","Family":"ip","Table":"t","Hook":"prerouting","ChainType":"nat","Priority":-100,"Policy":"accept"}
  nftchain:c -ownership-> nftrule:c-1 {"Family":"ip","Table":"t","Chain":"c","Order":1,"Text":"rule","Clauses":[{"Key":"tcp dport","Op":"==","Values":["80"]},{"Do":"dnat","Address":"10.0.1.2"}]}`;
const serves = (port: number) => ({ Services: [{ Protocol: 'TCP', Address: '0.0.0.0', Port: port }] });

test('an address that came to stand for who serves the port is no break; what takes a port from who serves it is', async () => {
  const published = () => new Told().set(0, 'netns:b', serves(80)).at(5_000, ...readChanges(forwardedPort));
  const asked = { to: '10.0.0.254', protocol: 6, port: 80 };
  const { culprits, after } = await published().set(1, 'netns:r', serves(22)).why(9_000, asked);
  expect(after.reaches).toBe('yes');
  expect(culprits.flatMap(({ reasons }) => reasons.filter(({ of }) => of === 'model'))).toEqual([]);
  const taken = await published().set(1, 'netns:r', serves(80)).why(9_000, asked);
  expect(taken.after).toMatchObject({ reaches: 'no', reason: 'r translates it: it arrives at b' });
  expect(taken.culprits[0]).toMatchObject({ element: { type: 'nftrule' } });
});

test('a moment that was good is found however short it was, between two faults', async () => {
  const told = new Told()
    .set(5_000, 'veth:a/eth0', withoutDefault)
    .set(3_000_000, 'veth:a/eth0', withDefault)
    .set(3_000_007, 'netns:r', { Forwarding: { IPV4: false, IPV6: false } });
  const { culprits, window } = await told.why(3_400_000);
  expect(window.from).toBe(BEGIN + 3_000_000);
  expect(culprits.map(({ kind }) => kind)).toEqual(['forwarding.off']);
});

test('what breaks and is mended again is none, where it stays broken by another', async () => {
  const told = new Told()
    .set(5_000, 'netns:r', { Forwarding: { IPV4: false, IPV6: false } })
    .set(6_000, 'veth:a/eth0', withoutDefault)
    .set(7_000, 'netns:r', { Forwarding: { IPV4: true, IPV6: false } });
  const { culprits } = await told.why(9_000);
  expect(culprits[0]).toMatchObject({ kind: 'route.removed' });
});

test('what never worked says what stops it, instead of naming how it was built', async () => {
  const told = new Told()
    .set(1, 'veth:a/eth0', withoutDefault)
    .set(4_000, 'veth:r/wan', { MTU: 1400 })
    .set(5_000, 'veth:r/lan', { IPV4: ['10.0.0.254/24', '10.0.0.253/24'] });
  const { culprits, goodBy, notes } = await told.why(9_000, { since: BEGIN + 2 });
  expect(goodBy).toBe('earliest');
  expect(culprits).toEqual([]);
  expect(notes.join('; ')).toMatch(
    /it worked at none of the \d+ moments looked at since .*: what stops it is a has no route to 10\.0\.1\.2/,
  );
});

test('when nothing changed it says so', async () => {
  const { culprits, notes } = await new Told().why(9_000);
  expect(culprits).toEqual([]);
  expect(notes).toEqual([
    expect.stringMatching(/^nothing on the path, or beside it, changed between/),
    expect.stringMatching(
      /^as far as the graph tells the path works\. It takes for granted: no filter or NAT of r .*What it does not tell may be why/,
    ),
  ]);
});

test('an address that is there twice is found without a word on when it worked, and how much is built beside it', async () => {
  const told = new Told();
  for (let n = 0; n < 20; n++)
    told.at(
      4_000 + n,
      { kind: 'node', id: `veth:n${n}`, metadata: { Type: 'veth', Name: `n${n}`, MAC: `02:00:00:00:01:${n + 10}` } },
      { kind: 'edge', parent: 'netns:r', child: `veth:n${n}`, metadata: { RelationType: 'ownership' } },
    );
  for (let n = 0; n < 20; n++) told.set(4_500 + n, `veth:n${n}`, { IPV4: [`10.2.${n}.1/24`] });
  told.set(5_000, 'veth:x/eth0', { IPV4: ['10.0.0.9/24', '10.0.0.254/24'] });
  const { culprits } = await told.why(9_000);
  expect(culprits[0]).toMatchObject({ kind: 'address.duplicated', element: { id: 'veth:x/eth0' } });
  const built = culprits.filter(({ reasons }) => reasons.some(({ text }) => text.includes('came to be only then')));
  expect(built.every(({ score }) => score < (culprits[0]?.score ?? 0))).toBe(true);
});

test('who of two that have an address came first stays first, whatever changes of it', async () => {
  const { culprits } = await new Told()
    .set(5_000, 'veth:x/eth0', { IPV4: ['10.0.0.9/24', '10.0.0.254/24'] })
    .set(5_500, 'veth:r/lan', { Neighbors: [{ IP: '10.0.0.7', MAC: '02:00:00:00:00:07', State: ['NUD_STALE'] }] })
    .why(9_000, { good: BEGIN + 3_000 });
  expect(culprits[0]).toMatchObject({ kind: 'address.duplicated', element: { id: 'veth:x/eth0' } });
});

test('who is on the path and takes the address of another there is told as that', async () => {
  const { culprits } = await new Told()
    .set(5_000, 'veth:r/wan', { IPV4: ['10.0.1.1/24', '10.0.1.2/24'] })
    .why(9_000, { good: BEGIN + 3_000 });
  expect(culprits[0]).toMatchObject({ kind: 'address.duplicated', element: { id: 'veth:r/wan' } });
});

test('a MAC that is there twice is found without a word on when it worked', async () => {
  const { culprits } = await new Told().set(5_000, 'veth:x/eth0', { MAC: '02:00:00:00:00:02' }).why(9_000);
  expect(culprits[0]).toMatchObject({ kind: 'mac.duplicated', element: { id: 'veth:x/eth0' } });
});

test('times in which nobody was watching are told', async () => {
  const told = new Told().set(5_000, 'veth:a/eth0', withoutDefault).unwatched(4_000, 5_000);
  const { unwatched, notes } = await told.why(9_000, { good: BEGIN + 3_000 });
  expect(unwatched).toEqual([{ from: BEGIN + 4_000, to: BEGIN + 5_000 }]);
  expect(notes.join('; ')).toContain('nobody was watching from');
});

test('what is said of injections, captures and counters is never a culprit, even when it comes as the path breaks', async () => {
  const marks = { PacketInjections: [{ ID: '1' }], Captures: [{ ID: '2' }], Metric: { RxPackets: 7 } };
  const told = new Told()
    .set(4_999, 'veth:r/lan', marks)
    .at(
      5_000,
      { kind: 'set', id: 'veth:r/wan', set: marks },
      { kind: 'set', id: 'veth:a/eth0', set: { ...withoutDefault, ...marks } },
    );
  const { culprits } = await told.why(9_000);
  expect(culprits.map(({ key }) => key)).toEqual(['RoutingTables']);
});

test('ends that nobody knows are refused', async () => {
  await expect(new Told().why(9_000, { from: 'netns:nobody' })).rejects.toThrow('nobody');
});

test('what it worked by may have come and gone since the moments that are looked at', async () => {
  const told = new Told();
  const cable = [...told.graph.now().edges()].find(
    ({ parent, child }) => `${parent} ${child}` === 'veth:r/wan veth:b/eth0',
  );
  const wire = { RelationType: 'layer2', Type: 'veth' };
  told
    .at(1, { kind: 'gone', id: cable?.id ?? '' })
    .at(30_000, { kind: 'edge', id: 'spare', parent: 'veth:r/wan', child: 'veth:b/eth0', metadata: wire })
    .at(40_000, { kind: 'gone', id: 'spare' });
  const { culprits, goodBy } = await told.why(60_000);
  expect(goodBy).toBe('model');
  expect(culprits[0]).toMatchObject({ kind: 'link.removed', time: BEGIN + 40_000 });
});

test('of a chain that comes with its rules that rule is named which stops it', async () => {
  const table = { Family: 'ip', Table: 't' };
  const chain = { ...table, Type: 'nftchain', Name: 'forward', Hook: 'forward', Priority: 0, Policy: 'accept' };
  const rule = (Order: number, port: string) => {
    const Clauses = [{ Key: 'tcp dport', Op: '==', Values: [port] }, { Do: 'drop' }];
    return { ...table, Type: 'nftrule', Name: port, Chain: 'forward', Order, Text: `tcp dport ${port} drop`, Clauses };
  };
  const owns = (parent: string, child: string) =>
    ({ kind: 'edge', parent, child, metadata: { RelationType: 'ownership' } }) as const;
  const told = new Told()
    .set(2_000, 'netns:r', { Netfilter: { Tables: 0, Chains: 0, Rules: 0, Sets: 0 } })
    .at(
      5_000,
      { kind: 'node', id: 'r1', metadata: rule(1, '25') },
      { kind: 'node', id: 'r2', metadata: rule(2, '80') },
      { kind: 'node', id: 'c', metadata: chain },
      owns('c', 'r1'),
      owns('c', 'r2'),
      owns('netns:r', 'c'),
    );
  const { culprits } = await told.why(9_000);
  expect(culprits[0]?.text).toBe('nftables rule "tcp dport 80 drop" of chain forward (ip t) appeared in r');
  told.at(10_000, { kind: 'gone', id: 'c' }, { kind: 'gone', id: 'r1' }, { kind: 'gone', id: 'r2' });
  expect((await told.why(12_000)).culprits).toEqual([]);
});

test('the one of many changes of a moment at which it breaks is found among them', async () => {
  const ports = Array.from({ length: 100 }, (_, at) => ({ kind: 'set', id: `x${at}`, set: { MTU: 1400 } }) as const);
  const told = new Told();
  for (const { id } of ports)
    told.at(
      1,
      { kind: 'node', id, metadata: { Type: 'veth', Name: id, IfIndex: 50, MTU: 1500 } },
      { kind: 'edge', parent: 'netns:m', child: id, metadata: { RelationType: 'ownership' } },
    );
  told.at(5_000, ...ports.slice(0, 50), { kind: 'set', id: 'veth:p2', set: { LinkFlags: [] } }, ...ports.slice(50));
  const { culprits } = await told.why(9_000);
  expect(culprits[0]).toMatchObject({ kind: 'link.down', element: { id: 'veth:p2' } });
  expect(culprits[1]?.reasons[0]?.points ?? -10).toBe(-10);
});

test('what is about other packets is not accused, whenever it happened', async () => {
  const service = (Port: number) => ({ Protocol: 'TCP', Address: '0.0.0.0', Port });
  const told = new Told()
    .set(2_000, 'netns:b', { Services: [service(80), service(8080)] })
    .set(5_000, 'netns:b', { Services: [service(80)] })
    .set(5_100, 'veth:r/lan', {
      Neighbors: [{ IP: '10.0.0.77', MAC: '02:00:00:00:00:77', State: ['NUD_PERMANENT'], IfIndex: 2 }],
    });
  const { culprits, notes } = await told.why(9_000, { good: BEGIN + 3_000 });
  expect(culprits).toEqual([]);
  expect(notes.length).toBeGreaterThan(0);
});

test('an entry that was wrong for a moment is no culprit, though others of its list are new', async () => {
  const entry = (IP: string, end: string) => ({
    ...{ IP, MAC: `02:00:00:00:00:${end}`, State: ['NUD_REACHABLE'], IfIndex: 3 },
  });
  const told = new Told()
    .set(4_000, 'veth:r/wan', { Neighbors: [entry('10.0.1.2', '04')] })
    .set(5_000, 'veth:r/wan', { Neighbors: [entry('10.0.1.2', '99')] })
    .set(5_100, 'veth:b/eth0', { RoutingTables: tables('10.0.1.2', '10.0.1.0/24', 2) })
    .set(5_200, 'veth:r/wan', { Neighbors: [entry('10.0.1.2', '04'), entry('10.0.1.9', '09')] });
  const { culprits } = await told.why(9_000);
  expect(culprits[0]).toMatchObject({ kind: 'route.removed', element: { id: 'veth:b/eth0' } });
});

test('an address that is there twice on networks that nothing connects is no matter', async () => {
  const island = (name: string, address: string) => [
    { kind: 'node', id: `netns:${name}`, metadata: { Type: 'netns', Name: name } } as const,
    {
      ...({ kind: 'node', id: `veth:${name}` } as const),
      metadata: { Type: 'veth', Name: 'eth0', IfIndex: 2, MAC: '02:00:00:00:07:01', IPV4: [address] },
    },
    { kind: 'edge', parent: `netns:${name}`, child: `veth:${name}`, metadata: { RelationType: 'ownership' } } as const,
  ];
  const plugged = {
    kind: 'edge',
    parent: 'bridge:br0',
    child: 'veth:near',
    metadata: { RelationType: 'layer2' },
  } as const;
  const kinds = async (told: Told) => (await told.why(9_000, { good: BEGIN + 1_000 })).culprits.map(({ kind }) => kind);
  expect(await kinds(new Told().at(5_000, ...island('far', '10.0.0.254/24')))).toEqual([]);
  expect((await kinds(new Told().at(5_000, ...island('near', '10.0.0.254/24'), plugged)))[0]).toBe(
    'address.duplicated',
  );
});

test('a service is about packets by its namespace, protocol and port, also where that is translated', async () => {
  const service = (Protocol: string, Port: number) => ({ Protocol, Address: '0.0.0.0', Port });
  const told = () =>
    new Told()
      .set(2_000, 'netns:b', { Services: [service('TCP', 22), service('UDP', 80)] })
      .set(2_000, 'netns:m', { Services: [service('TCP', 80)] });
  const gone = (id: string, left: readonly object[]) => told().set(5_000, id, { Services: left as never });
  const good = { good: BEGIN + 3_000 };
  expect((await gone('netns:b', [service('TCP', 22)]).why(9_000, good)).culprits).toEqual([]);
  expect((await gone('netns:m', []).why(9_000, good)).culprits).toEqual([]);
  expect((await gone('netns:b', []).why(9_000, { ...good, protocol: 1, port: undefined })).culprits).toEqual([]);
});

test('what broke it hours before anybody asked is found, where it fails since', async () => {
  const HOUR = 3_600_000;
  const told = new Told().set(2 * HOUR, 'veth:a/eth0', withoutDefault).set(6 * HOUR, 'veth:r/wan', { Alias: 'uplink' });
  const { culprits, goodBy } = await told.why(7 * HOUR);
  expect(goodBy).toBe('model');
  expect(culprits[0]).toMatchObject({ kind: 'route.removed', time: BEGIN + 2 * HOUR });
  // Who says how far is not told of what was before.
  const near = await told.why(7 * HOUR, { since: BEGIN + 6 * HOUR });
  expect(near).toMatchObject({ goodBy: 'earliest', culprits: [] });
  // Where the path works the hour is enough.
  const well = new Told().set(2 * HOUR, 'veth:r/wan', { MTU: 1400 });
  expect((await well.why(7 * HOUR)).window.from).toBeGreaterThanOrEqual(BEGIN + 6 * HOUR);
});
