/** Interfaces of every namespace, from rtnetlink and ethtool: what they are, what they are linked to, how they are used. */
import { aborted } from '../../std/aborted.ts';
import { readEvery } from '../everynamespace.ts';
import { defineProbe } from '../probe.ts';
import { DeviceReader } from './device.ts';
import { findMonitor } from './monitor.ts';
import { NamespaceList } from './namespaces.ts';
import { options } from './options.ts';
import { Slices } from './slices.ts';
import { Topology } from './topology.ts';
import { adds, types } from './vocabulary.ts';

export const netlink = defineProbe({
  name: 'netlink',
  doc: 'Network interfaces with their addresses, routes, neighbours, forwarding entries and links, told by the kernel as they change.',
  reads: [
    'rtnetlink of every namespace: links, addresses, routes of all tables, rules, neighbours, forwarding entries, VLANs, multicast routes; told by the kernel.',
    'ethtool and sysfs: driver, bus, speed, features; read when an interface appears or changes.',
    'Counters of interfaces, every `probes.netlink.metricsUpdate`.',
  ],
  needs: [
    { what: 'CAP_SYS_ADMIN', without: 'only the namespace that Skein is started in is seen' },
    { what: 'CAP_NET_ADMIN', without: 'messages of the kernel may be lost in bursts, and are read again' },
  ],
  series: { Metric: 'what an interface received, sent, dropped and failed at (rtnl_link_stats64)' },
  counters: {
    overruns: 'times that the kernel had more to tell than its queue holds; all is read again then',
    resyncs: 'times that all of a namespace was read again',
    namespacesNotRead: 'namespaces that could not be read',
    countersNotRead: 'times that the counters of a namespace could not be read',
    routesNotShown: 'routes left out, as a namespace had more than are shown',
    neighboursNotShown: 'neighbours and forwarding entries left out, as an interface had more than are shown',
    refused: 'changes that the graph refused',
  },
  options,
  types,
  adds,
  async run(context) {
    const { signal } = context;
    const { promise: failed, reject: fail } = Promise.withResolvers<never>();
    // Who is stopped here gets no answer any more: its socket is closed.
    const monitor = await Promise.race([findMonitor(context.door), aborted(signal)]);
    if (signal.aborted) return;
    const list = new NamespaceList({
      context,
      monitor,
      fail,
      topology: new Topology(),
      reader: new DeviceReader(),
      slices: new Slices(),
    });
    await readEvery(list, context, failed);
  },
});
