/**
 * What keeping sockets costs at 500 connections a second, which are 1,000 sockets: CPU of the whole process, the
 * archive's thread among it, beside the same without an archive (the floor), and bytes on disk.
 *
 *     node bench/sockets-archive.ts [seconds]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SocketArchive } from '../src/archive/archive.ts';
import { openEmbeddedArchive } from '../src/archive/embedded/index.ts';
import { socketDefaults } from '../src/archive/socket-keeping.ts';
import { SocketWriter } from '../src/archive/socket-writer.ts';
import type { Socket } from '../src/ends/socket.ts';
import { SocketTable } from '../src/ends/socket-table.ts';
import { systemClock } from '../src/std/clock.ts';

const seconds = Number(process.argv[2] ?? 10);
const SOCKETS_PER_SECOND = 1_000;
const STEP_MS = 100;
const worker = { pid: 4711, name: 'worker', path: '/usr/bin/worker', command: 'worker --port 443', user: 'www-data' };

function socketOf(i: number): Socket {
  return {
    id: `8a6f5d1e-3b2c-5d4e-9f80-7a6b5c4d3e2f-1a2b3c4d-${1_000_000 + i}`,
    node: '8a6f5d1e-3b2c-5d4e-9f80-7a6b5c4d3e2f',
    protocol: 'TCP',
    localAddress: `10.0.${(i >> 8) & 255}.${i & 255}`,
    localPort: 32_768 + (i % 28_000),
    remoteAddress: '192.0.2.1',
    remotePort: 443,
    state: 'ESTABLISHED',
    openedAt: Date.now() - 50,
    closedAt: Date.now(),
    process: worker,
    traffic: { sentBytes: 500 + i, receivedBytes: 9_000 + i, rttUs: 300, retransmits: 0 },
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Percent of a core. */
async function shareOf(table: SocketTable): Promise<number> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  for (let i = 0; i < seconds * SOCKETS_PER_SECOND; ) {
    const step: Socket[] = [];
    for (let more = 0; more < (SOCKETS_PER_SECOND * STEP_MS) / 1_000; more++) step.push(socketOf(i++));
    table.tell(step);
    await pause(STEP_MS);
  }
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / 10 / (performance.now() - began);
}

const directory = mkdtempSync(join(tmpdir(), 'skein-bench-'));
const archive = await openEmbeddedArchive({ directory });
const keeping = archive.sockets as SocketArchive;
try {
  await shareOf(new SocketTable());
  const without = await shareOf(new SocketTable());
  const table = new SocketTable({ closedMax: 30_000 });
  const options = { archive: keeping, writerId: 'bench', clock: systemClock };
  const writer = new SocketWriter({ ...options, get: (id) => table.get(id) });
  table.listen(writer);
  const share = await shareOf(table);
  await writer.flushed();
  // The log beside the file is as long as it may be; what grows is the file.
  const many = Array.from({ length: 200_000 }, (_, i) => socketOf(i + 1_000_000));
  for (let n = 0; n < many.length; n += 2_000)
    await keeping.append({ id: `more-${n / 2_000 + 1}`, time: Date.now(), sockets: many.slice(n, n + 2_000) });
  const { sockets, sizeBytes } = await keeping.health();
  const each = sizeBytes / sockets;
  const perDay = each * SOCKETS_PER_SECOND * 86_400;
  console.log(`the table alone ${without.toFixed(2)} % of a core, with the archive ${share.toFixed(2)} %`);
  console.log(`  ${(((share - without) * 10_000) / SOCKETS_PER_SECOND).toFixed(1)} µs a socket for keeping it`);
  console.log(`  ${each.toFixed(0)} bytes a socket, ${(perDay / 2 ** 30).toFixed(1)} GiB a day`);
  console.log(
    `  ${(socketDefaults.maxBytes / 2 ** 20).toFixed(0)} MiB last ${((socketDefaults.maxBytes / perDay) * 24).toFixed(1)} hours`,
  );
  await writer.stop();
} finally {
  await archive[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
}
