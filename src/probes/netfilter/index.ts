/** Packet filters and NAT of every namespace: the chains and rules of nftables, and of iptables where it writes them there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readEvery } from '../everynamespace.ts';
import { defineProbe } from '../probe.ts';
import { options } from './options.ts';
import { hasNftables } from './there.ts';
import { adds, types } from './vocabulary.ts';

const LOOK_MS = 10_000;

export const netfilter = defineProbe({
  name: 'netfilter',
  doc: 'Packet filters and NAT of every namespace: chains, rules and sets of nftables, and so what iptables-nft makes of its own; a rule that comes, changes or goes is a change of the graph.',
  reads: [
    'nf_tables of every namespace over netlink: the kernel tells of each commit, and the chains and sets that it touched are read again, as of one generation; all of them where a table came or went, or something was lost.',
    'Counters of rules, every `probes.netfilter.poll`, and for a hundredth of the time at most; elements that have a timeout, after six times that.',
    '`/proc/PID/net/ip_tables_names`: whether there are tables of the old ip_tables, which are not read.',
  ],
  needs: [
    { what: 'CAP_NET_ADMIN', without: 'no rule is seen' },
    { what: 'CAP_SYS_ADMIN', without: 'only the namespace that Skein is started in is seen' },
  ],
  series: { Metric: 'packets and bytes that a rule with a counter has matched' },
  counters: {
    namespacesNotRead: 'times that a namespace could not be read',
    overruns: 'times that the kernel had more to tell than its queue holds; all is read again then',
    rereads: 'times that the rules changed while they were read, and were read again',
    rulesLeftOut:
      'rules that were not told, as there were more than `probes.netfilter.rules`, each time they were read',
    refused: 'changes that the graph refused',
  },
  options,
  types,
  adds,

  async run(context) {
    const { signal, notice, ready } = context;
    while (!hasNftables()) {
      notice('nftables (nf_tables) is not loaded', 'quietly');
      ready();
      await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
    }
    notice(undefined);
    // Loaded where there is something to read.
    const [{ NamespaceList }, { Notices }] = await Promise.all([import('./namespaces.ts'), import('./notices.ts')]);
    const { promise: failed, reject: fail } = Promise.withResolvers<never>();
    const list = new NamespaceList({ context, notices: new Notices(notice) }, fail);
    const swept = {
      ...{ namespaces: context.namespaces, signal },
      ready: () => {
        list.sweep();
        ready();
      },
    };
    await readEvery(list, swept, failed);
  },
});
