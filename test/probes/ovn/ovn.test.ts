/** The probe of OVN beside a real northbound database. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { GraphNode } from '../../../src/graph/element.ts';
import { ovn } from '../../../src/probes/ovn/index.ts';
import { eventually } from '../../eventually.ts';
import { expectVocabulary, type Running, runProbe, self } from '../context.ts';
import { Northbound } from './northbound.ts';

let north: Northbound;
let running: Running;

beforeEach(async () => {
  north = new Northbound();
  await north.start();
  running = runProbe(ovn, { options: { address: north.address, southbound: north.address }, time: Date.now });
  await running.ready;
});
afterEach(async () => {
  await running.stop();
  await north[Symbol.asyncDispose]();
});

function named(name: string, type: string): GraphNode[] {
  return [...running.graph.now().nodes()].filter(({ metadata }) => metadata.Name === name && metadata.Type === type);
}

function only(name: string, type: string): GraphNode {
  const found = named(name, type);
  expect(found).toHaveLength(1);
  return found[0] as GraphNode;
}

function relations(parent: { id: string }, child: GraphNode): string[] {
  const edges = [...running.graph.now().in(child)].filter((edge) => edge.parent === parent.id);
  return edges.map(({ metadata }) => String(metadata.RelationType)).sort();
}

test('a switch holds its ports, and both are nodes with what their rows say', async () => {
  north.nbctl(
    'ls-add',
    'sw0',
    '--',
    'lsp-add',
    'sw0',
    'p1',
    '--',
    'lsp-set-addresses',
    'p1',
    '0a:00:00:00:00:01 10.0.0.1',
  );
  await eventually(() =>
    expect(relations(only('sw0', 'LogicalSwitch'), only('p1', 'LogicalSwitchPort'))).toEqual(['ovn', 'ownership']),
  );
  const port = only('p1', 'LogicalSwitchPort');
  expect(port.metadata).toMatchObject({
    UUID: north.uuid('Logical_Switch_Port', 'p1'),
    Manager: 'ovn',
    OVN: { Addresses: ['0a:00:00:00:00:01 10.0.0.1'] },
  });
  expectVocabulary(ovn, running.graph);
});

test('what is changed is one version more, and what is deleted is gone with its edges', async () => {
  north.nbctl('ls-add', 'sw0', '--', 'lsp-add', 'sw0', 'p1');
  await eventually(() => only('p1', 'LogicalSwitchPort'));
  const { id, revision } = only('p1', 'LogicalSwitchPort');
  north.nbctl('set', 'logical_switch_port', 'p1', 'external_ids:owner=lab');
  await eventually(() => expect(only('p1', 'LogicalSwitchPort').metadata.ExtID).toEqual({ owner: 'lab' }));
  expect(only('p1', 'LogicalSwitchPort').metadata.OVN).toMatchObject({ ExternalIDs: { owner: 'lab' } });
  expect(only('p1', 'LogicalSwitchPort')).toMatchObject({ id, revision: revision + 1 });
  north.nbctl('ls-del', 'sw0');
  await eventually(() => expect(named('p1', 'LogicalSwitchPort')).toEqual([]));
  expect(named('sw0', 'LogicalSwitch')).toEqual([]);
  expect([...running.graph.now().edges()]).toEqual([]);
});

test('a router is joined to a switch by their ports, and to its peer once', async () => {
  north.nbctl('ls-add', 'sw0', '--', 'lr-add', 'r0', '--', 'lr-add', 'r1');
  north.nbctl('lrp-add', 'r0', 'r0-sw0', '0a:00:00:00:01:01', '10.0.0.254/24');
  north.nbctl('lsp-add', 'sw0', 'sw0-r0', '--', 'lsp-set-type', 'sw0-r0', 'router');
  north.nbctl('lsp-set-options', 'sw0-r0', 'router-port=r0-sw0');
  north.nbctl('lrp-add', 'r0', 'r0-r1', '0a:00:00:00:01:02', '10.9.0.1/30', 'peer=r1-r0');
  north.nbctl('lrp-add', 'r1', 'r1-r0', '0a:00:00:00:01:03', '10.9.0.2/30', 'peer=r0-r1');
  await eventually(() => {
    const port = only('r0-sw0', 'LogicalRouterPort');
    // From the switch's to the router's, as in Skydive: Out() leads from switch to router.
    expect(relations(only('sw0-r0', 'LogicalSwitchPort'), port)).toEqual(['layer2']);
    expect(relations(only('r0', 'LogicalRouter'), port)).toEqual(['ovn', 'ownership']);
    const [a, b] = [only('r0-r1', 'LogicalRouterPort'), only('r1-r0', 'LogicalRouterPort')];
    expect([...relations(a, b), ...relations(b, a)]).toEqual(['layer2']);
  });
  expect(only('r0-sw0', 'LogicalRouterPort').metadata.OVN).toMatchObject({
    Networks: ['10.0.0.254/24'],
    MAC: '0a:00:00:00:01:01',
  });
});

test('rows of every kind are nodes, tied to what names them', async () => {
  north.nbctl('ls-add', 'sw0', '--', 'lsp-add', 'sw0', 'p1', '--', 'lr-add', 'r0');
  north.nbctl('acl-add', 'sw0', 'from-lport', '1000', 'ip4.src == 10.0.0.9', 'drop');
  north.nbctl('lr-nat-add', 'r0', 'snat', '192.0.2.1', '10.0.0.0/24');
  north.nbctl('lr-route-add', 'r0', '0.0.0.0/0', '192.0.2.254');
  north.nbctl('lb-add', 'lb0', '192.0.2.9:80', '10.0.0.1:80,10.0.0.2:80', '--', 'ls-lb-add', 'sw0', 'lb0');
  north.nbctl('pg-add', 'pg0', 'p1', '--', 'create', 'address_set', 'name=as0', 'addresses="10.0.0.1"');
  const options = north.nbctl('create', 'dhcp_options', 'cidr=10.0.0.0/24', 'options:router=10.0.0.254').trim();
  north.nbctl('lsp-set-dhcpv4-options', 'p1', options, '--', 'meter-add', 'm0', 'drop', '10', 'kbps');
  north.nbctl(
    'lr-policy-add',
    'r0',
    '10',
    'ip4.src == 10.0.0.1',
    'drop',
    '--',
    'qos-add',
    'sw0',
    'to-lport',
    '5',
    'ip4',
    'rate=1000',
  );
  await eventually(() => {
    expect(relations(only('sw0', 'LogicalSwitch'), only('ip4.src == 10.0.0.9', 'ACL'))).toEqual(['ovn']);
    expect(relations(only('r0', 'LogicalRouter'), only('192.0.2.1', 'NAT'))).toEqual(['ovn']);
    expect(relations(only('r0', 'LogicalRouter'), only('0.0.0.0/0', 'LogicalRouterStaticRoute'))).toEqual(['ovn']);
    expect(relations(only('sw0', 'LogicalSwitch'), only('lb0', 'LoadBalancer'))).toEqual(['ovn']);
    expect(relations(only('pg0', 'PortGroup'), only('p1', 'LogicalSwitchPort'))).toEqual(['ovn']);
    expect(relations(only('p1', 'LogicalSwitchPort'), only('10.0.0.0/24', 'DHCPOptions'))).toEqual(['ovn']);
    expect(relations(only('sw0', 'LogicalSwitch'), only('ip4', 'QoS'))).toEqual(['ovn']);
  });
  only('as0', 'AddressSet');
  // Skydive's words: what is short for something is written large.
  expect(only('192.0.2.1', 'NAT').metadata.OVN).toMatchObject({ ExternalIP: '192.0.2.1', LogicalIP: '10.0.0.0/24' });
  expect(only('0.0.0.0/0', 'LogicalRouterStaticRoute').metadata.OVN).toMatchObject({ IPPrefix: '0.0.0.0/0' });
  only('m0', 'Meter');
  only('ip4.src == 10.0.0.1', 'LogicalRouterPolicy');
  expectVocabulary(ovn, running.graph);
});

test('an interface whose iface-id names a port is mapped to it, as long as it does', async () => {
  north.nbctl('ls-add', 'sw0', '--', 'lsp-add', 'sw0', 'p1');
  await eventually(() => only('p1', 'LogicalSwitchPort'));
  const source = { host: self.name, origin: 'agent.h', time: Date.now() };
  const metadata = { Name: 'vif1', Type: 'internal', ExtID: { 'iface-id': 'p1' } };
  running.graph.apply([{ kind: 'node', id: 'vif', metadata }], source);
  await eventually(() => expect(relations({ id: 'vif' }, only('p1', 'LogicalSwitchPort'))).toEqual(['mapping']));
  running.graph.apply([{ kind: 'set', id: 'vif', unset: ['ExtID'] }], source);
  await eventually(() => expect(relations({ id: 'vif' }, only('p1', 'LogicalSwitchPort'))).toEqual([]));
});

test('a port is tied to the host that it is on, as the southbound database knows', async () => {
  north.nbctl('ls-add', 'sw0', '--', 'lsp-add', 'sw0', 'p1');
  north.sbctl('chassis-add', 'c1', 'geneve', '192.0.2.1');
  north.sbctl('chassis-add', 'c2', 'geneve', '192.0.2.2');
  const datapath = north.sbctl('create', 'datapath_binding', 'tunnel_key=1').trim();
  north.sbctl('create', 'port_binding', 'logical_port=p1', `datapath=${datapath}`, 'tunnel_key=1');
  north.sbctl('lsp-bind', 'p1', 'c1');
  const on = () => {
    const port = only('p1', 'LogicalSwitchPort');
    return ['c1', 'c2'].filter((name) => relations(only(name, 'Chassis'), port).includes('ovn'));
  };
  await eventually(() => expect(on()).toEqual(['c1']));
  expectVocabulary(ovn, running.graph);
  north.sbctl('lsp-unbind', 'p1', '--', 'lsp-bind', 'p1', 'c2');
  await eventually(() => expect(on()).toEqual(['c2']));
});

test('secrets are in no node', async () => {
  north.nbctl('set-ssl', '/etc/ovn/hidden-key.pem', '/etc/ovn/cert.pem', '/etc/ovn/ca.pem');
  north.nbctl(
    'ls-add',
    'sw0',
    '--',
    'lsp-add',
    'sw0',
    'p1',
    '--',
    'lsp-set-options',
    'p1',
    'password=hidden',
    'requested-chassis=h1',
  );
  north.nbctl('set', 'logical_switch', 'sw0', 'external_ids:api-token=hidden');
  await eventually(() => {
    expect(only('p1', 'LogicalSwitchPort').metadata.OVN).toMatchObject({ Options: { 'requested-chassis': 'h1' } });
    expect([...running.graph.now().nodes()].some(({ metadata }) => metadata.Type === 'SSL')).toBe(true);
  });
  expect(JSON.stringify([...running.graph.now().nodes()])).not.toContain('hidden');
});

test('the database starts again and Skein starts again: ids stay, nothing is doubled, and what went meanwhile is gone', async () => {
  north.nbctl('ls-add', 'sw0', '--', 'lsp-add', 'sw0', 'p1', '--', 'lsp-add', 'sw0', 'p2');
  await eventually(() => only('p2', 'LogicalSwitchPort'));
  const before = only('p1', 'LogicalSwitchPort');
  await north.stop();
  await north.start();
  north.nbctl('lsp-add', 'sw0', 'p3');
  await eventually(() => only('p3', 'LogicalSwitchPort'), 10_000);
  expect(only('p1', 'LogicalSwitchPort')).toMatchObject({ id: before.id, revision: before.revision });
  await running.stop();
  north.nbctl('lsp-del', 'p2');
  running = runProbe(ovn, { options: { address: north.address }, time: Date.now, before: running });
  await eventually(() => expect(named('p2', 'LogicalSwitchPort')).toEqual([]));
  expect(only('p1', 'LogicalSwitchPort').id).toBe(before.id);
}, 30_000);

test('without a database it is quiet, and begins by itself when one comes', async () => {
  await using other = new Northbound();
  const waiting = runProbe(ovn, { options: { address: other.address }, time: Date.now });
  await waiting.ready;
  expect(waiting.notices.at(-1)).toBe(`no OVN: nothing at ${other.address}`);
  await other.start();
  other.nbctl('ls-add', 'late');
  await eventually(
    () => expect([...waiting.graph.now().nodes()].some(({ metadata }) => metadata.Name === 'late')).toBe(true),
    10_000,
  );
  expect(waiting.notices.at(-1)).toBeUndefined();
  await waiting.stop();
}, 30_000);

test('one that answers with garbage is told of and tried again, and what was known stays for its while', async () => {
  let tries = 0;
  const path = join(north.folder, 'hostile.sock');
  const server = createServer((socket) => {
    tries++;
    socket.on('error', () => undefined).resume();
    socket.end('[[[}garbage\u0000'.repeat(100));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const probe = runProbe(ovn, { options: { address: `unix:${path}` }, time: Date.now });
  await eventually(() => expect(tries).toBeGreaterThan(1), 10_000);
  expect(probe.notices.at(-1)).toMatch(/^OVN at unix:.* does not answer: /);
  expect(probe.counters.connectionsLost).toBeGreaterThan(0);
  await probe.stop();
  await new Promise((resolve) => server.close(resolve));
}, 20_000);
