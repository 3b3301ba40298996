/** Paths of packets that come from where nobody watches. */
import { cable, host, lines, walked } from './walked.ts';

const net = (Prefix: string, IfIndex: number) => ({ Protocol: 2, Prefix, NextHops: [{ Priority: 0, IfIndex }] });
const by = (IP: string, IfIndex: number) => ({ Prefix: '0.0.0.0/0', NextHops: [{ Priority: 0, IP, IfIndex }] });
const table = (...Routes: object[]) => ({ RoutingTables: [{ ID: 254, Routes }] });

/** The router `r`, with `b` behind it, and with `wan`, of which the graph knows no other end. */
function edge(rules: readonly string[] = [], wan: object = {}, router: object = {}): string {
  const up = { LinkFlags: ['UP'], MTU: 1500 };
  const netfilter = rules.length > 0 ? { Netfilter: { Tables: 1, Chains: 1, Rules: 1, Sets: 0 } } : {};
  return `
    ${host('b', '10.0.0.2', table(net('10.0.0.0/24', 2), by('10.0.0.1', 2)))}
    netns:r ${JSON.stringify({ Forwarding: { IPV4: true }, ...netfilter, ...router })}
    netns:r -ownership-> veth:r/lan ${JSON.stringify({ Name: 'lan', IfIndex: 3, MAC: '02:00:00:00:01:03', ...up, IPV4: ['10.0.0.1/24'], ...table(net('10.0.0.0/24', 3)) })}
    netns:r -ownership-> device:r/wan ${JSON.stringify({ Name: 'wan', IfIndex: 4, MAC: '02:00:00:00:01:04', ...up, IPV4: ['198.51.100.2/24'], ...table(net('198.51.100.0/24', 4), by('198.51.100.1', 4)), ...wan })}
    ${cable('b', 'veth:r/lan')}
    ${rules.join('\n')}`;
}

const rule = (hook: object, ...rules: readonly (readonly object[])[]) => [
  `netns:r -ownership-> nftchain:c ${JSON.stringify({ Name: 'c', Family: 'ip', Table: 't', Priority: 0, ChainType: 'filter', Policy: 'accept', ...hook })}`,
  ...rules.map(
    (clauses, at) =>
      `nftchain:c -ownership-> nftrule:c-${at + 1} ${JSON.stringify({ Family: 'ip', Table: 't', Chain: 'c', Order: at + 1, Text: `rule ${at + 1}`, Clauses: clauses })}`,
  ),
];
const port = (value: string) => ({ Key: 'tcp dport', Op: '==', Values: [value] });
const question = { from: '203.0.113.9', to: '10.0.0.2', protocol: 6, port: 80, isBoth: true };

test('they come in where answers go out, and so do the answers', () => {
  const { there, back, packet } = walked(edge(), question);
  expect(packet).toMatchObject({ source: '203.0.113.9', destination: '10.0.0.2' });
  expect(lines(there)).toEqual([
    ...['device:r/wan in', 'netns:r route', 'veth:r/lan out', 'veth:b/eth0 in', 'netns:b deliver'],
    'yes',
  ]);
  expect(there.assumed).toContain('packets of 203.0.113.9 come in by wan, where answers to them go out');
  expect(back?.reaches).toBe('yes');
  expect(back?.hops.at(-1)).toMatchObject({ node: { id: 'device:r/wan' } });
  expect(back?.assumed).toContain('from wan, where packets came in, it finds its way');
});

test('filters look at what comes in, and do not hide where it does', () => {
  const only = (value: string) => rule({ Hook: 'forward', Policy: 'drop' }, [port(value), { Do: 'accept' }]);
  expect(walked(edge(only('81')), question).there).toMatchObject({ reaches: 'no', code: 'filtered' });
  const { there, back } = walked(edge(only('80')), question);
  expect(there.reaches).toBe('yes');
  // The answer is one of a connection that nobody lets back.
  expect(back).toMatchObject({ reaches: 'no', code: 'filtered', at: { id: 'netns:r' } });
});

test('what is sent to the router is translated, and its answer back', () => {
  const nat = { Hook: 'prerouting', ChainType: 'nat', Priority: -100 };
  const rules = rule(nat, [port('80'), { Do: 'dnat', Address: '10.0.0.2' }]);
  const { there, back } = walked(edge(rules), { ...question, to: '198.51.100.2' });
  expect(there).toMatchObject({ reaches: 'yes' });
  expect(lines(there).at(-2)).toBe('netns:b deliver');
  expect(back?.reaches).toBe('yes');
  expect(back?.hops.find(({ how }) => how.kind === 'nat')?.how.nat).toMatchObject({ isBack: true });
  // It begins where the packet came to, and not where it was sent to.
  expect(back && lines(back)[0]).toBe('netns:b route');
});

test('a port of a bridge, or of a VLAN, is an entrance too', () => {
  const bridged = `${edge([], { IPV4: [], RoutingTables: [], MasterIndex: 9 })}
    netns:r -ownership-> bridge:br0 ${JSON.stringify({ Name: 'br0', IfIndex: 9, MAC: '02:00:00:00:01:09', LinkFlags: ['UP'], IPV4: ['198.51.100.2/24'], ...table(net('198.51.100.0/24', 9), by('198.51.100.1', 9)) })}
    bridge:br0 -layer2-> device:r/wan`;
  expect(lines(walked(bridged, question).there).slice(0, 3)).toEqual([
    'device:r/wan in',
    'bridge:br0 bridge',
    'netns:r route',
  ]);
  const tagged = `${edge([], { IPV4: [], RoutingTables: [] })}
    netns:r -ownership-> vlan:r/v ${JSON.stringify({ Name: 'v', Vlan: 5, IfIndex: 9, MAC: '02:00:00:00:01:04', LinkFlags: ['UP'], IPV4: ['198.51.100.2/24'], ...table(net('198.51.100.0/24', 9), by('198.51.100.1', 9)) })}
    device:r/wan -layer2{"Type":"vlan"}-> vlan:r/v`;
  expect(lines(walked(tagged, question).there).slice(0, 3)).toEqual([
    'device:r/wan in',
    'vlan:r/v in',
    'netns:r route',
  ]);
});

test('what comes from a virtual machine, or a VPN, comes in by its device', () => {
  const vpn = { EncapType: 'none', LinkFlags: ['UP', 'NOARP'], MAC: '' };
  const { there, back } = walked(edge([], vpn).replaceAll('device:r/wan', 'wireguard:r/wan'), question);
  expect(lines(there)[0]).toBe('wireguard:r/wan in');
  expect([there.reaches, back?.reaches]).toEqual(['yes', 'yes']);
  const machine = walked(edge().replaceAll('device:r/wan', 'tap:r/wan'), question);
  expect([machine.there.reaches, machine.back?.reaches]).toEqual(['yes', 'yes']);
});

test('where it comes in is told beforehand, and is as good when answers would not find out', () => {
  const { entrance } = walked(edge(), question);
  expect(entrance).toEqual({ by: 'device:r/wan', target: '198.51.100.2', hasMacs: true, tags: [] });
  const closed = edge([], {}, { Forwarding: { IPV4: false } });
  expect(() => walked(closed, question)).toThrow(
    'nobody in the graph has 203.0.113.9, and where its packets come in is not known: answers to it do not leave: r does not forward IPv4',
  );
  expect(walked(closed, { ...question, entrance }).there).toMatchObject({ reaches: 'no', code: 'no-forwarding' });
  expect(walked(edge([], { LinkFlags: [] }), { ...question, entrance }).there).toMatchObject({
    reaches: 'no',
    code: 'down',
  });
  // Whoever stands before it finds nobody there any more.
  expect(walked(edge([], { IPV4: [] }), { ...question, entrance }).there).toMatchObject({ reaches: 'no' });
  const gone = edge().replace(/netns:r -ownership-> device:r\/wan .*\n/, '');
  expect(walked(gone, { ...question, entrance }).there).toMatchObject({ reaches: 'no', code: 'entrance' });
});

test('answers that leave by another way than packets come in are not known to get there', () => {
  const { entrance } = walked(edge(), question);
  const other = `${edge([], table(net('198.51.100.0/24', 4)))}
    netns:r -ownership-> device:r/two ${JSON.stringify({ Name: 'two', IfIndex: 5, MAC: '02:00:00:00:01:05', LinkFlags: ['UP'], IPV4: ['192.0.2.2/24'], ...table(net('192.0.2.0/24', 5), by('192.0.2.1', 5)) })}`;
  const { there, back } = walked(other, { ...question, entrance });
  expect(there.reaches).toBe('yes');
  expect(back).toMatchObject({ reaches: 'unknown', code: 'leaves', at: { id: 'device:r/two' } });
});

test('of several that have the destination it has to be said which', () => {
  const two = `${edge()}
    netns:s -ownership-> device:s/wan ${JSON.stringify({ Name: 'wan', IfIndex: 2, MAC: '02:00:00:00:02:04', IPV4: ['10.0.0.2/24'], ...table(net('10.0.0.0/24', 2), by('10.0.0.1', 2)) })}
    device:r/wan {"TID":"seen"}`;
  expect(() => walked(two, question)).toThrow('2 nodes are meant by "10.0.0.2"');
  expect(walked(two, { ...question, to: 'netns:b' }).entrance?.by).toBe('device:r/wan');
  expect(walked(two, { ...question, seenAt: ['seen'] }).entrance?.by).toBe('device:r/wan');
});

test('a destination that nobody has either is told', () => {
  expect(() => walked(edge(), { ...question, to: '10.9.9.9' })).toThrow(/nobody in the graph has 10.9.9.9 either/);
});
