/** The same frames through every mechanism: sent over a wire, as a trace, as a stream, as samples, as records. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Flow } from '../../src/flow/flow.ts';
import { pcapFile } from '../capture/files.ts';
import { eventually } from '../eventually.ts';
import { sendRecords, sendSamples, sendStream } from './mechanisms_exporters.ts';
import { capturing, freePort, type World } from './mechanisms_world.ts';

const looking = ['ebpf', 'afpacket', 'pcap'];
const listening = ['pcapsocket', 'sflow', 'netflow', 'ipfix'] as const;

/** What each told of the same frames; a trace that was sent is one of them. */
export async function throughAll(
  { skein, folder, name, send }: World,
  frames: readonly Uint8Array[],
): Promise<Map<string, Flow[]>> {
  const GremlinQuery = `G.V().Has('Name', '${name}')`;
  const ids = new Map<string, string>();
  const ports = new Map<string, number>();
  for (const Type of looking) ids.set(Type, await capturing(skein, { GremlinQuery, Type }));
  for (const Type of listening) {
    ports.set(Type, await freePort());
    ids.set(Type, await capturing(skein, { GremlinQuery, Type, Port: ports.get(Type) }));
  }
  const port = (type: (typeof listening)[number]) => ports.get(type) as number;
  const s = Math.floor(Date.now() / 1_000);
  const trace = pcapFile(frames.map((data, index) => ({ data, s, fraction: index })));
  const file = join(folder, 'trace.pcap');
  writeFileSync(file, trace);

  await send(frames);
  expect((await fetch(`${skein.url}/api/pcap`, { method: 'POST', body: trace })).status).toBe(202);
  await sendStream(trace, port('pcapsocket'));
  await sendSamples(frames, port('sflow'));
  await sendRecords(file, port('netflow'), 9);
  await sendRecords(file, port('ipfix'), 10);

  const flows = async () => {
    const live = (await skein.query('G.Flows()')) as Flow[];
    const past = (await skein.query(`G.At(${s * 1_000 + 999}, 2).Flows().Has('CaptureID', '')`)) as Flow[];
    const told = new Map([...ids].map(([type, id]) => [type, live.filter(({ CaptureID }) => CaptureID === id)]));
    return told.set('trace', past);
  };
  await eventually(async () => {
    for (const [mechanism, its] of await flows()) expect([mechanism, packets(its)]).not.toEqual([mechanism, 0]);
  });
  // Until nothing more comes: what is wrong may come late.
  let before = '';
  return eventually(async () => {
    const now = await flows();
    const text = JSON.stringify([...now.values()].map(packets));
    const isSame = before === text;
    before = text;
    await new Promise((resolve) => setTimeout(resolve, isSame ? 0 : 700));
    expect(isSame).toBe(true);
    return now;
  });
}

function packets(flows: readonly Flow[]): number {
  return flows.reduce((sum, { Metric }) => sum + Metric.ABPackets + Metric.BAPackets, 0);
}
