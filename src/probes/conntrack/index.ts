/** Connection tracking of every namespace: how full its table is and of what, and which conversations are translated. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineProbe } from '../probe.ts';
import { NamespaceList } from './namespaces.ts';
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
  options,
  types: [],
  adds,

  async run(context) {
    const { signal, namespaces, notice, ready } = context;
    while (!existsSync(THERE)) {
      notice('connection tracking (nf_conntrack) is not loaded', 'quietly');
      ready();
      await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
    }
    notice(undefined);
    const { promise: failed, reject: fail } = Promise.withResolvers<never>();
    const list = new NamespaceList({ context, notices: new Notices(notice), turns: new Turns() }, fail);
    const readings: Promise<void>[] = [];
    let isBeginning = true;
    try {
      namespaces.watch(
        {
          added(namespace) {
            const reading = list.add(namespace);
            if (isBeginning) readings.push(reading);
          },
          removed: (namespace) => list.remove(namespace),
        },
        signal,
      );
      await Promise.race([namespaces.complete(), aborted(signal), failed]);
      isBeginning = false;
      await Promise.race([Promise.all(readings), aborted(signal), failed]);
      ready();
      await Promise.race([aborted(signal), failed]);
    } finally {
      list.close();
    }
  },
});

function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}
