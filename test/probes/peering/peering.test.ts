/** Which nodes are linked because they say that they belong together, and which are not because it is not clear. */
import type { Metadata } from '../../../src/graph/element.ts';
import { peering } from '../../../src/probes/peering/index.ts';
import { networkOf } from '../../../src/probes/peering/network.ts';
import { eventually } from '../../eventually.ts';
import { type Running, runProbe } from '../context.ts';

let running: Running;
beforeEach(async () => {
  running = runProbe(peering, { time: Date.now });
  await running.ready;
});
afterEach(() => running.stop());

function say(id: string, metadata: Metadata, host = 'h', origin = `agent.${host}`): void {
  running.graph.apply([{ kind: 'node', id, metadata: { Name: id, Type: 'device', ...metadata } }], {
    host,
    origin,
    time: Date.now(),
  });
}

function tie(parent: string, child: string, more: Metadata = {}): void {
  const metadata = { RelationType: 'layer2', ...more };
  running.graph.apply([{ kind: 'edge', parent, child, metadata }], { host: 'h', origin: 'agent.h', time: Date.now() });
}

function peers(): string[] {
  return [...running.graph.now().edges()]
    .filter(({ metadata }) => metadata.Type === 'peering')
    .map(({ parent, child, metadata }) => `${parent} ${metadata.RelationType} ${child} by ${metadata.By}`)
    .sort();
}

const mac = '02:00:00:00:00:01';

test('a node that names the MAC of its peer is linked to it, and no more when it does not', async () => {
  say('vm', { PeerIntfMAC: mac.toUpperCase() });
  say('tap', { MAC: mac });
  await eventually(() => expect(peers()).toEqual(['vm layer2 tap by PeerIntfMAC']));
  say('vm', {});
  await eventually(() => expect(peers()).toEqual([]));
});

test('a MAC that several have links none of them, and that is told', async () => {
  say('vm', { PeerIntfMAC: mac });
  say('tap1', { MAC: mac });
  await eventually(() => expect(peers()).toHaveLength(1));
  say('tap2', { MAC: mac });
  await eventually(() => expect(peers()).toEqual([]));
  expect(running.notices.at(-1)).toBe(
    `not linked, as it is not clear which are meant: tap1, tap2 all have the MAC ${mac}`,
  );
});

test('two that claim one peer are not linked', async () => {
  say('vm1', { PeerIntfMAC: mac });
  say('tap', { MAC: mac });
  await eventually(() => expect(peers()).toHaveLength(1));
  say('vm2', { PeerIntfMAC: mac });
  await eventually(() => expect(peers()).toEqual([]));
});

test('of a bridge, its port and a VLAN with one MAC the port is meant', async () => {
  for (const name of ['br0', 'eth0', 'eth0.7']) say(name, { MAC: mac });
  tie('br0', 'eth0');
  tie('eth0', 'eth0.7', { Type: 'vlan' });
  say('switchport', { PeerIntfMAC: mac });
  await eventually(() => expect(peers()).toEqual(['switchport layer2 eth0 by PeerIntfMAC']));
});

test('two ends of a network for two are linked across hosts, and to what is written down', async () => {
  say('a', { IPV4: ['10.9.0.1/30'] });
  say('b', { IPV4: ['10.9.0.2/30'] }, 'other');
  say('c', { IPV6: ['2001:db8::2/127'] });
  say('d', { IPV6: ['2001:db8:0::3/127'], Probe: 'fabric' });
  await eventually(() =>
    expect(peers()).toEqual(['a layer2 b by 10.9.0.0/30', 'c layer2 d by 2001:db8:0:0:0:0:0:2/127']),
  );
});

test('what one host sees itself, wider networks, and networks of more than two are left alone', async () => {
  say('a', { IPV4: ['10.9.0.1/30'] });
  say('b', { IPV4: ['10.9.0.2/30'] });
  say('c', { IPV4: ['10.8.0.1/24'] });
  say('d', { IPV4: ['10.8.0.2/24'] }, 'other');
  for (const [name, host] of [
    ['e', 'h'],
    ['f', 'h2'],
    ['g', 'h3'],
  ] as const)
    say(name, { IPV4: ['10.7.0.1/30'] }, host);
  say('vm', { PeerIntfMAC: mac });
  say('tap', { MAC: mac });
  await eventually(() => expect(peers()).toEqual(['vm layer2 tap by PeerIntfMAC']));
  expect(running.notices.at(-1)).toMatch(/e, f, g all have an address in 10\.7\.0\.0\/30$/);
});

test('two that are linked already are not linked again', async () => {
  say('a', { IPV4: ['10.9.0.1/30'] });
  say('b', { IPV4: ['10.9.0.2/30'] }, 'other');
  await eventually(() => expect(peers()).toHaveLength(1));
  tie('b', 'a');
  await eventually(() => expect(peers()).toEqual([]));
});

test('started again it goes on with what it said, and takes back what holds no more', async () => {
  say('vm', { PeerIntfMAC: mac });
  say('tap', { MAC: mac });
  say('a', { IPV4: ['10.9.0.1/30'] });
  say('b', { IPV4: ['10.9.0.2/30'] }, 'other');
  await eventually(() => expect(peers()).toHaveLength(2));
  await running.stop();
  const [kept] = [...running.graph.now().edges()].filter(({ metadata }) => metadata.By === 'PeerIntfMAC');
  say('b', {}, 'other');
  running = runProbe(peering, { time: Date.now, before: running });
  await running.ready;
  await eventually(() => expect(peers()).toEqual(['vm layer2 tap by PeerIntfMAC']));
  expect([...running.graph.now().edges()]).toContainEqual(kept);
});

test.each([
  ['10.0.0.5/30', '10.0.0.4/30'],
  ['10.0.0.5/31', '10.0.0.4/31'],
  ['10.0.0.4/30', undefined],
  ['10.0.0.7/30', undefined],
  ['10.0.0.5/24', undefined],
  ['10.0.0.300/30', undefined],
  ['169.254.0.1/30', undefined],
  ['127.0.0.1/31', undefined],
  ['fe80::1/127', undefined],
  ['2001:db8::5/126', '2001:db8:0:0:0:0:0:4/126'],
  ['2001:db8::7/126', '2001:db8:0:0:0:0:0:4/126'],
  ['no address', undefined],
  ['1.2.3.4/999', undefined],
])('the network for two of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
