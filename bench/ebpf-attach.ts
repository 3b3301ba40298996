/**
 * Counts flows at one interface until SIGINT, as a capture does: for whoever measures what that costs.
 *
 *     node bench/ebpf-attach.ts NETNS INTERFACE
 */
import { execFileSync } from 'node:child_process';
import { kernelFlowsOptions } from '../src/capture/ebpf/shape.ts';
import { openPacketDoor } from '../src/native/index.ts';

const [netns, interfaceName] = process.argv.slice(2);
if (!netns || !interfaceName) throw new Error('usage: node bench/ebpf-attach.ts NETNS INTERFACE');
const link = execFileSync('ip', ['-n', netns, '-j', 'link', 'show', interfaceName], { encoding: 'utf8' });
const [{ ifindex }] = JSON.parse(link) as [{ ifindex: number }];
let bytes = 0;
const flows = await openPacketDoor().openKernelFlows(kernelFlowsOptions, (observations) => {
  bytes += observations.length;
});
const attachment = await flows.attach({
  netns: `/run/netns/${netns}`,
  ifIndex: ifindex,
  source: 1,
  payloadBytes: 256,
});
console.log(`attached by ${attachment.mode}`);
const alive = setInterval(() => {}, 1000);
process.once('SIGINT', async () => {
  await attachment.close();
  console.log(JSON.stringify({ ...attachment.stats(), ...flows.stats(), observationBytes: bytes }));
  flows.close();
  clearInterval(alive);
});
