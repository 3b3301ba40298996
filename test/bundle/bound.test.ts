/** What finds no room in a bundle is named in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledArchive } from '../../src/app-bundle.ts';
import { MemoryArchive } from '../../src/archive/memory/index.ts';
import { fill } from '../archive/dump-contract.ts';
import { flowOf, T0 } from '../archive/flows/made.ts';
import { bundleIn } from './made.ts';

const FLOWS = 8_000;

test.each([
  [2 ** 30, FLOWS, []],
  [2 ** 20, undefined, [expect.stringMatching(/^flows that began after .*: a bundle holds .* MiB at most$/)]],
  [1_000, 0, [expect.stringMatching(/^part of the topology, and all sockets, losses and flows/)]],
])('of a bundle of %d bytes at most what is missing is said', async (bytesMax, flows, missing) => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-bound-'));
  try {
    await using archive = new MemoryArchive();
    await fill(archive);
    const more = Array.from({ length: FLOWS - 2 }, (_, i) => flowOf(i + 10));
    await archive.flows?.append({ id: 'boot-3', flows: more, rawPackets: [], losses: [] });
    const manifest = await bundleIn(folder, archive, { from: T0, to: T0 + 10_000 }, bytesMax);
    expect(manifest.missing).toEqual(missing);
    if (flows !== undefined) expect(manifest.counts.flows).toBe(flows);
    else expect(manifest.counts.flows).toBeLessThan(FLOWS);
    // What is in it is whole.
    await using opened = await bundledArchive(join(folder, 'archive'));
    expect((await opened.flows?.health())?.flows).toBe(manifest.counts.flows);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
