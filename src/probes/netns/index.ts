/**
 * Network namespaces. Named ones are found where they are mounted, the others through processes that live in them.
 *
 * What cannot be seen: a namespace that only a descriptor, a socket or a mount elsewhere keeps, and one that only a
 * later thread of a process has entered (/proc/PID/ns/net is that of the first).
 */
import * as z from 'zod';
import { bell } from '../../std/bell.ts';
import { defineProbe } from '../probe.ts';
import { missingSights } from './capabilities.ts';
import { Holders } from './holders.ts';
import { identify } from './identify.ts';
import { NamedDirectory } from './named.ts';
import { ownIdentity, ownNamespace } from './own.ts';
import { Scans } from './scans.ts';
import { Speaker } from './speaker.ts';
import { Netns } from './vocabulary.ts';

const options = z
  .object({
    paths: z
      .array(z.string().startsWith('/'))
      .max(100)
      .default(['/var/run/netns', '/var/run/docker/netns'])
      .describe('Directories of named namespaces; the first names best'),
    pollMs: z.int().min(50).default(2_000).describe('How often to look where the kernel does not tell, in ms'),
    verifyMs: z.int().min(1_000).default(60_000).describe('How often to look at everything anew, in ms'),
    settleMs: z.int().min(0).default(50).describe('How long a namespace without a name must last to be shown, in ms'),
    namespacesMax: z.int().min(1).default(10_000).describe('How many namespaces are shown at most'),
  })
  .prefault({});

export const netns = defineProbe({
  name: 'netns',
  doc: 'Network namespaces: named ones, those of containers, and anonymous ones that processes live in.',
  reads: [
    'The folders of `probes.netns.paths`, which tell of names that come and go (inotify).',
    'Namespaces of processes: where BPF is allowed the kernel tells when one is made or left, else `/proc/*/ns/net` is searched every `probes.netns.poll`.',
  ],
  needs: [
    { what: 'CAP_SYS_ADMIN', without: 'what is inside of other namespaces is not seen' },
    { what: 'CAP_SYS_PTRACE', without: 'namespaces that only processes of other users hold are not found' },
    { what: 'CAP_BPF, CAP_PERFMON', without: 'namespaces without a name are searched for instead of being told of' },
  ],
  counters: {
    processScans: 'times that all processes were searched',
    namespacesNotShown: 'namespaces passed over because there are more than are shown (10,000)',
  },
  options,
  types: [Netns],

  async run({ options: given, door, graph, host, namespaces, signal, ready, notice, count }) {
    const isComplete = namespaces.searching();
    const own = ownIdentity(door);
    namespaces.add(ownNamespace(door, host));

    const look = bell();
    const holders = new Holders({ namespacesMax: given.namespacesMax });
    const scans = new Scans({ door, holders, own });
    const speaker = new Speaker({ graph, host, namespaces, own, settleMs: given.settleMs });
    const named = given.paths.map(
      (path, rank) =>
        new NamedDirectory({ path, rank, manager: managerOf(path), identify: (file) => identify(door, file) }),
    );

    using stack = new DisposableStack();
    const every = (ms: number, act: () => void) => {
      const timer = setInterval(act, ms).unref();
      stack.defer(() => clearInterval(timer));
    };
    const lookAtProcesses = () => {
      scans.isWanted = true;
      look.ring();
    };
    const missing = missingSights();
    try {
      const watch = door.watchNamespaces(lookAtProcesses);
      stack.defer(() => watch.close());
    } catch (error) {
      missing.push(
        `namespaces without a name are looked for every ${given.pollMs / 1000} s (${(error as Error).message})`,
      );
      every(given.pollMs, lookAtProcesses);
    }
    every(given.verifyMs, () => {
      for (const directory of named) directory.doubt();
      scans.doubt();
      look.ring();
    });
    for (const directory of named) directory.watch(look.ring, signal);

    let wake: NodeJS.Timeout | undefined;
    stack.defer(() => clearTimeout(wake));
    while (await look.rung(signal)) {
      clearTimeout(wake);
      if (scans.dueMs() <= Date.now()) for (const directory of named) directory.doubtLinks();
      await seeNames(named, holders);
      if (holders.hasOrphans) scans.isWanted = true;
      const isDue = scans.dueMs() <= Date.now();
      const isScanned = isDue && (await scans.scan());
      if (signal.aborted) return;
      if (isDue) count('processScans');
      count('namespacesNotShown', holders.takePassedOver());
      speaker.say(holders, { isScanned, nowMs: Date.now() });
      const full = holders.isFull ? [`no more than ${given.namespacesMax} namespaces are shown (namespacesMax)`] : [];
      notice([...missing, ...full].join('; ') || undefined);
      if (isScanned) {
        isComplete();
        ready();
      }
      // What must last to be shown is only said after a scan, so a scan that waits comes first.
      const peopleMs = scans.isWanted ? scans.dueMs() : speaker.dueMs();
      const dueMs = Math.min(peopleMs, ...named.map((directory) => directory.dueMs()));
      if (dueMs < Number.POSITIVE_INFINITY) wake = setTimeout(look.ring, Math.max(1, dueMs - Date.now())).unref();
    }
  },
});

/** Others than Docker keep their namespaces among everybody's. */
function managerOf(directory: string): string | undefined {
  return /\/docker\/netns\/?$/.test(directory) ? 'docker' : undefined;
}

/** Names are opened one by one: after so many, others get their turn. */
const LOOKS_AT_ONCE = 200;

async function seeNames(directories: readonly NamedDirectory[], holders: Holders): Promise<void> {
  let looks = 0;
  for (const directory of directories) {
    for (const [place, identity] of directory.look(Date.now())) {
      holders.seePlace(place, identity);
      if (++looks % LOOKS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
