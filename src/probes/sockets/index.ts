/**
 * TCP and UDP sockets of every network namespace, and who holds them.
 *
 * Where the kernel lets us, programs in it (BPF) tell of each change of a TCP socket and who asked for it, and walk over
 * the descriptors of all processes in one pass, which finds UDP, who accepted, and what was carried. Elsewhere each
 * namespace's tables are read again and again (sock_diag) and processes are found by /proc. Either says the same; only
 * how soon, and whether what lives shorter than a look is seen at all, differs.
 *
 * What is nobody's socket is not told: what the kernel keeps of connections that are over (TIME_WAIT) or not begun yet
 * (SYN_RECV), and what is neither bound nor connected.
 */

import { readlinkSync } from 'node:fs';
import * as z from 'zod';
import type { SocketWatch } from '../../native/sockets.ts';
import { bell } from '../../std/bell.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { defineProbe, type Namespace, type ProbeContext } from '../probe.ts';
import { AddressTexts } from './address.ts';
import { Book } from './book.ts';
import { type Looked, look } from './look.ts';
import type { Place } from './place.ts';
import { Processes } from './processes.ts';
import { Records } from './record.ts';
import { ServicesSpeaker } from './speaker.ts';
import { Teller } from './teller.ts';
import { adds } from './vocabulary.ts';

const options = z
  .object({
    mode: z
      .enum(['auto', 'ebpf', 'diag'])
      .default('auto')
      .describe(
        'How sockets are found: ebpf, told by the kernel; diag, looked for; auto, the better one that can be had',
      ),
    commands: z.boolean().default(true).describe('Whether the arguments of processes are shown'),
    refreshMs: z.int().min(1_000).default(10_000).describe('How often what sockets have carried is told, in ms'),
    pollMs: z.int().min(100).default(2_000).describe('How often to look for what the kernel does not tell, in ms'),
    verifyMs: z.int().min(1_000).default(60_000).describe('How often to look at everything anew, in ms'),
    socketsMax: z.int().min(1).default(262_144).describe('How many sockets are told at most'),
  })
  .prefault({});

type Options = z.infer<typeof options>;

/** Who accepted a connection is looked for when it has lasted so long, ms. */
const GUESS_MS = 300;
/** To look takes some 3 µs a socket; with this pause for each it takes no more than a two-hundredth of the time, … */
const PAUSE_PER_SOCKET_MS = 0.6;
/** … but it is done this often, whatever it takes. */
const PAUSE_MAX_MS = 30_000;

export const sockets = defineProbe({
  name: 'sockets',
  doc: 'TCP and UDP sockets of every network namespace, listening and connected, with process, user, container, bytes and round trip time.',
  reads: [
    'The kernel’s tracepoint `inet_sock_set_state` of all namespaces (eBPF): TCP, told as it changes.',
    'The descriptors of all processes (an eBPF iterator): UDP, who accepted, bytes and round trip times; looked at every `probes.sockets.poll`, less often where there are very many.',
    'sock_diag of every namespace: once at first, and then now and then; again and again where there is no eBPF.',
    '/proc/PID: name, program, command line, control groups, user; once for each process.',
  ],
  needs: [
    {
      what: 'CAP_BPF and CAP_PERFMON',
      without: 'sockets are looked for every few seconds, and short connections are missed',
    },
    { what: 'CAP_SYS_ADMIN', without: 'sockets of other namespaces are not seen where there is no eBPF' },
    { what: 'CAP_SYS_PTRACE', without: 'programs, and without eBPF sockets, of other users’ processes are not told' },
  ],
  counters: {
    changes: 'changes of TCP sockets that the kernel told of',
    changesLost: 'changes that found no room in the kernel’s queue; everything is looked at again then',
    looks: 'times that all processes were looked at',
    namespacesNotRead: 'times that the tables of a namespace could not be read',
    processesNotRead: 'times that a process was told by its name alone, as too many new ones came at once',
    servicesNotShown: 'services that were left out, as a namespace had more than 1,024',
    socketsNotHeld: 'sockets that were left out, as there were more than are told at most',
    socketsOfUnknownNamespaces: 'sockets that were left out, as their namespace was not known',
  },
  options,
  types: [],
  adds,

  async run(context) {
    const { options: given, door, graph, view, host, namespaces, signal, count, ready } = context;
    const texts = new AddressTexts();
    const processes = new Processes({ commands: given.commands, count });
    const book = new Book({
      bootId: host.bootId,
      count,
      nowMs: Date.now,
      nowNs: () => Number(process.hrtime.bigint()),
      socketsMax: given.socketsMax,
    });
    const teller = new Teller({ book, sockets: context.sockets, processes });
    using speaker = new ServicesSpeaker({ book, processes, graph, view, host, count });

    const wake = bell();
    const unread = new Set<Place>();
    let lostBefore = 0;
    let isBegun = false;
    const hear = (bytes: Uint8Array, lost: number) => {
      const records = new Records(bytes, texts);
      // The kernel's clock and ours differ by what is the same for a whole batch.
      const offsetMs = Date.now() - Number(process.hrtime.bigint()) / 1e6;
      let changes = 0;
      while (records.next()) {
        book.hear(records, Math.round(records.atNs / 1e6 + offsetMs));
        changes++;
      }
      count('changes', changes);
      if (lost > lostBefore) {
        count('changesLost', lost - lostBefore);
        lostBefore = lost;
        for (const place of book.places.values()) unread.add(place);
        wake.ring();
      }
      if (!isBegun) return;
      teller.tellChanged(Date.now());
      speaker.ring();
    };

    const { watch, why } = await openWatch(given, context, hear);
    using stack = new DisposableStack();
    stack.defer(() => watch?.close());
    if (signal.aborted) return;
    const add = (namespace: Namespace) => {
      unread.add(book.add(namespace));
      wake.ring();
    };
    namespaces.watch(
      {
        added: add,
        removed({ nodeId }) {
          const place = book.places.get(nodeId);
          if (place) unread.delete(place);
          book.remove(nodeId);
          speaker.forget(nodeId);
          context.sockets.gone(nodeId, Date.now());
        },
      },
      signal,
    );
    await Promise.race([namespaces.complete(), aborted(signal)]);
    if (!book.places.has(host.id)) add(ownNamespace(context));

    const paths = () => new Map(namespaces.list().map(({ nodeId, path }) => [nodeId, path]));
    let [verifiedMs, toldMs, lookedMs, pauseMs] = [0, 0, 0, 0];
    let timer: NodeJS.Timeout | undefined;
    stack.defer(() => clearTimeout(timer));
    while (await wake.rung(signal)) {
      clearTimeout(timer);
      const beganMs = Date.now();
      const isVerifying = beganMs - verifiedMs >= given.verifyMs;
      // Most connections are over before it matters who accepted them.
      const isGuessing = (book.guessingSince ?? beganMs) < beganMs - GUESS_MS;
      const everyMs = Math.max(pauseMs, isGuessing ? Math.min(GUESS_MS, given.pollMs) : given.pollMs);
      const dueMs = unread.size > 0 && unread.values().some((place) => !place.isTold) ? 0 : lookedMs + everyMs;
      if (beganMs >= dueMs) {
        const wanted = !watch || isVerifying ? [...book.places.values()] : [...unread];
        unread.clear();
        const known = paths();
        const pathOf = ({ node }: Place) => known.get(node) ?? (node === host.id ? OWN_PATH : undefined);
        const looked = await look({ door, book, texts, watch, pathOf }, wanted, signal);
        if (signal.aborted) return;
        lookedMs = Date.now();
        pauseMs = Math.min(book.size * PAUSE_PER_SOCKET_MS, PAUSE_MAX_MS);
        if (isVerifying) verifiedMs = lookedMs;
        count('looks');
        count('namespacesNotRead', looked.unread);
        note(context, { watch, why, looked });
        for (const place of book.places.values()) if (!place.isTold) teller.tellAll(place, lookedMs);
        teller.tellChanged(lookedMs);
        if (lookedMs - toldMs >= given.refreshMs) {
          teller.tellCarried(lookedMs);
          toldMs = lookedMs;
        }
        if (!isBegun) {
          isBegun = true;
          speaker.begin();
          ready();
        } else speaker.lookAgain();
      }
      const nextMs = Math.max(pauseMs, given.pollMs) - (Date.now() - lookedMs);
      timer = setTimeout(wake.ring, Math.max(1, Math.min(nextMs, GUESS_MS))).unref();
    }
  },
});

const OWN_PATH = '/proc/self/ns/net';

type Context = ProbeContext<Options>;

interface Opened {
  readonly watch: SocketWatch | undefined;
  /** Why there is none. */
  readonly why: string | undefined;
}

async function openWatch(
  { mode }: Options,
  { door }: Context,
  hear: Parameters<Context['door']['watchSockets']>[0],
): Promise<Opened> {
  if (mode === 'diag') return { watch: undefined, why: undefined };
  try {
    // The kernel's programs number processes as the first PID namespace does (pid_namespaces(7)).
    if (!isInFirstPidNamespace()) throw new Error('Skein runs in a PID namespace of its own (needs that of the host)');
    return { watch: await door.watchSockets(hear), why: undefined };
  } catch (error) {
    const why = (error as Error).message;
    if (mode === 'ebpf')
      throw new Unavailable(`sockets are not told by the kernel (${why})`, 'CAP_BPF, CAP_PERFMON and Linux 5.17', {
        cause: error,
      });
    return { watch: undefined, why };
  }
}

/** PROC_PID_INIT_INO (linux/proc_ns.h). */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

function isInFirstPidNamespace(): boolean {
  try {
    return readlinkSync('/proc/self/ns/pid') === FIRST_PID_NAMESPACE;
  } catch {
    return false;
  }
}

/** Where nobody looks for namespaces there is at least our own. */
function ownNamespace({ door, host }: Context): Namespace {
  let cookie = 0n;
  try {
    cookie = door.netnsIdentity(OWN_PATH).cookie;
  } catch {
    // Then it is looked at from inside alone.
  }
  return { nodeId: host.id, tid: host.tid, path: OWN_PATH, cookie, name: host.name };
}

function note({ notice, options: { pollMs } }: Context, { watch, why, looked }: Opened & { looked: Looked }): void {
  if (watch) {
    notice('TCP is told by the kernel (eBPF)', 'quietly');
    return;
  }
  const { unread, hidden, why: unreadWhy } = looked;
  const told = `sockets are looked for every ${pollMs / 1000} s (sock_diag and /proc)`;
  const missing = [
    why === undefined ? [] : `${told}, and what is shorter is not seen: ${why}`,
    unread === 0 ? [] : `sockets of ${unread} namespaces are not seen: needs CAP_SYS_ADMIN (${unreadWhy?.message})`,
    hidden === 0 ? [] : `who holds sockets of ${hidden} processes of other users is not seen: needs CAP_SYS_PTRACE`,
  ].flat();
  if (missing.length > 0) notice(missing.join('; '));
  else notice(told, 'quietly');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
