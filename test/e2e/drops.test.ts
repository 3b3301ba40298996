/** Packets that the kernel drops, in the flows of a whole process. Needs root. */
import { execFileSync } from 'node:child_process';
import type { Flow } from '../../src/flow/flow.ts';
import { eventually } from '../eventually.ts';
import { TestNetns } from '../kernel/native_netns.ts';
import { inFolder, skeinUp } from './running.ts';

test('what nobody listens for is in its flow as dropped, by the name of the reason', () =>
  inFolder(async (data) => {
    using from = new TestNetns();
    using to = new TestNetns();
    const name = `sk${process.pid}d`;
    from.ip(`link add near type veth peer name ${name} netns ${to.name}`);
    for (const [netns, device, address] of [
      [from, 'near', '10.98.1.1/24'],
      [to, name, '10.98.1.2/24'],
    ] as const) {
      netns.ip(`addr add ${address} dev ${device}`);
      netns.ip(`link set ${device} up`);
    }
    await using skein = await skeinUp(data, '--flow-update', '1s');
    const response = await skein.post('/api/capture', { GremlinQuery: `G.V().Has('Name', '${name}')`, Type: 'ebpf' });
    const { UUID } = (await response.json()) as { UUID: string };
    await eventually(async () => {
      const capture = await fetch(`${skein.url}/api/capture/${UUID}`);
      expect(await capture.json()).toMatchObject({ Count: 1 });
    });
    execFileSync('ip', ['netns', 'exec', from.name, process.execPath, '-e', datagrams]);
    await eventually(async () => {
      const [flow] = (await skein.query(`G.Flows().Has('Transport', 9)`)) as Flow[];
      expect(flow).toMatchObject({ Metric: { ABPackets: 4 }, Drops: { NO_SOCKET: 4 } });
    });
  }));

const datagrams = `const socket = require('dgram').createSocket('udp4');
  (async () => {
    for (let i = 0; i < 4; i++) await new Promise((then) => socket.send('x', 9, '10.98.1.2', then));
    socket.close();
  })()`;
