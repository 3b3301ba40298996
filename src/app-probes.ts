/** The composition root's half about probes: which run, and with which options. */
import type { Config } from './config/options.ts';
import { ovsDatabases } from './config/ovs-databases.ts';
import { probes as probeList } from './probes/index.ts';
import type { ProbePlan } from './probes/supervisor.ts';

export function probePlans({ capture, probes }: Config): ProbePlan[] {
  const options: Readonly<Record<string, unknown>> = {
    blockdev: { lsblk: probes.blockdev.lsblk, refreshMs: probes.blockdev.refresh },
    conntrack: {
      pollMs: probes.conntrack.poll,
      countMs: probes.conntrack.count,
      events: probes.conntrack.translations === 'at-once',
    },
    containerd: probes.containerd,
    docker: probes.docker,
    fabric: probes.fabric,
    host: probes.host,
    libvirt: probes.libvirt,
    lldp: { interfaces: probes.lldp.interfaces },
    lxd: probes.lxd,
    netfilter: { pollMs: probes.netfilter.poll, rulesMax: probes.netfilter.rules },
    netlink: { metricsUpdateMs: probes.netlink.metricsUpdate },
    netns: { paths: probes.netns.paths, pollMs: probes.netns.poll },
    openflow: {
      ...{ address: probes.openflow.address, versions: probes.openflow.versions },
      ...{ cert: probes.openflow.tls.certificate, key: probes.openflow.tls.key, ca: probes.openflow.tls.ca },
      ...{ refreshMs: probes.openflow.refresh, rulesMax: probes.openflow.rulesMax },
    },
    ovn: { address: probes.ovn.address, southbound: probes.ovn.southbound, ...probes.ovn.tls },
    ovs: { databases: ovsDatabases({ capture, probes }), tls: probes.ovs.tls },
    podman: probes.podman,
    runc: probes.runc,
    sockets: {
      mode: probes.sockets.mode,
      commands: probes.sockets.commands === 'shown',
      refreshMs: probes.sockets.refresh,
      pollMs: probes.sockets.poll,
    },
  };
  return probeList.map((probe) => ({
    probe,
    options: options[probe.name] ?? {},
    on: probes.enabled.includes(probe.name),
  }));
}
