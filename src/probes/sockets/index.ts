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

import * as z from 'zod';
import { bell } from '../../std/bell.ts';
import { defineProbe, type Namespace, type ProbeContext } from '../probe.ts';
import { AddressTexts } from './address.ts';
import { Book } from './book.ts';
import { look } from './look.ts';
import { openMechanism, sayingOf } from './mechanism.ts';
import type { Place } from './place.ts';
import { Processes } from './processes.ts';
import { Records } from './record.ts';
import { Schedule } from './schedule.ts';
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

    using schedule = new Schedule({ ...given, book });
    const wake = bell();
    const unread = new Set<Place>();
    let lostBefore = 0;
    let [isTelling, isReady] = [false, false];
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
      if (!isTelling) return;
      teller.tellChanged(Date.now());
      speaker.ring();
      schedule.wake(Date.now(), wake.ring);
    };

    const mechanism = await openMechanism(given.mode, door, hear);
    const { watch } = mechanism;
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

    const tellNew = () => {
      const nowMs = Date.now();
      for (const place of book.places.values()) if (!place.isTold) teller.tellFirst(place, nowMs);
      isTelling = true;
    };
    const begin = () => {
      if (isReady) return;
      isReady = true;
      speaker.begin();
      ready();
    };
    /** Who walked over all processes knows all but what nobody holds: that is enough, unless something may be left over. */
    const walked = () => {
      tellNew();
      if (book.places.values().every(({ endTelling }) => !endTelling)) begin();
    };
    while (await wake.rung(signal)) {
      const isNew = unread.values().some((place) => !place.isWhole);
      if (isNew || schedule.isLookDue(Date.now())) {
        const isAll = schedule.takeVerifying(Date.now()) || !watch;
        const wanted = isAll ? [...book.places.values()] : [...unread];
        unread.clear();
        const paths = new Map(namespaces.list().map(({ nodeId, path }) => [nodeId, path]));
        const pathOf = ({ node }: Place) => paths.get(node) ?? (node === host.id ? OWN_PATH : undefined);
        const looked = await look({ door, book, texts, watch, pathOf, walked }, wanted, signal);
        if (signal.aborted) return;
        const nowMs = Date.now();
        schedule.looked(nowMs);
        count('looks');
        count('namespacesNotRead', looked.unread);
        const { text, isMissing } = sayingOf(mechanism, looked, given);
        context.notice(text, isMissing ? undefined : 'quietly');
        tellNew();
        teller.tellChanged(nowMs);
        for (const place of wanted) if (!place.isWhole && book.places.has(place.node)) teller.endFirst(place, nowMs);
        if (schedule.takeRefreshing(nowMs)) teller.tellCarried(nowMs);
        begin();
        speaker.lookAgain();
      }
      schedule.wake(Date.now(), wake.ring);
    }
  },
});

const OWN_PATH = '/proc/self/ns/net';

type Context = ProbeContext<Options>;

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

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
