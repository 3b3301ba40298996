/** Rules of nftables and of iptables in a namespace of our own, and what the graph says of them. Needs root. */
import { execFileSync } from 'node:child_process';
import type { GraphNode } from '../../src/graph/element.ts';
import { openDoor } from '../../src/native/index.ts';
import { netnsId } from '../../src/probes/identity.ts';
import { netfilter } from '../../src/probes/netfilter/index.ts';
import type { Probe } from '../../src/probes/probe.ts';
import { eventually } from '../eventually.ts';
import { type Running, runProbe, self } from '../probes/context.ts';
import { TestNetns } from './native_netns.ts';

let netns: TestNetns;
let running: Running;
let id: string;

beforeEach(async () => {
  netns = new TestNetns();
  running = runProbe(netfilter as Probe, { door: openDoor(), options: { pollMs: 50 } });
  id = netnsId(self.name, self.bootId, 1n);
  running.graph.apply([{ kind: 'node', id, metadata: { Type: 'netns', Name: netns.name }, owns: new Set() }], {
    ...{ host: self.name, origin: 'agent.h', time: 1 },
  });
  running.namespaces.add({ nodeId: id, tid: '', path: netns.path, cookie: 1n, name: netns.name });
  await running.ready;
});

afterEach(async () => {
  await running.stop();
  netns[Symbol.dispose]();
});

function nft(script: string): void {
  execFileSync('ip', ['netns', 'exec', netns.name, 'nft', '-f', '-'], { input: script });
}

function inside(...command: string[]): string {
  return execFileSync('ip', ['netns', 'exec', netns.name, ...command], { encoding: 'utf8' });
}

function all(type: string): readonly GraphNode[] {
  return [...(running.graph.now().nodesWith('Type', type) ?? [])];
}

/** Rules in their order, chain for chain: their text, and comment as nft writes it. */
function told(): string[] {
  return all('nftchain').flatMap(({ metadata: { Table, Name } }) =>
    all('nftrule')
      .filter(({ metadata }) => metadata.Table === Table && metadata.Chain === Name)
      .sort((one, other) => Number(one.metadata.Order) - Number(other.metadata.Order))
      .map(({ metadata: { Text, Comment } }) => `${Text}${Comment === undefined ? '' : ` comment "${Comment}"`}`),
  );
}

/** The same as nft says it. */
function listed(): string[] {
  const lines = inside('nft', '-s', '-a', 'list', 'ruleset').split('\n');
  return lines.flatMap((line) => {
    const [, text] = /^\t\t(?!type)(.+) # handle \d+$/.exec(line) ?? [];
    return text === undefined ? [] : [text];
  });
}

/** As one table, so that every rule has a handle of its own. */
const RULES = `
table inet t {
  set s { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 192.168.1.1, 172.16.0.5-172.16.0.9 } }
  map m { type inet_service : ipv4_addr; elements = { 80 : 10.0.0.2, 81 : 10.0.0.3 } }
  set seen { type ipv4_addr; flags dynamic, timeout; timeout 1m; }
  set each { type ipv4_addr; flags dynamic; }
  counter cn { }
  limit lm { rate 5/second }
  quota qu { over 10 mbytes }
  chain other { counter; return; }
  chain in {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    ct state { new, untracked } counter
    ct state invalid drop
    ct state != established drop
    iifname "lo" accept
    iifname { "eth0", "eth1" } accept
    oifname "veth*" accept
    iif lo accept
    tcp dport 22 accept comment "ssh"
    tcp dport { 22, 80-90, 8080 } counter accept
    tcp dport != { 1, 2 } drop
    tcp dport 1024-65535 drop
    tcp dport >= 1024 drop
    udp sport 53 udp dport 5353 accept
    udp dport != 53 accept
    ip saddr 10.0.0.0/8 accept
    ip saddr 10.1.0.0/20 accept
    ip saddr != 10.1.2.3 drop
    ip saddr 10.0.0.1 ip daddr 10.0.0.2 accept
    ip saddr 10.0.0.1-10.0.0.7 accept
    ip saddr { 10.0.0.1, 10.2.0.0/16, 10.3.0.1-10.3.0.7 } drop
    ip daddr @s tcp dport 443 drop
    ip saddr != @s drop
    ip6 saddr fd00::/8 accept
    ip6 daddr fd00::1 tcp dport 22 accept
    ip6 saddr fe80::/10 udp dport 546 accept
    meta nfproto ipv4 tcp dport 22 accept
    meta nfproto ipv6 drop
    meta l4proto { tcp, udp } th dport 53 accept
    meta l4proto icmp accept
    ip protocol icmp accept
    icmp type echo-request limit rate 5/second accept
    icmp type { echo-reply, destination-unreachable } accept
    icmpv6 type { nd-neighbor-solicit, nd-router-advert } accept
    icmpv6 type echo-request drop
    tcp flags & (fin|syn|rst|ack) == syn drop
    tcp flags syn tcp dport 5 drop
    ip saddr . tcp dport vmap { 10.0.0.1 . 22 : accept, 10.0.0.2 . 23 : drop }
    ip saddr . tcp dport { 10.0.0.1 . 22, 10.0.0.2 . 23 } accept
    tcp dport vmap { 22 : accept, 23 : jump other }
    iifname vmap { "eth0" : jump other, "eth1" : drop }
    meta mark 5 reject with icmp port-unreachable
    meta mark & 0xff == 0x10 accept
    meta mark set 0x7
    ct mark 0x1 accept
    ct mark set 0x2
    fib daddr type local accept
    fib saddr . iif oif missing drop
    ip ttl 1 drop
    ip dscp ef accept
    ether saddr 02:00:00:00:00:01 accept
    limit rate 10/minute burst 20 packets accept
    limit rate over 1 mbytes/second drop
    log prefix "x " drop
    log level info
    log group 3
    reject
    reject with tcp reset
    reject with icmpx admin-prohibited
    reject with icmpv6 no-route
    tcp dport 113 reject with tcp reset
    tcp flags syn tcp option maxseg size set 1400
    tcp flags syn tcp option maxseg size 1-1460 drop
    tcp option sack-perm exists accept
    tcp option timestamp missing drop
    reset tcp option maxseg
    ct count over 10 drop
    add @seen { ip saddr } accept
    add @each { ip saddr limit rate over 5/second } drop
    update @each { ip saddr limit rate over 5/second burst 9 packets } drop
    counter name "cn"
    limit name "lm" accept
    quota over 10 mbytes drop
    quota name "qu" drop
    numgen inc mod 2 vmap { 0 : accept, 1 : drop }
    numgen random mod 10 < 3 drop
    ip ecn ce drop
    ip daddr set 10.0.0.9
    tcp dport set 81
    meta length > 1400 drop
    meta skuid 1000-2000 drop
    meta mark > 0x5 drop
    jump other
    goto other
    meta skuid 1000 accept
    meta pkttype broadcast drop
    notrack
    ip saddr 10.0.0.9 drop
    accept
  }
  chain pre {
    type nat hook prerouting priority -100;
    tcp dport 80 dnat ip to 10.0.0.2:8080
    ip daddr 10.0.0.1 dnat ip to 10.0.0.5
    ip6 daddr fd00::1 tcp dport 80 dnat ip6 to [fd00::2]:8080
    tcp dport 8080 redirect to :80
    dnat ip to tcp dport map @m
  }
  chain post {
    type nat hook postrouting priority 100;
    ip saddr 10.0.0.0/24 oifname "eth0" masquerade
    oifname != "eth0" snat ip to 192.0.2.1-192.0.2.4
    masquerade random
  }
}`;

test('rules are written as nft writes them', async () => {
  nft(RULES);
  const expected = listed();
  expect(expected.length).toBeGreaterThan(70);
  await eventually(() => expect(all('nftrule')).toHaveLength(expected.length));
  expect(told()).toEqual(expected);
});

test('a rule that comes, changes its place or goes is told at once, and keeps its id', async () => {
  nft(
    'table ip t { chain in { type filter hook input priority 0; policy accept; tcp dport 22 accept; tcp dport 80 drop; }; }',
  );
  await eventually(() => expect(told()).toEqual(['tcp dport 22 accept', 'tcp dport 80 drop']));
  const [chain] = all('nftchain');
  expect(chain?.metadata).toEqual({
    ...{ Type: 'nftchain', Name: 'in', Family: 'ip', Table: 't' },
    ...{ Hook: 'input', Priority: 0, ChainType: 'filter', Policy: 'accept' },
  });
  const [first, second] = all('nftrule');
  expect(second?.metadata).toMatchObject({ Verdict: 'drop' });
  nft('insert rule ip t in counter; add rule ip t in index 1 counter; insert rule ip t in tcp dport 1 drop');
  const five = ['tcp dport 1 drop', 'counter', 'tcp dport 22 accept', 'counter', 'tcp dport 80 drop'];
  await eventually(() => expect(told()).toEqual(five));
  expect([first, second].map((rule) => all('nftrule').includes(rule as GraphNode))).toEqual([true, true]);
  nft('delete rule ip t in handle 2');
  await eventually(() => expect(told()).toEqual(['tcp dport 1 drop', 'counter', 'counter', 'tcp dport 80 drop']));
  nft('flush chain ip t in; add rule ip t in tcp dport 80 drop; add rule ip t in tcp dport 1 drop');
  await eventually(() => expect(told()).toEqual(['tcp dport 80 drop', 'tcp dport 1 drop']));
  expect(all('nftrule').map((rule) => rule.id)).toContain(second?.id);
  expect([...running.graph.now().nodes(id)][0]?.metadata.Netfilter).toEqual({
    Tables: 1,
    Chains: 1,
    Rules: 2,
    Sets: 0,
  });
  nft('flush ruleset');
  await eventually(() => expect([all('nftrule'), all('nftchain')]).toEqual([[], []]));
});

test('rules that are written again as they were get no new version, wherever others come and go', async () => {
  const table = (first: string) => `table ip t { chain in { type filter hook input priority 0; ${first}
    tcp dport 22 accept; tcp dport { 80, 81 } counter drop; tcp dport 22 accept; counter; }; }`;
  nft(table(''));
  await eventually(() => expect(all('nftrule')).toHaveLength(4));
  const before = [...all('nftrule'), ...all('nftchain')];
  nft(`delete table ip t; ${table('tcp dport 7 drop;')}`);
  await eventually(() => expect(told()[0]).toBe('tcp dport 7 drop'));
  for (const one of before) expect([...all('nftrule'), ...all('nftchain')]).toContain(one);
  expect(told()).toEqual([
    ...['tcp dport 7 drop', 'tcp dport 22 accept', 'tcp dport { 80, 81 } counter drop'],
    ...['tcp dport 22 accept', 'counter'],
  ]);
});

test('of rules that come one by one without a pause each says what is in its own set', async () => {
  nft('table ip t { chain a { }; }');
  await eventually(() => expect(all('nftchain')).toHaveLength(1));
  const more = 'for i in $(seq 40); do nft add rule ip t a tcp dport vmap "{ $i : drop, 80 : accept }"; done';
  inside('sh', '-c', more);
  await eventually(() => expect(told()).toEqual(listed()));
  expect(told()).toHaveLength(40);
});

test('of very many changes at once none is missed', async () => {
  const many = (from: number) => Array.from({ length: 3_000 }, (_, at) => `tcp dport ${from + at} drop`).join('\n');
  const table = (from: number) => `table ip t { chain in { type filter hook input priority 0;\n${many(from)}\n}; }`;
  nft(table(1));
  nft(`delete table ip t; ${table(1_000)}`);
  const texts = Array.from({ length: 3_000 }, (_, at) => `tcp dport ${1_000 + at} drop`);
  await eventually(() => expect(told()).toEqual(texts));
});

test('elements of a set that come and go are told, and so are chains', async () => {
  nft('table ip t { set s { type ipv4_addr; elements = { 10.0.0.1 } }; chain a { ip saddr @s drop; }; }');
  const elements = () => all('nftset')[0]?.metadata.Elements;
  await eventually(() => expect(elements()).toEqual(['10.0.0.1']));
  nft('add element ip t s { 10.0.0.2 }; add chain ip t b; add rule ip t b jump a');
  await eventually(() => expect(elements()).toEqual(['10.0.0.1', '10.0.0.2']));
  expect(told().sort()).toEqual(['ip saddr @s drop', 'jump a']);
  nft('delete element ip t s { 10.0.0.1 }; flush chain ip t b; delete chain ip t b');
  await eventually(() => expect(elements()).toEqual(['10.0.0.2']));
  await eventually(() => expect(all('nftchain').map(({ metadata }) => metadata.Name)).toEqual(['a']));
  expect(told()).toEqual(['ip saddr @s drop']);
});

test('intervals of a set stay as they are when other rules change', async () => {
  nft('table ip t { set s { type ipv4_addr; flags interval; elements = { 10.0.0.0/25 } }; chain a { ip saddr @s; }; }');
  const elements = () => all('nftset')[0]?.metadata.Elements;
  await eventually(() => expect(elements()).toEqual(['10.0.0.0/25']));
  for (let more = 1; more <= 3; more++) {
    nft(`add rule ip t a tcp dport ${more} drop`);
    await eventually(() => expect(told()).toContain(`tcp dport ${more} drop`));
  }
  expect(elements()).toEqual(['10.0.0.0/25']);
});

test('elements that end by themselves are told until they do; of those that packets put somewhere it is said that they are not', async () => {
  nft(`table ip t { set b { type ipv4_addr; flags timeout; elements = { 10.0.0.1 timeout 1h }; };
    set seen { type ipv4_addr; flags dynamic, timeout; timeout 1m; }; }`);
  const set = (name: string) => all('nftset').find(({ metadata }) => metadata.Name === name)?.metadata;
  await eventually(() => {
    nft('add element ip t b { 10.0.0.2 timeout 500ms }');
    expect(set('b')).toMatchObject({ IsDynamic: true, Elements: ['10.0.0.1', '10.0.0.2'] });
  });
  await eventually(() => expect(set('b')?.Elements).toEqual(['10.0.0.1']), 5_000);
  expect(set('seen')).toMatchObject({ IsDynamic: true, Notice: 'packets fill it: its elements are not read' });
  expect(set('seen')).not.toHaveProperty('Elements');
  nft('add element ip t b { 10.0.0.3 timeout 1h }');
  await eventually(() => expect(set('b')?.Elements).toEqual(['10.0.0.1', '10.0.0.3']));
});

test('of a set with more elements than are told some are, and that there are more', async () => {
  const many = Array.from({ length: 5_000 }, (_, at) => `10.0.${at >> 8}.${at & 255}`).join(',');
  nft(`table ip t { set s { type ipv4_addr; }; }; add element ip t s { ${many} }`);
  await eventually(() => expect(all('nftset')[0]?.metadata).toMatchObject({ IsCut: true }), 5_000);
  expect(all('nftset')[0]?.metadata.Elements).toHaveLength(1_000);
  nft('flush set ip t s; add element ip t s { 10.0.0.1 }');
  await eventually(() => expect(all('nftset')[0]?.metadata.Elements).toEqual(['10.0.0.1']), 5_000);
  expect(all('nftset')[0]?.metadata).not.toHaveProperty('IsCut');
});

test('what an earlier run told stays where it is so still, and goes with its namespace', async () => {
  nft('table ip t { set s { type ipv4_addr; }; chain a { tcp dport 22 accept; tcp dport 80 drop; }; }');
  await eventually(() => expect(told()).toEqual(['tcp dport 22 accept', 'tcp dport 80 drop']));
  await running.stop();
  const before = all('nftrule');
  const options = { pollMs: 50 };
  running = runProbe(netfilter as Probe, { door: openDoor(), options, before: running });
  await running.ready;
  expect(all('nftrule')).toEqual(before);
  await running.stop();
  const [namespace] = running.namespaces.list();
  running.namespaces.remove(namespace?.nodeId ?? '');
  running = runProbe(netfilter as Probe, { door: openDoor(), options, before: running });
  await running.ready;
  expect([all('nftrule'), all('nftchain'), all('nftset')]).toEqual([[], [], []]);
});

test('what rules count is a series, and no version', async () => {
  nft('table ip t { chain out { type filter hook output priority 0; counter; }; }');
  await eventually(() => expect(all('nftrule')).toHaveLength(1));
  const [rule] = all('nftrule');
  inside('ip', 'link', 'set', 'lo', 'up');
  inside('ping', '-c1', '-W1', '127.0.0.1');
  await eventually(() =>
    expect(running.graph.now().counters(rule?.id ?? '', 'Metric')?.total).toMatchObject({ RxPackets: 2, RxBytes: 168 }),
  );
  expect(all('nftrule')[0]).toBe(rule);
});

test('what iptables writes is told in the words of nft', async () => {
  for (const [table, ...rule] of [
    [
      'filter',
      'INPUT',
      '-p',
      'tcp',
      '-m',
      'multiport',
      '--dports',
      '22,80:90',
      '-m',
      'comment',
      '--comment',
      'hi there',
      '-j',
      'REJECT',
      '--reject-with',
      'tcp-reset',
    ],
    ['filter', 'INPUT', '-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED', '-j', 'ACCEPT'],
    ['filter', 'INPUT', '-p', 'udp', '--sport', '53', '-j', 'REJECT'],
    ['filter', 'INPUT', '-m', 'mark', '--mark', '0x4000/0x4000', '-j', 'LOG', '--log-prefix', 'q '],
    ['filter', 'INPUT', '-p', 'icmp', '--icmp-type', 'echo-request', '-j', 'DROP'],
    ['nat', 'POSTROUTING', '-s', '10.0.0.0/24', '!', '-o', 'docker0', '-j', 'MASQUERADE'],
    ['nat', 'PREROUTING', '-m', 'addrtype', '--dst-type', 'LOCAL', '-j', 'ACCEPT'],
    [
      'nat',
      'PREROUTING',
      '-p',
      'tcp',
      '!',
      '-i',
      'eth0',
      '--dport',
      '8080',
      '-j',
      'DNAT',
      '--to-destination',
      '10.0.0.2:80',
    ],
    ['nat', 'POSTROUTING', '-s', '10.3.0.0/16', '-j', 'SNAT', '--to-source', '192.0.2.1'],
    ['mangle', 'INPUT', '-j', 'MARK', '--set-xmark', '0x4000/0x4000'],
  ] as const)
    inside('iptables-nft', '-t', table, '-A', ...rule);
  await eventually(() => expect(all('nftrule')).toHaveLength(10));
  const texts = all('nftrule').map(({ metadata: { Table, Text } }) => `${Table} ${Text}`);
  expect(texts.sort()).toEqual([
    'filter ct state related,established counter accept',
    'filter meta l4proto icmp icmp type echo-request counter drop',
    'filter meta l4proto tcp th dport { 22, 80-90 } counter reject with tcp reset',
    'filter meta mark & 0x00004000 == 0x00004000 counter log prefix "q "',
    'filter udp sport 53 counter reject',
    'mangle counter meta mark set meta mark & 0xffffbfff ^ 0x00004000',
    'nat fib daddr type local counter accept',
    'nat iifname != "eth0" tcp dport 8080 counter dnat to 10.0.0.2:80',
    'nat ip saddr 10.3.0.0/16 counter snat to 192.0.2.1',
    'nat oifname != "docker0" ip saddr 10.0.0.0/24 counter masquerade',
  ]);
  const comments = all('nftrule').flatMap(({ metadata }) => metadata.Comment ?? []);
  expect(comments).toEqual(['hi there']);
});
