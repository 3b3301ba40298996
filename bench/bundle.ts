/**
 * A bundle of generated history: how long it takes to make it and to open it. Run: node bench/bundle.ts [flows [packets of
 * each [versions [levels]]]]; with `levels` what other levels of Zstandard would make of it.
 * Floors: the same files read and packed bare; the same file read and unpacked, and nothing done with it; the topology of
 * ten minutes read alone.
 */
import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { bundledArchive } from '../src/app-bundle.ts';
import { openBundle } from '../src/app-open.ts';
import type { FlowArchive, SocketArchive } from '../src/archive/archive.ts';
import { makeBundle } from '../src/bundle/make.ts';
import { bundleFlows, bundleSockets, bundleTimeline } from '../src/bundle/views.ts';
import { writeBundle } from '../src/bundle/write.ts';
import { processIo } from '../src/cli/io.ts';
import { runCli } from '../src/cli/run.ts';
import type { Flow } from '../src/flow/flow.ts';
import { Graph } from '../src/graph/graph.ts';
import type { Span } from '../src/graph/view.ts';
import { edgeId } from '../src/std/edgeid.ts';
import { indexedKeys, syntheticChanges } from './synthetic.ts';

const FLOWS = Number(process.argv[2] ?? 250_000);
const PACKETS = Number(process.argv[3] ?? 1);
const HOSTS = 20;
const CHANGES = Number(process.argv[4] ?? 20_000);
const WITH_LEVELS = process.argv[5] === 'levels';
/** Changes of one moment. */
const TOGETHER = Math.max(100, CHANGES / 1_000);
const BATCH = 2_500;
const HOUR_MS = 3_600_000;
const START = 1_790_000_000_000;
const END = START + HOUR_MS;

const folder = mkdtempSync(join(tmpdir(), 'skein-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const archive = await bundledArchive(join(folder, 'server'), { expireMs: 600_000 });
await fill();
const now = await archive.viewAt(END);
const signal = new AbortController().signal;
const into = join(folder, 'made');
const short = { from: END - 10 * 60_000, to: END };
const part = await making(short, join(folder, 'part'));
const made = await making({ from: START, to: END }, into);
const copied = await timed(async () => {
  for await (const _ of archive.dump(undefined, short));
});
await archive[Symbol.asyncDispose]();
const file = join(folder, 'bundle.tar.zst');
const packed = await timed(() => pipeline(writeBundle(into, made.value, signal), createWriteStream(file)));
const size = statSync(file).size;
const unpackedSize = made.value.files.reduce((sum, each) => sum + each.size, 0);
const bare = await timed(async () => {
  for (const { name } of made.value.files)
    await pipeline(createReadStream(join(into, name), { highWaterMark: 2 ** 18 }), packer(), nowhere());
});
for (const level of WITH_LEVELS ? [1, 3, 6, 9] : []) {
  const files = Buffer.concat(made.value.files.map(({ name }) => readFileSync(join(into, name))));
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  const squeezed = await timed(async () => zstdCompressSync(files, { params }));
  const back = await timed(async () => zstdDecompressSync(squeezed.value));
  say(`level ${level}`, mib(squeezed.value.length), `packed in ${ms(squeezed.ms)}, unpacked in ${ms(back.ms)}`);
}
rmSync(into, { recursive: true });
say('bundle', mib(size), `${mib(unpackedSize)} unpacked, ${JSON.stringify(made.value.counts)}`);
say('10 minutes of it', '', JSON.stringify(part.value.counts));
say('their topology read alone (floor)', ms(copied.ms));
say(
  'made of 10 minutes',
  ms(part.ms),
  `≤ 5000 ms; ${(part.ms / copied.ms).toFixed(1)} × floor; ${ms(part.cpuMs)} of processors, ${(part.cpuMs / copied.cpuMs).toFixed(1)} × floor`,
);
say('the files of all read and packed bare (floor)', ms(bare.ms), `${ms(bare.cpuMs)} of processors`);
const both = { ms: made.ms + packed.ms, cpuMs: made.cpuMs + packed.cpuMs };
say(
  'made of all, and packed',
  ms(both.ms),
  `${(both.ms / bare.ms).toFixed(1)} × floor; ${ms(both.cpuMs)} of processors, ${(both.cpuMs / bare.cpuMs).toFixed(1)} × floor; packing ${ms(packed.ms)} of it`,
);
say('memory', mib(made.rss), 'more of it at most while all was made');
for (const [what, { busy }] of [
  ['10 minutes', part],
  ['all', made],
] as const)
  say(
    `meanwhile, ${what}`,
    '',
    `event loop late by ${ms(busy.p99)} (p99), ${ms(busy.max)} (most), and when nothing was done ${ms(busy.idleMax)} (most); a question to the archive took ${ms(busy.asked)} (median), ${ms(busy.askedMost)} (most), of ${ms(busy.alone)} alone`,
  );

const SETUP = {
  run: async () => 0,
  graphs: async () => 0,
  archive: async () => 0,
  open: async () => 0,
  tryAddon: async () => undefined,
};
const COMMANDS: readonly (readonly [what: string, words: readonly string[]])[] = [
  ['query', ['query', `G.At(${START + HOUR_MS / 2}).Flows().Limit(10)`]],
  ['diff', ['diff', '--from', '-5m']],
  ['follow', ['follow', flowOf(Math.floor(FLOWS * 0.98)).TrackingID, '--since', '-5m']],
  ['why', ['why', 'ns-1-1/vi-1-1', '10.0.1.2']],
];

const rounds = 5;
const reads: number[] = [];
const unpacks: number[] = [];
const opens: number[] = [];
const answers: number[] = [];
const alls: number[] = [];
const commands: number[] = [];
const questions = new Map<string, number[]>();
const io = { ...processIo(), now: () => Date.now(), interrupted: signal };
for (let round = 0; round < rounds; round++) {
  reads.push((await timed(async () => readFileSync(file))).ms);
  unpacks.push(
    (
      await timed(() =>
        pipeline(
          createReadStream(file, { highWaterMark: 2 ** 20 }),
          createZstdDecompress({ chunkSize: 2 ** 20 }),
          nowhere(),
        ),
      )
    ).ms,
  );
  const begin = performance.now();
  const open = await openBundle({ file, listen: { host: '127.0.0.1', port: 0 } }, io);
  opens.push(performance.now() - begin);
  for (const [what, words] of COMMANDS) {
    const asked = performance.now();
    await answered(words, open.url);
    if (what === 'query') answers.push(performance.now() - begin);
    questions.set(what, [...(questions.get(what) ?? []), performance.now() - asked]);
  }
  alls.push(performance.now() - begin);
  await open[Symbol.asyncDispose]();
  const words = [join(import.meta.dirname, '..', 'bin', 'skein'), 'open', file, '--', 'query', 'G.V().Count()'];
  commands.push((await timed(async () => execFileSync(words[0] as string, words.slice(1), { stdio: 'pipe' }))).ms);
}
const floor = median(unpacks);
say('read alone', ms(median(reads)));
say('read and unpacked alone (floor)', ms(floor));
say('opened', ms(median(opens)), `≤ 2000 ms; ${(median(opens) / floor).toFixed(2)} × floor`);
say('first answer of a query', ms(median(answers)), `≤ 2000 ms; ${(median(answers) / floor).toFixed(2)} × floor`);
say('and of a diff, follow and why', ms(median(alls)), `≤ 2000 ms; ${(median(alls) / floor).toFixed(2)} × floor`);
for (const [what, times] of questions)
  say(`  ${what}`, ms(median(times)), `${(median(times) / floor).toFixed(2)} × floor`);
say(
  'skein open FILE -- query, whole process',
  ms(median(commands)),
  `${(median(commands) / floor).toFixed(2)} × floor`,
);
process.exit();

/** As a command, whose text is let go. */
async function answered(words: readonly string[], url: string): Promise<void> {
  let said = '';
  const write = (data: string | Uint8Array) => {
    said += String(data);
  };
  const sink = { write, isTerminal: false, columns: undefined };
  const its = { ...io, out: sink, err: sink, now: () => END, interrupted: signal };
  const exitCode = await runCli([...words, '--server', url], { ...SETUP, io: its });
  if (exitCode !== 0 || said.length < 10)
    throw new Error(`skein ${words.join(' ')}: ${exitCode} ${said.slice(0, 2_000)}`);
}

/** With how late the event loop was meanwhile, and how long questions to the archive took. */
async function making(span: Span, into: string) {
  mkdirSync(into);
  const source = {
    ...{ host: 'bench', version: '0', archive, expireMs: 600_000 },
    timeline: bundleTimeline(archive, now, { span, gaps: [] }),
    flushed: async () => undefined,
    flows: bundleFlows(archive.flows as FlowArchive, span),
    sockets: bundleSockets(archive.sockets as SocketArchive, span),
    status: () => ({}),
    checks: () => undefined,
  };
  const question = async () => {
    const pages = archive.flows?.find({ where: [], time: { from: START, to: END }, limit: 10 }) ?? [];
    return (
      await timed(async () => {
        for await (const _ of pages);
      })
    ).ms;
  };
  const alone = median(await Promise.all(Array.from({ length: 1 }, question)));
  const idle = monitorEventLoopDelay({ resolution: 1 });
  idle.enable();
  await new Promise((resolve) => setTimeout(resolve, 500));
  idle.disable();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const asked: number[] = [];
  let isOver = false;
  const [before, most] = [process.memoryUsage().rss, { rss: 0 }];
  const watch = setInterval(() => {
    most.rss = Math.max(most.rss, process.memoryUsage.rss());
  }, 100);
  delay.enable();
  const asking = (async () => {
    while (!isOver) {
      asked.push(await question());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const done = await timed(() =>
    makeBundle(source, { span, withPackets: true, missing: [], by: 'bench', nowMs: END }, into, {
      openArchive: (directory) => bundledArchive(directory, { isBeingMade: true }),
      limits: { bytesMax: 2 ** 34 },
      signal,
    }),
  );
  delay.disable();
  clearInterval(watch);
  isOver = true;
  await asking;
  const [p99, max, idleMax] = [delay.percentile(99) / 1e6, delay.max / 1e6, idle.max / 1e6];
  return {
    ...done,
    rss: most.rss - before,
    busy: { p99, idleMax, max, alone, asked: median(asked), askedMost: Math.max(...asked) },
  };
}

async function fill(): Promise<void> {
  const graph = new Graph({ indexed: indexedKeys, edgeId, begin: START, firstRevision: 1 });
  let n = 0;
  const tell = async (changes: Parameters<Graph['apply']>[0], time: number) => {
    const { events, samples } = graph.apply(changes, { host: 'bench', origin: 'agent.bench', time });
    await archive.append({ id: `bench-${++n}`, time, events, samples });
  };
  await tell(syntheticChanges(HOSTS), START);
  const ids = Array.from(graph.now().nodes(), ({ id }) => id);
  for (let at = 0; at < CHANGES; at += TOGETHER) {
    const changes = Array.from({ length: TOGETHER }, (_, i) => ({
      kind: 'set' as const,
      id: ids[(at + i) % ids.length] as string,
      set: { MTU: 1_000 + at + i },
    }));
    await tell(changes, START + Math.floor(((at + 1) * HOUR_MS) / CHANGES));
  }
  await tell([], END);
  for (let at = 0; at < FLOWS; at += BATCH) {
    const flows = Array.from({ length: Math.min(BATCH, FLOWS - at) }, (_, i) => flowOf(at + i));
    const rawPackets = flows.flatMap(({ UUID, Start }, i) =>
      Array.from({ length: PACKETS }, (_, index) => ({
        uuid: UUID,
        packet: { timestampMs: Start + index, index, data: bytesOf(at + i), length: 128, linkType: 1 },
      })),
    );
    await archive.flows?.append({ id: `bench-${at / BATCH + 1}`, flows, rawPackets, losses: [] });
  }
}

/** Ends are spread over addresses and ports, ids over all numbers: it does not pack better than what is real. */
function flowOf(n: number): Flow {
  const Start = START + Math.floor((n * HOUR_MS) / FLOWS);
  const Last = Math.min(END, Start + (n % 10_000));
  const metric = {
    ABPackets: n % 1_000,
    ABBytes: (n * 7_919) % 1_000_003,
    BAPackets: n % 900,
    BABytes: n,
    Start,
    Last,
  };
  return {
    UUID: idOf(2 * n),
    ParentUUID: '',
    TrackingID: idOf(2 * Math.floor(n / 3) + 1),
    L3TrackingID: idOf(n + 3),
    L2TrackingID: idOf(n + 5),
    LayersPath: 'Ethernet/IPv4/TCP',
    Application: n % 2 === 0 ? 'HTTPS' : 'TCP',
    Link: { Protocol: 'ETHERNET', A: '52:54:00:12:34:56', B: '52:54:00:65:43:21', ID: 0 },
    Network: { Protocol: 'IPV4', A: `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`, B: '192.168.17.4', ID: 0 },
    Transport: { Protocol: 'TCP', A: n & 65_535, B: 443, ID: 0 },
    Metric: metric,
    LastUpdateMetric: metric,
    RTT: { Handshake: 100_000 + ((n * 7_919) % 90_001) },
    Start,
    Last,
    NodeTID: `tid-vi-${1 + (n % HOSTS)}-1`,
    CaptureID: 'capture',
    RawPacketsCaptured: PACKETS,
  };
}

/** What does not pack: as payloads that are encrypted. */
function bytesOf(n: number): Uint8Array {
  let state = n + 1;
  return Uint8Array.from({ length: 128 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >>> 24;
  });
}

function idOf(n: number): string {
  return BigInt.asUintN(64, BigInt(n + 1) * 0x9e3779b97f4a7c15n)
    .toString(16)
    .padStart(16, '0');
}

function packer() {
  return createZstdCompress({ chunkSize: 2 ** 18, params: { [constants.ZSTD_c_compressionLevel]: 3 } });
}

function nowhere(): Writable {
  return new Writable({ write: (_piece, _encoding, done) => done() });
}

/** `cpuMs`: of all threads, which says more on a machine that others work on too. */
async function timed<T>(
  act: () => Promise<T>,
): Promise<{ readonly value: T; readonly ms: number; readonly cpuMs: number }> {
  const [start, used] = [performance.now(), process.cpuUsage()];
  const value = await act();
  const { user, system } = process.cpuUsage(used);
  return { value, ms: performance.now() - start, cpuMs: (user + system) / 1_000 };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number;
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function ms(time: number): string {
  return `${time.toFixed(0)} ms`;
}

function say(what: string, figure: string, more = ''): void {
  process.stdout.write(`${what.padEnd(42)} ${figure.padEnd(14)} ${more}\n`);
}
