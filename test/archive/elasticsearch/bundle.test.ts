/** Bundles of what several analyzers keep in one Elasticsearch: the same as of any other archive, until the last moment. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledArchive } from '../../../src/app-bundle.ts';
import type { Archive } from '../../../src/archive/archive.ts';
import type { Dumped } from '../../../src/archive/dump.ts';
import { dump } from '../../../src/archive/dump-all.ts';
import { MemoryArchive } from '../../../src/archive/memory/index.ts';
import { Graph } from '../../../src/graph/graph.ts';
import { bundleIn } from '../../bundle/made.ts';
import { fakeClock } from '../../std/fake-clock.ts';
import { fill } from '../dump-contract.ts';
import { flowOf, T0 } from '../flows/made.ts';
import { anyPrefix, openOn } from './opened.ts';
import { esServer, stopServers } from './servers.ts';

const server = esServer('es8');
afterAll(stopServers);

const span = { from: T0, to: T0 + 60_000 };

test('a bundle of Elasticsearch holds what one of another archive with the same history holds', async () => {
  await using there = await openOn((await server).url);
  await using here = new MemoryArchive();
  for (const archive of [there, here]) await fill(archive, 1_100);
  const its = await bundled(there);
  expect(its.manifest.counts).toEqual({
    versions: 1_104,
    samples: 1,
    flows: 1_102,
    packets: 1,
    sockets: 1_102,
    losses: 2,
  });
  expect(its).toEqual(await bundled(here));
});

test('what another has written just before is in a bundle, though this one had looked in the same moment', async () => {
  const { url } = await server;
  const options = { prefix: anyPrefix(), clock: fakeClock(T0 + 60_000) };
  await using a = await openOn(url, options);
  await using b = await openOn(url, options);
  await fill(a);
  const before = await bundled(b);
  const { time, events, samples } = new Graph().apply(
    [
      { kind: 'node', id: 'late', metadata: {} },
      { kind: 'counters', id: 'late', series: 'Metric', total: { Rx: 1 } },
    ],
    { host: 'h', origin: 'test.h', time: T0 + 50_000 },
  );
  await a.append({ id: 'boot-9', time, events, samples, isRelayed: true });
  const flow = flowOf(5);
  const packet = { timestampMs: T0 + 6, index: 0, data: Uint8Array.of(4, 5), length: 60, linkType: 1 };
  const loss = { node: 'n', capture: 'c', host: 'h', stage: 'queue', reason: 'full', bytes: 0, flows: 0 } as const;
  await a.flows?.append({
    id: 'boot-9',
    flows: [{ ...flow, RawPacketsCaptured: 1 }],
    rawPackets: [{ uuid: flow.UUID, packet }],
    losses: [{ ...loss, packets: 9, from: T0 + 40, to: T0 + 50 }],
  });
  const socket = { node: 'n', protocol: 'TCP', localAddress: '10.0.0.1', localPort: 81, remoteAddress: '' } as const;
  const listening = { ...socket, remotePort: 0, state: 'LISTEN', id: 'n/9', openedAt: T0 + 30 } as const;
  await a.sockets?.append({ id: 'boot-9', time: T0 + 40, sockets: [listening] });
  const after = await bundled(b);
  const { versions, flows, packets, sockets, losses } = before.manifest.counts;
  expect(after.manifest.counts).toEqual({
    ...after.manifest.counts,
    ...{ versions: versions + 1, flows: flows + 1, packets: packets + 1, sockets: sockets + 1, losses: losses + 1 },
  });
  expect(after.items).toHaveLength(before.items.length + 4 + after.manifest.counts.samples - 1);
});

/** What it says of itself, and all that is found in it. */
async function bundled(archive: Archive) {
  const folder = mkdtempSync(join(tmpdir(), 'skein-bundled-'));
  try {
    const { counts, missing } = await bundleIn(folder, archive, span);
    await using opened = await bundledArchive(join(folder, 'archive'));
    const items: Dumped[] = [];
    for await (const page of dump(opened)) items.push(...page.items);
    const inOrder = items.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
    return { manifest: { counts, missing }, items: inOrder };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
