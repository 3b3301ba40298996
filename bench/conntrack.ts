/**
 * Connection tracking with a full table of 262,144 entries: how long it takes to count all of them and to tell the
 * translated ones, and how long the event loop stands still meanwhile.
 * Beside it: `conntrack -L` of the same table. Needs root, conntrack and ip.
 *
 *     node bench/conntrack.ts [ENTRIES]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SocketTable } from '../src/ends/socket-table.ts';
import { TranslationTable } from '../src/ends/translation-table.ts';
import { Graph } from '../src/graph/graph.ts';
import { Conversation } from '../src/native/conversation.ts';
import { entryDump, NETLINK_NETFILTER, translatedDumps } from '../src/native/ctnetlink.ts';
import { openDoor } from '../src/native/index.ts';
import { messages, NLMSG } from '../src/native/nlmsg.ts';
import { conntrack } from '../src/probes/conntrack/index.ts';
import { hostId, hostTid } from '../src/probes/identity.ts';
import { namespaceRegistry } from '../src/probes/namespaces.ts';
import { made } from './conntrack-entries.ts';
import { watchStretches } from './stretch.ts';

const COUNT = Number(process.argv[2] ?? 262_144);
const ROUNDS = 5;
const netns = `skb${process.pid}`;
const path = `/run/netns/${netns}`;
const door = openDoor();

execFileSync('ip', ['netns', 'add', netns]);
try {
  execFileSync('ip', ['-n', netns, 'link', 'set', 'lo', 'up']);
  await fill();
  console.log(`${COUNT} entries, one in ten translated, one in ten half-open`);
  for (let round = 0; round < ROUNDS; round++) {
    const floor = await walked();
    const peer = listed();
    const ours = await probed();
    const some = await picked();
    console.log(
      [
        `counted in ${ours.tookMs.toFixed(0)} ms (${ours.cpuMs.toFixed(0)} ms of CPU in all threads)`,
        `conntrack -L ${peer.tookMs.toFixed(0)} ms (${peer.cpuMs.toFixed(0)} ms of CPU)`,
        `ratio of CPU ${(ours.cpuMs / peer.cpuMs).toFixed(2)}`,
        `the kernel's telling alone ${floor.toFixed(0)} ms`,
        `longest stretch without a turn of the event loop ${ours.stallMs.toFixed(1)} ms (on the clock ${ours.clockMs.toFixed(1)} ms)`,
        `${ours.translated} translations told`,
        `the translated ones alone ${some.toFixed(0)} ms`,
      ].join('; '),
    );
  }
} finally {
  execFileSync('ip', ['netns', 'del', netns]);
}

async function fill(): Promise<void> {
  const socket = await door.openNetlink({
    netns: path,
    protocol: NETLINK_NETFILTER,
    receiveBufferBytes: 16 * 1024 * 1024,
  });
  let refused = 0;
  socket.onBatch((batch) => {
    for (const { type } of messages(batch)) if (type === NLMSG.error) refused++;
  });
  for (const batch of made(COUNT)) await socket.send(batch);
  await new Promise((r) => setTimeout(r, 200));
  socket.close();
  if (refused > 0) throw new Error(`${refused} of ${COUNT} entries were not taken`);
}

/** Everything is asked, and nothing read. */
async function walked(): Promise<number> {
  using conversation = new Conversation(await door.openNetlink({ netns: path, protocol: NETLINK_NETFILTER }));
  const began = performance.now();
  let bytes = 0;
  for await (const batch of conversation.dump(entryDump())) bytes += batch.length;
  if (bytes === 0) throw new Error('nothing was told');
  return performance.now() - began;
}

/** What is read again when events were lost: those that the kernel picks. */
async function picked(): Promise<number> {
  using conversation = new Conversation(await door.openNetlink({ netns: path, protocol: NETLINK_NETFILTER }));
  const began = performance.now();
  for (const request of translatedDumps()) for await (const _ of conversation.dump(request));
  return performance.now() - began;
}

function listed(): { tookMs: number; cpuMs: number } {
  const before = childrenMs();
  const began = performance.now();
  const { status } = spawnSync('ip', ['netns', 'exec', netns, 'conntrack', '-L'], { stdio: 'ignore' });
  if (status !== 0) throw new Error('conntrack -L failed');
  return { tookMs: performance.now() - began, cpuMs: childrenMs() - before };
}

/** CPU of children that have ended. */
function childrenMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

/** A run of the probe from its start until it has told everything once. */
async function probed() {
  const graph = new Graph({ indexed: [] });
  const source = () => ({ host: 'b', origin: 'agent.b', time: Date.now() });
  const translations = new TranslationTable();
  const namespaces = namespaceRegistry();
  graph.apply([{ kind: 'node', id: 'n', metadata: { Type: 'netns', Name: netns } }], source());
  namespaces.add({ nodeId: 'n', tid: 'n', path, cookie: 0n, name: netns });
  const stop = new AbortController();
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const longest = watchStretches();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const ended = conntrack.run({
    options: conntrack.options.parse({}),
    door,
    graph: { apply: (changes) => graph.apply(changes, source()) },
    view: () => graph.now(),
    sockets: new SocketTable(),
    translations,
    host: { name: 'b', id: hostId('b'), tid: hostTid('b'), bootId: 'boot' },
    signal: stop.signal,
    log: { info: () => undefined, warn: () => undefined },
    ready: resolve,
    notice: () => undefined,
    count: () => undefined,
    namespaces,
  });
  await Promise.race([ready, ended]);
  const tookMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const { cpuMs: stallMs, clockMs } = longest();
  stop.abort();
  await ended;
  const translated = [...translations.live()].length;
  const { Entries: counted } = graph.now().counters('n', 'Conntrack')?.total ?? {};
  if (counted !== COUNT) throw new Error(`${counted} entries counted, not ${COUNT}`);
  return { tookMs, cpuMs: (user + system) / 1000, stallMs, clockMs, translated };
}
