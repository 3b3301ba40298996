/**
 * Batches appended to a spool, against bare write(2) of the same encoded bytes in the same run; and how long a start
 * takes with a spool that is full, against reading all of its newest segment, which is what a start has to do.
 * `node bench/relay-spool.ts [MiB]`
 */
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Element } from '../src/graph/element.ts';
import type { Told } from '../src/graph/told.ts';
import type { Facts } from '../src/relay/message.ts';
import { openFolder } from '../src/relay/spool/folder.ts';
import { openSpool } from '../src/relay/spool/open.ts';
import { encodeFacts } from '../src/relay/wire/facts.ts';
import { systemClock } from '../src/std/clock.ts';

const MiB = Number(process.argv[2] ?? 256);
const folder = mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), 'skein-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const elements = Array.from({ length: 2000 }, (_, i) => element(i));
const facts: Facts = {
  time: 1_780_000_000_000,
  isWholeGraph: false,
  isAllSockets: false,
  graph: elements.slice(0, 50).map((each): Told => ({ kind: 'version', element: each })),
  samples: Array.from({ length: 300 }, (_, i) => ({
    id: `id-${i}`,
    series: 'Metric',
    start: 1,
    last: 2,
    counters: { RxBytes: i, TxBytes: i * 2, RxPackets: i },
  })),
  flows: [],
  rawPackets: [],
  losses: [],
  sockets: [],
  lost: [],
};
const bytes = encodeFacts(facts);
// Room for the pictures and the reserve: nothing is thinned yet.
const count = Math.floor(((MiB << 20) * 0.9) / bytes.length);
const options = {
  maxBytes: MiB << 20,
  clock: systemClock,
  log: { info: () => undefined, warn: (line: string) => console.log(line) },
  uuid: () => crypto.randomUUID(),
  picture: () => elements.map((each): Told => ({ kind: 'version', element: each })),
};

const encodeMs = time(() => {
  for (let i = 0; i < count; i++) encodeFacts(facts);
});
const fd = openSync(join(folder, 'bare'), 'w', 0o600);
const bareMs = time(() => {
  for (let i = 0; i < count; i++) writeSync(fd, bytes);
});
closeSync(fd);
rmSync(join(folder, 'bare'));
const spool = await openSpool({ ...options, disk: openFolder(join(folder, 'spool')) });
const appendMs = time(() => {
  for (let i = 0; i < count; i++) spool.append(facts);
});
const report = (name: string, ms: number) =>
  console.log(
    `${name.padEnd(34)} ${((count * bytes.length) / 1e6 / (ms / 1000)).toFixed(0).padStart(6)} MB/s ${((count / ms) * 1000).toFixed(0).padStart(7)} batches/s`,
  );
console.log(`${count} batches of ${bytes.length} bytes; wall time`);
report('bare write(2), encoded before', bareMs);
report('encoded alone', encodeMs);
report('append (encodes, syncs a segment)', appendMs);
console.log(`append / (encode + bare write): ${(appendMs / (encodeMs + bareMs)).toFixed(2)} × the time`);
let read = 0;
const readMs = time(() => {
  for (let from = spool.first; ; ) {
    const batches = spool.read(from, 1 << 20);
    if (batches.length === 0) break;
    read += batches.length;
    from = (batches.at(-1)?.seq ?? 0) + 1;
  }
});
console.log(`${read} batches read back: ${((read * bytes.length) / 1e6 / (readMs / 1000)).toFixed(0)} MB/s`);
console.log(JSON.stringify(spool.status()));
// To where the newest segment is as large as it gets: the most that a start reads.
const before = spool.status().segments;
const newestBytes = () => statSync(newest()).size;
for (let last = 0; newestBytes() > last && spool.status().segments <= before + 1; ) {
  if (newestBytes() > options.maxBytes / 32) break;
  last = newestBytes();
  spool.append(facts);
}
await spool.close();
const floorMs = time(() => {
  for (const file of files()) statSync(file);
  readFileSync(newest());
});
for (const _ of [1, 2, 3]) {
  const start = performance.now();
  const again = await openSpool({ ...options, disk: openFolder(join(folder, 'spool')) });
  const ms = performance.now() - start;
  const { bytes: all, reserveBytes, segments } = again.status();
  const mib = (of: number) => (of / (1 << 20)).toFixed(0);
  console.log(
    `start with ${mib(all)} MiB in ${segments} segments (reserve ${mib(reserveBytes)} MiB), ${mib(newestBytes())} MiB in the newest: ` +
      `${ms.toFixed(0)} ms (≤ 1000), ${again.restored().elements.length} elements; ${(ms / floorMs).toFixed(0)} × reading its bytes alone`,
  );
  await again.close();
}

function files(): string[] {
  return readdirSync(join(folder, 'spool')).map((name) => join(folder, 'spool', name));
}

function newest(): string {
  return files()
    .filter((file) => file.endsWith('.spool'))
    .sort()
    .at(-1) as string;
}

function time(act: () => void): number {
  const begun = performance.now();
  act();
  return performance.now() - begun;
}

function element(i: number): Element {
  return {
    kind: 'node',
    id: `0f6c1e52-6c5e-5a6a-9a3e-${String(i).padStart(12, '0')}`,
    metadata: { Name: `veth${i}`, Type: 'veth', MAC: '02:00:00:00:00:01', MTU: 1500, State: 'UP', LinkFlags: ['UP'] },
    host: 'host-1',
    origin: 'agent.host-1',
    createdAt: 1_780_000_000_000,
    updatedAt: 1_780_000_000_000,
    deletedAt: undefined,
    validTo: undefined,
    recordedAt: 1_780_000_000_000,
    revision: 1,
  };
}
