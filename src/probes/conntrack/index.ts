/** Connection tracking of every namespace: how full its table is and of what, and which conversations are translated. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEvery } from '../everynamespace.ts';
import { defineProbe } from '../probe.ts';
import { watchedNamespaces } from './namespaces.ts';
import { Notices } from './notices.ts';
import { options } from './options.ts';
import { Turns } from './turns.ts';
import { adds } from './vocabulary.ts';

/** There when the kernel tracks connections. Asking without it would have the kernel load what nobody has wanted. */
const THERE = '/proc/sys/net/netfilter/nf_conntrack_max';
const LOOK_MS = 10_000;

export const conntrack = defineProbe({
  name: 'conntrack',
  doc: 'Connection tracking of every namespace: how full the table is and of what, what is half-open, and which conversations have their addresses translated (NAT).',
  reads: [
    'ctnetlink of every namespace in which connections are tracked: the beginning and the end of what is translated, told by the kernel; nothing is told of other connections, and listening does not begin to track.',
    'All entries, every `probes.conntrack.count` or less often where there are many: how many there are of each kind.',
    'Fill and maximum, every `probes.conntrack.poll`.',
  ],
  needs: [
    { what: 'CAP_NET_ADMIN', without: 'no entry is seen' },
    { what: 'CAP_SYS_ADMIN', without: 'only the namespace that Skein is started in is seen' },
  ],
  series: {
    Conntrack:
      'how many entries there are now, and at most: by protocol and state, by zone, translated, half-open (hosts and namespaces)',
    ConntrackStats: 'what became of connections: found, invalid, not inserted, dropped (hosts and namespaces)',
  },
  counters: {
    namespacesNotRead: 'times that a namespace could not be read',
    overruns: 'times that the kernel had more to tell than its queue holds; all is read again then',
    resyncs: 'times that what is translated was read again',
    translationsNotKept: 'translations that were left out, as there were more than are kept',
    halfOpenNotKept: 'destinations of half-open connections that were not counted, as there were too many',
  },
  options,
  types: [],
  adds,

  async run(context) {
    const { signal, notice, ready } = context;
    while (!existsSync(THERE)) {
      notice('connection tracking (nf_conntrack) is not loaded', 'quietly');
      ready();
      await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
    }
    notice(undefined);
    const { promise: failed, reject: fail } = Promise.withResolvers<never>();
    const list = watchedNamespaces({ context, notices: new Notices(notice), turns: new Turns() }, fail);
    await readEvery(list, context, failed);
  },
});
