import { Mistake } from '../../../src/std/mistake.ts';
import { bridged, cable, host, lines, macOf, serving, walked } from './walked.ts';

const vlan = (id: number) => `,"Vlans":[{"ID":${id},"Flags":["PVID","UNTAGGED"]}]`;
const filtering = ',"Bridge":{"VlanFiltering":true}';

test('a frame is flooded where nothing is learned, and sent to one port where it is', () => {
  expect(lines(walked(bridged('', ''), { from: 'a', to: 'b' }).there)).toEqual([
    'netns:a start',
    'netns:a route',
    'veth:a/eth0 out',
    'veth:p1 in',
    'bridge:br0 bridge',
    'veth:p2 out',
    'veth:b/eth0 in',
    'netns:b deliver',
    'yes',
  ]);
  const learned = `,"FDB":[{"MAC":"${macOf('10.0.0.2')}","State":["NUD_REACHABLE"],"Flags":["NTF_MASTER"],"IfIndex":12}]`;
  const { there } = walked(bridged('', learned), { from: 'a', to: '10.0.0.2' });
  expect(there.hops.find(({ how }) => how.kind === 'bridge')?.how.fdb).toEqual({
    mac: macOf('10.0.0.2'),
    state: 'learned',
  });
});

test('ports of a filtering bridge pass frames of one VLAN alone', () => {
  expect(walked(bridged(vlan(5), vlan(5), filtering), { from: 'a', to: 'b' }).there.reaches).toBe('yes');
  const { there } = walked(bridged(vlan(5), vlan(6), filtering), { from: 'a', to: 'b' });
  expect(there).toMatchObject({
    reaches: 'no',
    code: 'vlan',
    reason: 'VLAN 5 is not on port p2 of br0',
    at: { id: 'veth:p2' },
  });
});

test('a blocked port stops what is behind it', () => {
  const { there } = walked(bridged('', ',"BridgePort":{"State":"BLOCKING"}'), { from: 'a', to: 'b' });
  expect(there).toMatchObject({ reaches: 'no', code: 'stp' });
});

test('a locked port takes frames of those alone that are known to be behind it', () => {
  const locked = ',"BridgePort":{"State":"FORWARDING","Locked":true}';
  expect(walked(bridged(locked, ''), { from: 'a', to: 'b' }).there).toMatchObject({
    reaches: 'no',
    code: 'locked',
    reason: `port p1 of br0 is locked, and ${macOf('10.0.0.1')} is not known to be behind it`,
  });
  const known = `,"FDB":[{"MAC":"${macOf('10.0.0.1')}","State":["NUD_NOARP"],"Flags":["NTF_MASTER"],"IfIndex":11}]`;
  expect(walked(bridged(locked + known, ''), { from: 'a', to: 'b' }).there.reaches).toBe('yes');
});

test('an interface that hears all may have a program behind it', () => {
  const graph = `${host('a', '10.0.0.1')}
    netns:m -ownership-> veth:m/r {"Name":"r","IfIndex":3,"MAC":"02:00:00:00:00:77","LinkFlags":["UP","PROMISC"]}
    ${host('b', '10.0.0.2')}
    ${cable('a', 'veth:m/r')} {"Name":"r"}`;
  expect(walked(graph, { from: 'a', to: 'b' }).there).toMatchObject({ reaches: 'unknown', code: 'program' });
});

test('a neighbour who moved is told by the address that nobody has', () => {
  const stale = { Neighbors: [{ IP: '10.0.0.2', MAC: '02:00:00:00:00:99', State: ['NUD_STALE'], IfIndex: 2 }] };
  const graph = bridged('', '').replace(host('a', '10.0.0.1'), host('a', '10.0.0.1', stale));
  expect(walked(graph, { from: 'a', to: 'b' }).there).toMatchObject({ reaches: 'no' });
});

test.each([
  ['a bridge', bridged('', ''), 'bridged'],
  ['a switch', '', 'switched'],
])('%s floods what a wrong neighbour entry names: nobody has that MAC, whatever else is down', (_, graph, kind) => {
  const wrong = {
    Neighbors: [{ IP: '10.0.0.2', MAC: '02:00:00:00:00:99', State: ['NUD_PERMANENT'], IfIndex: 2 }],
  };
  const beside = '{"Name":"x","IfIndex":20,"MasterIndex":9,"OfPort":7,"LinkFlags":["BROADCAST"]}';
  const more =
    kind === 'switched'
      ? `ovsbridge:s -layer2-> ovsport:p7
         ovsport:p7 -layer2-> veth:x ${beside}
         ${localPort}`
      : `netns:m -ownership-> veth:x ${beside}
         bridge:br0 -layer2-> veth:x`;
  const third = `${host('c', '10.0.0.3')}\n${more}\n${cable('c', 'veth:x')}`;
  const base = kind === 'switched' ? switched(['0 1 * NORMAL'], third) : `${graph}\n${third}`;
  const { there } = walked(base.replace(host('a', '10.0.0.1'), host('a', '10.0.0.1', wrong)), { from: 'a', to: 'b' });
  expect(there).toMatchObject({ reaches: 'no', reason: expect.stringContaining('02:00:00:00:00:99') });
  expect(['nobody', 'not-for-it']).toContain(there.code);
});

/** As it is of most switches: nobody has given it an address. */
const localPort = `ovsbridge:s -layer2-> ovsport:br {"Name":"s"}
  ovsport:br -layer2-> internal:br {"Name":"s","OfPort":65534,"IfIndex":9,"MAC":"02:00:00:00:00:09","LinkFlags":["BROADCAST"]}`;

test.each(['NORMAL', 'FLOOD', 'ALL'])('%s: a switch whose own port is down stops nothing by that', (action) => {
  const silent = switched([`0 1 * ${action}`], localPort).replace(cable('b', 'veth:v2'), '');
  const { there } = walked(silent, { from: 'a', to: '10.0.0.2' });
  expect(there.reason ?? '').not.toMatch(/is down/);
  expect(walked(switched([`0 1 * ${action}`], localPort), { from: 'a', to: 'b' }).there.reaches).toBe('yes');
});

test('a switch whose own port is meant, and is down, stops there', () => {
  const own = localPort.replace('"MAC"', '"IPV4":["10.0.0.9/24"],"MAC"');
  const { there } = walked(`${switched(['0 1 * NORMAL'], own)}\nnetns:o -ownership-> internal:br`, {
    from: 'a',
    to: '10.0.0.9',
  });
  expect(there).toMatchObject({ reaches: 'no', code: 'down', reason: 'br is down' });
});

test('a neighbour who did not answer is told, and the way all the same', () => {
  const failed = { Neighbors: [{ IP: '10.0.0.2', State: ['NUD_FAILED'], IfIndex: 2 }] };
  const graph = bridged('', '').replace(host('a', '10.0.0.1'), host('a', '10.0.0.1', failed));
  const { there } = walked(graph, { from: 'a', to: 'b' });
  expect(there.reaches).toBe('yes');
  expect(there.hops.flatMap(({ issues }) => issues)).toEqual([
    { code: 'neighbour', text: 'nobody answered who has 10.0.0.2 (NUD_FAILED)', weight: 'warns' },
  ]);
});

test('two routers that point at each other are a loop', () => {
  const to = (gateway: string) => ({
    RoutingTables: [
      {
        ID: 254,
        Routes: [
          { Prefix: '10.0.0.0/24', NextHops: [{ IfIndex: 2, Priority: 0 }] },
          { Prefix: '0.0.0.0/0', NextHops: [{ IP: gateway, IfIndex: 2, Priority: 0 }] },
        ],
      },
    ],
  });
  const graph = `
    ${host('a', '10.0.0.1', to('10.0.0.2'))}
    ${host('b', '10.0.0.2', to('10.0.0.1'))}
    ${cable('a', 'veth:b/eth0')}`;
  const { there } = walked(graph, { from: 'a', to: '192.0.2.9' });
  expect(there).toMatchObject({ reaches: 'no', code: 'loop' });
  expect(there.reason).toMatch(/goes round until its TTL is used up/);
});

test('what leaves by a device is told to leave, and nothing of beyond', () => {
  const graph = host('a', '10.0.0.1').replace('veth:a', 'device:a');
  const { there } = walked(graph, { from: 'a', to: '10.0.0.77' });
  expect(there).toMatchObject({
    reaches: 'unknown',
    code: 'leaves',
    reason: 'it leaves what the graph knows by eth0, for 10.0.0.77',
  });
});

test('an address in two namespaces is not the one that was meant', () => {
  const graph = `${bridged('', '')}\n${host('c', '10.0.0.2')}`;
  expect(walked(graph, { from: 'a', to: 'b' }).there.reaches).toBe('yes');
  expect(walked(graph, { from: 'a', to: 'netns:c' }).there).toMatchObject({ reaches: 'no', code: 'elsewhere' });
});

test('containers, processes and services are ends by what owns them', () => {
  const graph = `${bridged('', '')}
    netns:b -ownership-> container:web
    netns:b {"Services":[{"Protocol":"TCP","Address":"0.0.0.0","Port":80,"Process":"/usr/sbin/nginx","Pid":77}]}`;
  expect(lines(walked(graph, { from: 'netns:a', to: 'container:web' }).there).slice(-3)).toEqual([
    'netns:b deliver',
    'container:web deliver',
    'yes',
  ]);
  expect(walked(graph, { from: 'a', to: 'process:nginx' }).packet).toMatchObject({
    protocol: 6,
    destinationPort: 80,
    destination: '10.0.0.2',
  });
  expect(walked(graph, { from: 'pid:77', to: 'a' }).there.reaches).toBe('yes');
});

test('where nobody listens at the port is told, and where somebody does is not', () => {
  const graph = `${bridged('', '')}
    netns:b {"Services":[{"Protocol":"TCP","Address":"::","Port":80},{"Protocol":"TCP","Address":"127.0.0.1","Port":81}]}`;
  const told = (protocol: 'tcp' | 'udp', port: number) => {
    const { there } = walked(graph, { from: 'a', to: 'b', protocol: protocol === 'tcp' ? 6 : 17, port });
    return [there.reaches, ...there.hops.flatMap(({ issues }) => issues.map(({ text }) => text))];
  };
  expect(told('tcp', 80)).toEqual(['yes']);
  expect(told('tcp', 81)).toEqual(['yes', 'nobody listens at TCP port 81 of b']);
  expect(told('udp', 80)).toEqual(['yes', 'nobody listens at UDP port 80 of b']);
});

test('where no services are known it is taken for granted that there is one', () => {
  const tcp = { from: 'a', to: 'b', protocol: 6, port: 80 };
  expect(walked(bridged('', ''), tcp).there).toMatchObject({
    reaches: 'yes',
    assumed: ['somebody listens at TCP port 80 of b, of which no services are known'],
  });
  expect(walked(`${bridged('', '')}\n${serving('b', 80)}`, tcp).there.assumed).toEqual([]);
  expect(walked(bridged('', ''), { ...tcp, protocol: 1 }).there.assumed).toEqual([]);
});

test('that nothing takes a connection elsewhere where they are tracked is assumed, and said', () => {
  const graph = `${bridged('', '')}\n netns:b {"Conntrack":{"Max":1000}}`;
  expect(walked(graph, { from: 'a', to: 'b' }).there).toMatchObject({
    reaches: 'yes',
    assumed: ['b tracks connections, and no filter or NAT of it takes this one elsewhere'],
  });
  expect(walked(graph, { from: 'b', to: 'a' }).there.assumed).toEqual([]);
});

test.each([
  ['x', 'b', 'nothing is called "x"', /skein get nodes/],
  ['a', 'br1', 'nothing is called "br1"', /did you mean br0\?/],
  ['eth0', 'b', '2 nodes are meant by "eth0"', /a\/eth0 \(veth, id veth:a\/eth0\), b\/eth0/],
  ['pid:5', 'b', 'nothing is called "pid:5"', /known by their sockets/],
  [
    '9.9.9.9',
    'b',
    'nobody in the graph has 9.9.9.9, and where its packets come in is not known: answers to it do not leave: b has no route to 9.9.9.9',
    /begins at something that is watched/,
  ],
  ['a', 'm', 'm has no address that a packet could be sent to', /name an address/],
  ['a', 'fd00::1', '', /^$/],
])('from %s to %s: %s', (from, to, message, hint) => {
  let fault: { readonly message: string; readonly hint?: string } = { message: '' };
  try {
    walked(bridged('', ''), { from, to });
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    fault = error.faults[0] as typeof fault;
  }
  expect(fault.message).toBe(message);
  expect(fault.hint ?? '').toMatch(hint);
});

test('of several that have an address it begins at the one whose packets pass where they were seen', () => {
  const graph = `${bridged('', '')}
    ${host('twin', '10.0.0.1')}
    ${host('far', '10.0.0.1')}
    veth:a/eth0 {"Name":"eth0","TID":"tid-a"}
    veth:b/eth0 {"Name":"eth0","TID":"tid-b"}
    veth:far/eth0 {"Name":"eth0","TID":"tid-far"}`;
  const from = (...seenAt: string[]) => walked(graph, { from: '10.0.0.1', to: '10.0.0.2', seenAt }).from.namespace?.id;
  expect(from('tid-a')).toBe('netns:a');
  expect(from('tid-b')).toBe('netns:a');
  expect(from('tid-far')).toBe('netns:far');
  expect(from('tid-b', 'unknown')).toBe('netns:a');
  expect(() => from()).toThrow('3 nodes are meant by "10.0.0.1"');
  expect(() => from('unknown')).toThrow('3 nodes are meant by "10.0.0.1"');
  expect(() => from('tid-a', 'tid-far')).toThrow('3 nodes are meant by "10.0.0.1"');
});

test('a graph that is too large for its bound is a mistake, and not a wait', () => {
  expect(() => walked(bridged('', ''), { from: 'a', to: 'b' }, { items: 10 })).toThrow(/limit items/);
});

/** Two hosts on the ports 1 and 2 of a switch with these rules. */
function switched(rules: readonly string[], more = '', tag1 = '', tag2 = ''): string {
  const nodes = rules.map((rule, at) => {
    const [table, priority, match = '', actions = ''] = rule.split(' ');
    const metadata = {
      Table: Number(table),
      Priority: Number(priority),
      Match: match === '*' ? '' : match,
      ActionsText: actions,
    };
    return `ovsbridge:s -ownership-> ofrule:r${at} ${JSON.stringify(metadata)}`;
  });
  return `
    ${host('a', '10.0.0.1')}
    ${host('b', '10.0.0.2')}
    ovsbridge:s -layer2-> ovsport:p1 {"Name":"p1"${tag1}}
    ovsbridge:s -layer2-> ovsport:p2 {"Name":"p2"${tag2}}
    ovsport:p1 -layer2-> veth:v1 {"OfPort":1,"IfIndex":5,"Ovs":{"Type":"system"}}
    ovsport:p2 -layer2-> veth:v2 {"OfPort":2,"IfIndex":6,"Ovs":{"Type":"system"}}
    ${cable('a', 'veth:v1')}
    ${cable('b', 'veth:v2')}
    ${nodes.join('\n')}
    ${more}`;
}

const group = (type: string, ...ports: readonly number[]) =>
  `ovsbridge:s -ownership-> ofgroup:g ${JSON.stringify({
    GroupId: 7,
    GroupType: type,
    Buckets: ports.map((Port) => ({ Weight: 1, WatchPort: Port, Actions: [{ Type: 'output', Arguments: { Port } }] })),
  })}`;

test.each<[string, readonly string[], string, string]>([
  ['a rule that sends it', ['0 1 ip output:2'], '', 'yes'],
  ['a rule that drops it', ['0 1 * NORMAL', '0 9 icmp drop'], '', 'no: s drops it after table 0, priority 9'],
  ['no rule', ['0 9 arp NORMAL'], '', 'no: s drops it: no rule of table 0 matches'],
  ['connections', ['0 1 ct_state=-trk ct(table=1)', '1 1 ct_state=+trk+new output:2'], '', 'yes'],
  ['a port that is not there', ['0 1 * output:9'], '', 'no: s has no port 9'],
  [
    'the controller',
    ['0 1 * CONTROLLER:65535'],
    '',
    'unknown: s hands it to its controller, which may do with it what it likes',
  ],
  ['an action nobody knows', ['0 1 * frobnicate'], '', 'unknown: s: what frobnicate does is not known here'],
  ['a group of all', ['0 1 * group:7'], group('all', 2), 'yes'],
  ['the first bucket that lives', ['0 1 * group:7'], group('ff', 8, 2), 'yes'],
  ['no rules at all', [], '', 'unknown: the OpenFlow rules of s are not in the graph: taken as NORMAL'],
])('in a switch: %s', (_, rules, more, end) => {
  const found = walked(switched(rules, more), { from: 'a', to: 'b' });
  expect(lines(found.there).at(-1)).toBe(end);
});

test('a hash that may choose a bucket which leads nowhere makes it unknown', () => {
  const { there } = walked(switched(['0 1 * group:7'], group('select', 9, 2)), { from: 'a', to: 'b' });
  expect(there).toMatchObject({ reaches: 'unknown', code: 'bucket' });
});

test('which rule is taken may depend on a port that nobody said', () => {
  const rules = ['0 9 tcp,tp_src=4000 drop', '0 1 * output:2'];
  const asked = { from: 'a', to: 'b', protocol: 6, port: 80 };
  expect(walked(switched(rules), asked).there).toMatchObject({ reaches: 'unknown', code: 'openflow' });
  expect(walked(switched(rules), { ...asked, sourcePort: 4000 }).there.reaches).toBe('no');
  expect(walked(switched(rules), { ...asked, sourcePort: 4001 }).there.reaches).toBe('yes');
});

test('that the state of a connection was taken for granted is said', () => {
  const rules = ['0 1 ct_state=-trk ct(table=1)', '1 1 ct_state=+trk+new output:2'];
  expect(walked(switched(rules), { from: 'a', to: 'b' }).there.assumed).toEqual([
    'depends on connection state: taken as the first packet of a connection',
  ]);
});

test('NORMAL heeds the VLANs of ports', () => {
  const rules = ['0 1 * NORMAL'];
  expect(walked(switched(rules, '', ',"Tag":5', ',"Tag":5'), { from: 'a', to: 'b' }).there.reaches).toBe('yes');
  expect(walked(switched(rules, '', ',"Tag":5', ',"Tag":6'), { from: 'a', to: 'b' }).there).toMatchObject({
    reaches: 'no',
    code: 'vlan',
    reason: '10.0.0.2 is behind port p2 of s, where VLAN 5 does not go',
  });
});

test('where the outside of a tunnel is not known all the way, its other end is, and that is said', () => {
  const end = (own: string, other: string) =>
    JSON.stringify({
      ...{
        IfIndex: 3,
        MAC: macOf(own.replace('192.0.2', '10.0.0')),
        IPV4: [`${own.replace('192.0.2', '10.9.0')}/24`],
        MTU: 1450,
      },
      Vxlan: { VNI: 7, Local: own, Remote: other, Port: 4789 },
      RoutingTables: [{ ID: 254, Routes: [{ Prefix: '10.9.0.0/24', NextHops: [{ IfIndex: 3, Priority: 0 }] }] }],
    });
  const graph = `
    ${host('a', '192.0.2.1').replace('veth:', 'device:')}
    ${host('b', '192.0.2.2').replace('veth:', 'device:')}
    netns:a -ownership-> vxlan:x1 ${end('192.0.2.1', '192.0.2.2')}
    netns:b -ownership-> vxlan:x2 ${end('192.0.2.2', '192.0.2.1')}`;
  const asked = { from: 'a', to: '10.9.0.2' };
  expect(walked(graph, asked).there).toMatchObject({ reaches: 'unknown', code: 'leaves' });
  const { there } = walked(`${graph}\nvxlan:x1 -layer2{"Type":"tunnel"}-> vxlan:x2`, asked);
  expect(there).toMatchObject({ reaches: 'yes', mtu: 1450 });
  expect(there.assumed[0]).toMatch(/^what lies between 192\.0\.2\.1 and 192\.0\.2\.2 passes it on/);
});

test('a route that wraps what it takes is not followed', () => {
  const wrapping = {
    RoutingTables: [
      {
        ID: 254,
        Routes: [{ Prefix: '10.0.0.0/24', Encap: 'mpls', NextHops: [{ IfIndex: 2, Priority: 0, Encap: 'mpls' }] }],
      },
    ],
  };
  const graph = bridged('', '').replace(host('a', '10.0.0.1'), host('a', '10.0.0.1', wrapping));
  expect(walked(graph, { from: 'a', to: 'b' }).there).toMatchObject({ reaches: 'unknown', code: 'encap' });
});

/** A chain of the family bridge in `m`, with rules as their clauses. */
function bridgeChain(hook: string, ...rules: readonly (readonly object[])[]): string {
  const chain = { Family: 'bridge', Table: 't', Name: 'c', Hook: hook, Priority: 0, Policy: 'accept' };
  return [
    '\n    netns:m {"Netfilter":{"Tables":1,"Chains":1,"Rules":1,"Sets":0}}',
    `netns:m -ownership-> nftchain:c ${JSON.stringify(chain)}`,
    ...rules.map((clauses, at) => {
      const rule = { Family: 'bridge', Table: 't', Chain: 'c', Order: at, Text: `rule ${at}`, Clauses: clauses };
      return `nftchain:c -ownership-> nftrule:c-${at} ${JSON.stringify(rule)}`;
    }),
  ].join('\n');
}

const drop = { Do: 'drop' };
const asks = (Key: string, value: string) => ({ Key, Op: '==', Values: [value] });

test('chains of the family bridge see frames by their ports, addresses and what is in them', () => {
  const graph = `${bridged('', '')}\n${serving('b', 80)}`;
  const ended = (rules: string) => walked(graph + rules, { from: 'a', to: 'b', protocol: 6, port: 80 }).there;
  const stopped = { reaches: 'no', code: 'filtered', reason: 'm: dropped by rule "rule 0" of chain c, table bridge t' };
  const mac = macOf('10.0.0.1');
  for (const conditions of [
    [asks('tcp dport', '80')],
    [asks('iifname', 'p1'), asks('oifname', 'p2')],
    [asks('meta ibrname', 'br0')],
    [asks('ether saddr', mac), asks('ether type', 'ip')],
  ])
    expect(ended(bridgeChain('forward', [...conditions, drop]))).toMatchObject(stopped);
  expect(ended(bridgeChain('forward', [asks('tcp dport', '81'), drop]))).toMatchObject({ reaches: 'yes', assumed: [] });
  for (const hook of ['prerouting', 'postrouting'])
    expect(ended(bridgeChain(hook, [asks('ip daddr', '10.0.0.2'), drop]))).toMatchObject(stopped);
  // What is passed from port to port is nobody's input.
  for (const hook of ['input', 'output'])
    expect(ended(bridgeChain(hook, [drop]))).toMatchObject({ reaches: 'yes', assumed: [] });
});

test('an answer is let through by a bridge that saw what it answers', () => {
  const way = (rules: string) => walked(bridged('', '') + rules, { from: 'a', to: 'b', isBoth: true });
  const fresh = bridgeChain(
    'forward',
    [asks('ct state', 'established'), { Do: 'accept' }],
    [asks('iifname', 'p2'), drop],
  );
  expect(way(fresh)).toMatchObject({ there: { reaches: 'yes' }, back: { reaches: 'yes' } });
  expect(way(bridgeChain('forward', [asks('iifname', 'p2'), drop]))).toMatchObject({
    there: { reaches: 'yes' },
    back: { reaches: 'no', code: 'filtered' },
  });
});

test('chains at a device see what comes in and goes out by it alone', () => {
  const ended = (hook: string, devices: readonly string[]) => {
    const facts = {
      Family: 'netdev',
      Table: 't',
      Name: 'd',
      Hook: hook,
      Priority: 0,
      Policy: 'drop',
      Devices: devices,
    };
    const rules = `
      netns:b {"Netfilter":{"Tables":1,"Chains":1,"Rules":0,"Sets":0}}
      netns:b -ownership-> nftchain:d ${JSON.stringify(facts)}`;
    const { there, back } = walked(bridged('', '') + rules, { from: 'a', to: 'b', isBoth: true });
    return [there.code ?? there.reaches, back?.code ?? back?.reaches];
  };
  expect(ended('ingress', ['eth0'])[0]).toBe('filtered');
  expect(ended('egress', ['eth0'])).toEqual(['yes', 'filtered']);
  expect(ended('ingress', ['eth1'])).toEqual(['yes', 'yes']);
});

test('what is for oneself goes over loopback, if that is up', () => {
  const local = (up: string) => `
    ${host('a', '10.0.0.1')}
    netns:a -ownership-> device:a/lo {"Name":"lo","IfIndex":1,"LinkFlags":[${up}"LOOPBACK"]}`;
  const { there } = walked(local(''), { from: 'a', to: '10.0.0.1' });
  expect(there).toMatchObject({ reaches: 'no', code: 'down', reason: 'lo is down', at: { id: 'device:a/lo' } });
  expect(walked(local('"UP",'), { from: 'a', to: '10.0.0.1' }).there.reaches).toBe('yes');
});

test('a link on which nobody is asked sends frames to itself, unless a neighbour was written down', () => {
  const mute = { LinkFlags: ['UP', 'NOARP'] };
  const graph = (more: Readonly<Record<string, unknown>>) =>
    bridged('', '').replace(host('a', '10.0.0.1'), host('a', '10.0.0.1', more));
  const { there } = walked(graph(mute), { from: 'a', to: 'b' });
  expect(there.reaches).toBe('no');
  expect(there.hops.flatMap(({ issues }) => issues.map(({ text }) => text))).toContain(
    `eth0 asks nobody who has 10.0.0.2 (arp off): what it sends has its own address, ${macOf('10.0.0.1')}`,
  );
  const written = [{ IP: '10.0.0.2', MAC: macOf('10.0.0.2'), State: ['NUD_PERMANENT'], IfIndex: 2 }];
  expect(walked(graph({ ...mute, Neighbors: written }), { from: 'a', to: 'b' }).there.reaches).toBe('yes');
});
