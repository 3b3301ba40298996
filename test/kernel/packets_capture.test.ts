/** The packet socket as a mechanism, on a real kernel. Needs root. */
import { execFileSync } from 'node:child_process';
import { afpacket } from '../../src/capture/afpacket/index.ts';
import { rawPacketLayout } from '../../src/flow/layout.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import { contextOf } from '../capture/context.ts';
import { eventually } from '../eventually.ts';
import { compiled } from './compiled.ts';
import { TestNetns } from './native_netns.ts';

const door = openPacketDoor();
const flood = compiled('flood');

function pair(): TestNetns {
  const netns = new TestNetns();
  netns.ip('link add near type veth peer name far');
  for (const name of ['near', 'far']) netns.ip(`link set ${name} up`);
  return netns;
}

test('a capture sees what it asks for, keeps packets, and ends with its interface', async () => {
  using netns = pair();
  const asked = { filter: 'udp dst port 10000', rawPacketLimit: 2, headerSize: 80, layers: new Set(['DNS'] as const) };
  const { context, seen, raw, lost } = contextOf(door, asked, { place: { name: 'far', netns: netns.path } });
  await using running = await afpacket.start(context);
  execFileSync('ip', ['netns', 'exec', netns.name, flood, 'near', '100', '1', '200']);
  await eventually(() => expect(running.stats()).toMatchObject({ packetsReceived: 100, bytesReceived: 20_000 }));
  netns.ip('link del near');
  expect(await running.ended).toBe('the interface is gone');
  await running[Symbol.asyncDispose]();
  expect(seen.reduce((sum, { packets }) => sum + packets, 0)).toBe(100);
  expect(seen[0]).toMatchObject({ source: 5, layers: 'Ethernet/IPv4/UDP', ports: [4096, 10000] });
  // A head and 80 bytes each.
  expect(raw.reduce((sum, { length }) => sum + length, 0)).toBe(2 * (rawPacketLayout.headBytes + 80));
  expect(lost).toEqual([]);
  expect(running.stats().packetsDropped).toBe(0);
});

test('an interface that is not there is waited for by whoever asked', async () => {
  const { context } = contextOf(door, {}, { place: { name: 'none' } });
  await expect(afpacket.start(context)).rejects.toThrow('a packet socket on none: needs the interface to be there');
});
