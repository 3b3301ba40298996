/** Ends of tunnels that find each other, and those that do not. */
import type { Metadata } from '../../../src/graph/element.ts';
import { tunnels } from '../../../src/probes/tunnels/index.ts';
import { eventually } from '../../eventually.ts';
import { type Running, runProbe } from '../context.ts';

let running: Running;
beforeEach(async () => {
  running = start();
  await running.ready;
});
afterEach(() => running.stop());

function start(before?: Running): Running {
  return runProbe(tunnels, { options: { lookMs: 10 }, time: Date.now, ...(before && { before }) });
}

/** What a probe of some host says. */
function said(id: string, host: string, metadata: Metadata): void {
  const owns = new Set(['Type', 'Name', 'LocalIP', 'RemoteIP', 'Ovs', 'Vxlan', 'IPV4']);
  running.graph.apply([{ kind: 'node', id, metadata: { Name: id, ...metadata }, owns }], {
    host,
    origin: `agent.${host}`,
    time: Date.now(),
  });
}

/** An end of Open vSwitch. */
function end(id: string, host: string, options: Record<string, string>, Type = 'vxlan'): void {
  const { local_ip: LocalIP, remote_ip: RemoteIP } = options;
  const addresses = { ...(LocalIP && { LocalIP }), ...(RemoteIP && { RemoteIP }) };
  said(id, host, { Type, ...addresses, Ovs: { Type, Options: options } });
}

const address = (id: string, host: string, ...IPV4: string[]) => said(id, host, { Type: 'veth', IPV4 });

function edges(): string[] {
  const view = running.graph.now();
  const all = [...view.edges()].filter(({ metadata }) => metadata.Type === 'tunnel');
  return all.map(({ parent, child, metadata }) => `${metadata.RelationType} ${[parent, child].sort().join(' ')}`);
}

/** Whatever would be said is said by then. */
const looked = () => new Promise((resolve) => setTimeout(resolve, 60));

test('two ends on two machines that lead to each other are linked, once', async () => {
  end('a', 'one', { local_ip: '192.0.2.1', remote_ip: '192.0.2.2', key: '7' });
  end('b', 'two', { local_ip: '192.0.2.2', remote_ip: '192.0.2.1', key: '0x7' });
  await eventually(() => expect(edges()).toEqual(['layer2 a b']));
  await looked();
  expect(edges()).toEqual(['layer2 a b']);
});

test('an end without an address of its own has those of its machine', async () => {
  end('a', 'one', { remote_ip: '192.0.2.2' });
  end('b', 'two', { remote_ip: '192.0.2.1' });
  address('eth-a', 'one', '192.0.2.1/24');
  await looked();
  expect(edges()).toEqual([]);
  address('eth-b', 'two', '192.0.2.2/24');
  await eventually(() => expect(edges()).toEqual(['layer2 a b']));
});

test('an end of Open vSwitch and one of a kernel are of one tunnel', async () => {
  end('a', 'one', { local_ip: '192.0.2.1', remote_ip: '192.0.2.2', key: '42' });
  said('b', 'two', { Type: 'vxlan', Vxlan: { VNI: 42, Local: '192.0.2.2', Remote: '192.0.2.1', Port: 4789 } });
  await eventually(() => expect(edges()).toEqual(['layer2 a b']));
});

test('keys of each direction are those that the other end has for it', async () => {
  end('a', 'one', { local_ip: '192.0.2.1', remote_ip: '192.0.2.2', in_key: '1', out_key: '2' }, 'gre');
  end('b', 'two', { local_ip: '192.0.2.2', remote_ip: '192.0.2.1', in_key: '1', out_key: '2' }, 'gre');
  end('c', 'two', { local_ip: '192.0.2.2', remote_ip: '192.0.2.1', in_key: '2', out_key: '1' }, 'gre');
  await eventually(() => expect(edges()).toEqual(['layer2 a c']));
});

test.each<[string, Record<string, string>]>([
  ['another key', { local_ip: '192.0.2.2', remote_ip: '192.0.2.1', key: '8' }],
  ['a key that rules set', { local_ip: '192.0.2.2', remote_ip: '192.0.2.1', key: 'flow' }],
  ['a far end that rules set', { local_ip: '192.0.2.2', remote_ip: 'flow', key: '7' }],
  ['another port', { local_ip: '192.0.2.2', remote_ip: '192.0.2.1', key: '7', dst_port: '9999' }],
  ['another far end', { local_ip: '192.0.2.2', remote_ip: '192.0.2.9', key: '7' }],
  ['no far end', { local_ip: '192.0.2.2', key: '7' }],
])('an end with %s is of another tunnel', async (_, options) => {
  end('a', 'one', { local_ip: '192.0.2.1', remote_ip: '192.0.2.2', key: '7' });
  end('b', 'two', options);
  end('c', 'two', { local_ip: '192.0.2.2', remote_ip: '192.0.2.1', key: '7' }, 'geneve');
  await looked();
  expect(edges()).toEqual([]);
});

test('where two could be the other end none is taken', async () => {
  end('a', 'one', { local_ip: '192.0.2.1', remote_ip: '192.0.2.2' });
  end('b', 'two', { local_ip: '192.0.2.2', remote_ip: '192.0.2.1' });
  end('c', 'three', { local_ip: '192.0.2.2', remote_ip: '192.0.2.1' });
  await looked();
  expect(edges()).toEqual([]);
});

test('a link goes when an end is another one, and with it what an earlier run said', async () => {
  end('a', 'one', { local_ip: '192.0.2.1', remote_ip: '192.0.2.2' });
  end('b', 'two', { local_ip: '192.0.2.2', remote_ip: '192.0.2.1' });
  await eventually(() => expect(edges()).toEqual(['layer2 a b']));
  end('b', 'two', { local_ip: '192.0.2.2', remote_ip: 'flow' });
  await eventually(() => expect(edges()).toEqual([]));
  end('b', 'two', { local_ip: '192.0.2.2', remote_ip: '192.0.2.1' });
  await eventually(() => expect(edges()).toEqual(['layer2 a b']));
  await running.stop();
  end('a', 'one', { local_ip: '192.0.2.1', remote_ip: 'flow' });
  end('b', 'two', { local_ip: '192.0.2.2', remote_ip: 'flow' });
  running = start(running);
  await eventually(() => expect(edges()).toEqual([]));
});
