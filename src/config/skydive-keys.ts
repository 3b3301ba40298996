/** Every configuration key of Skydive 0.28 with its default, and what becomes of it here. */

import type { Raw } from './option.ts';
import { plainText } from './plain-text.ts';

export interface SkydiveKey {
  /** Dotted; with `.*` at the end it stands for everything below. */
  readonly key: string;
  /** What Skydive takes without it. */
  readonly default?: Raw;
  /** Path of the option that means the same. */
  readonly to?: string;
  /** Turns Skydive's value into ours, knowing what ours is by default. Left out: they are the same. */
  readonly as?: (value: Raw, ours: Raw | undefined, probes: readonly string[]) => Raw;
  /** What of a value does nothing here. */
  readonly remark?: (value: Raw, probes: readonly string[]) => string | undefined;
  /** Why it does nothing here: the end of the sentence "KEY does nothing here: …". */
  readonly why?: string;
}

const listeners = 'listeners bind to capture.bind, and to the port of their capture';
const namedByContent = 'applications are named by what their packets hold, and by well-known ports';
const oneProcess = 'agent and analyzer are one process, with one address (analyzer.listen)';
const noEtcd = 'there is no etcd in Skein; what has to be kept is in the data folder';
const noLinks = 'agent and analyzer are one process, with no link to secure';
const tokens =
  'users and tokens are kept hashed, in a file of their own: skein user add, skein token create (docs/security.md)';
const elsewhere = 'where history is kept says the option archive.kind';
const elasticIndices =
  'indices have their own names, sizes and ages: archive.elasticsearch, archive.maxSize, archive.maxAge';
const noUi = 'there is no web page yet';
const noProbe = (what: string) => `there is no ${what} probe yet`;

/** A number is seconds, as everywhere in Skydive; a text says its unit itself. */
const seconds = (value: Raw) => (/^\d+(\.\d+)?$/.test(plainText(value)) ? `${value}s` : value);

/** One application's, among those there are. */
const timeoutOf = (name: string) => (value: Raw, ours: Raw | undefined) => ({
  ...(ours as Readonly<Record<string, Raw>>),
  [name]: seconds(value),
});

/** A path, `unix:///path`, `tcp://host:port` or `host:port`, as ovs-vsctl writes them. */
const ovsdbAddress = (value: Raw) => {
  if (typeof value === 'object') return value;
  const address = plainText(value).replace('://', ':');
  if (address.startsWith('/')) return `unix:${address}`;
  return /^(unix|tcp|ssl|punix|ptcp):/.test(address) ? address : `tcp:${address}`;
};

/** Skydive's own lists come on top of what always runs. */
const moreProbes: Pick<SkydiveKey, 'to' | 'as' | 'remark'> = {
  to: 'probes.enabled',
  as: (value, ours, probes) => [
    ...new Set([
      ...words(ours),
      ...words(value)
        .map(probeName)
        .filter((name) => probes.includes(name)),
    ]),
  ],
  remark(value, probes) {
    const unknown = words(value).filter((name) => !probes.includes(probeName(name)));
    return unknown.length > 0 ? `there is no probe ${unknown.join(', ')} yet` : undefined;
  },
};

/** Skydive knows containers of podman and containerd as those of runc: who asks for its probe asks for them under that name. */
const moreProbesOfHost: typeof moreProbes = {
  ...moreProbes,
  as(value, ours, probes) {
    const named = words(value);
    const better = named.includes('runc') ? ['podman', 'containerd'].filter((name) => !named.includes(name)) : [];
    return (
      moreProbes.as?.(
        value,
        words(ours).filter((name) => !better.includes(name)),
        probes,
      ) ?? []
    );
  },
};

/** Puts a folder in the place of the one that we look into by default. */
const instead = (of: string) => (value: Raw, ours: Raw | undefined) =>
  Array.isArray(ours) ? ours.map((path) => (path === of ? value : path)) : [value];

export const skydiveKeys: readonly SkydiveKey[] = [
  { key: 'host_id', to: 'host' },
  { key: 'analyzers', default: ['127.0.0.1:8082'], to: 'agent.analyzers' },

  { key: 'analyzer.listen', default: '127.0.0.1:8082', to: 'listen' },
  { key: 'analyzer.topology.backend', default: 'memory', why: elsewhere },
  { key: 'analyzer.flow.backend', default: 'memory', why: elsewhere },
  {
    key: 'analyzer.flow.max_buffer_size',
    default: 100_000,
    why: 'flows do not travel: what waits for the archive is bounded by itself',
  },
  { key: 'analyzer.topology.probes', default: [], ...moreProbes },
  { key: 'analyzer.topology.k8s.config_file', default: '/etc/skydive/kubeconfig', why: noProbe('Kubernetes') },
  { key: 'analyzer.topology.k8s.probes', why: noProbe('Kubernetes') },
  { key: 'analyzer.topology.k8s.cluster_name', why: noProbe('Kubernetes') },
  { key: 'analyzer.topology.istio.config_file', default: '/etc/skydive/kubeconfig', why: noProbe('Istio') },
  {
    key: 'analyzer.topology.ovn.address',
    default: 'unix:///var/run/ovn/ovnnb_db.sock',
    to: 'probes.ovn.address',
    // The same file, whichever way it is written.
    as: (value) => plainText(value).replace(/^unix:\/\/\//, 'unix:/'),
  },
  { key: 'analyzer.topology.ovn.cert', to: 'probes.ovn.tls.certificate' },
  { key: 'analyzer.topology.ovn.key', to: 'probes.ovn.tls.key' },
  { key: 'analyzer.topology.ovn.cacert', to: 'probes.ovn.tls.ca' },
  { key: 'analyzer.topology.fabric', to: 'probes.fabric.links' },
  { key: 'analyzer.startup.capture_gremlin', to: 'capture.startup.query' },
  { key: 'analyzer.startup.capture_bpf', to: 'capture.startup.filter' },
  { key: 'analyzer.startup.capture_type', to: 'capture.startup.type' },
  { key: 'analyzer.auth.api.backend', default: 'noauth', why: tokens },
  { key: 'analyzer.auth.cluster.backend', default: 'noauth', why: oneProcess },
  { key: 'analyzer.auth.*', why: tokens },
  { key: 'analyzer.peers', why: 'agents tell every analyzer their topology, so analyzers need not tell each other' },
  {
    key: 'analyzer.replication.debug',
    why: 'agents tell every analyzer their topology, so analyzers need not tell each other',
  },

  { key: 'agent.listen', default: '127.0.0.1:8081', to: 'agent.listen' },
  {
    key: 'agent.topology.probes',
    default: ['ovsdb'],
    ...moreProbesOfHost,
  },
  { key: 'agent.topology.docker.url', default: 'unix:///var/run/docker.sock', to: 'probes.docker.url' },
  {
    key: 'agent.topology.docker.netns.run_path',
    default: '/var/run/docker/netns',
    to: 'probes.netns.paths',
    as: instead('/var/run/docker/netns'),
  },
  {
    key: 'agent.topology.netns.run_path',
    default: '/var/run/netns',
    to: 'probes.netns.paths',
    as: instead('/var/run/netns'),
  },
  { key: 'agent.topology.netlink.metrics_update', default: 30, to: 'probes.netlink.metricsUpdate', as: seconds },
  { key: 'agent.topology.socketinfo.host_update', default: 10, to: 'probes.sockets.refresh', as: seconds },
  {
    key: 'agent.topology.runc.run_path',
    default: ['/run/containerd/runc', '/run/runc', '/run/runc-ctrs'],
    to: 'probes.runc.paths',
  },
  { key: 'agent.topology.neutron.auth_url', why: noProbe('Neutron') },
  { key: 'agent.topology.neutron.username', default: 'neutron', why: noProbe('Neutron') },
  { key: 'agent.topology.neutron.password', why: noProbe('Neutron') },
  { key: 'agent.topology.neutron.tenant_name', default: 'service', why: noProbe('Neutron') },
  { key: 'agent.topology.neutron.region_name', default: 'RegionOne', why: noProbe('Neutron') },
  { key: 'agent.topology.neutron.domain_name', default: 'Default', why: noProbe('Neutron') },
  { key: 'agent.topology.neutron.endpoint_type', default: 'public', why: noProbe('Neutron') },
  { key: 'agent.topology.neutron.ssl_insecure', default: false, why: noProbe('Neutron') },
  { key: 'agent.topology.neutron.*', why: noProbe('Neutron') },
  { key: 'agent.topology.lldp.interfaces', to: 'probes.lldp.interfaces' },
  { key: 'agent.topology.libvirt.url', to: 'probes.libvirt.url' },
  { key: 'agent.topology.vpp.connect', default: '', why: noProbe('VPP') },
  { key: 'agent.topology.blockdev.lsblk_path', default: '/usr/bin/lsblk', to: 'probes.blockdev.lsblk' },
  { key: 'agent.topology.bess.host', default: '127.0.0.1', why: noProbe('BESS') },
  { key: 'agent.topology.bess.port', default: 10_514, why: noProbe('BESS') },
  {
    key: 'agent.flow.probes',
    default: ['gopacket', 'pcapsocket'],
    why: 'every way of capturing that the machine allows is there, see skein doctor',
  },
  {
    key: 'agent.flow.sflow.bind_address',
    default: '127.0.0.1',
    why: listeners,
  },
  {
    key: 'agent.flow.sflow.port_min',
    default: 6345,
    why: listeners,
  },
  {
    key: 'agent.flow.sflow.port_max',
    default: 6355,
    why: listeners,
  },
  {
    key: 'agent.flow.netflow.bind_address',
    default: '127.0.0.1',
    why: listeners,
  },
  {
    key: 'agent.flow.netflow.port_min',
    default: 6365,
    why: listeners,
  },
  {
    key: 'agent.flow.netflow.port_max',
    default: 6375,
    why: listeners,
  },
  { key: 'agent.flow.netflow.*', why: listeners },
  { key: 'agent.flow.pcapsocket.bind_address', default: '127.0.0.1', to: 'capture.bind' },
  { key: 'agent.flow.pcapsocket.min_port', default: 8100, to: 'capture.portMin' },
  { key: 'agent.flow.pcapsocket.max_port', default: 8132, to: 'capture.portMax' },
  // Its sample file says these, its code never read them; here they do what they say.
  { key: 'agent.flow.pcapsocket.port_min', to: 'capture.portMin' },
  { key: 'agent.flow.pcapsocket.port_max', to: 'capture.portMax' },
  {
    key: 'agent.flow.ebpf.polling_rate',
    default: 16_000,
    why: 'the table in the kernel is drained as fast as it fills',
  },
  { key: 'agent.capture.stats_update', default: 1, to: 'capture.statsUpdate', as: seconds },
  { key: 'agent.metadata', to: 'probes.host.metadata' },
  { key: 'agent.metadata_config.files', to: 'probes.host.files' },
  { key: 'agent.auth.*', why: oneProcess },

  { key: 'flow.expire', default: 600, to: 'flow.expire', as: seconds },
  { key: 'flow.update', default: 60, to: 'flow.update', as: seconds },
  { key: 'flow.protocol', default: 'udp', why: oneProcess },
  { key: 'flow.max_entries', default: 500_000, to: 'flow.maxEntries' },
  { key: 'flow.default_layer_key_mode', default: 'L2', to: 'capture.layerKeyMode' },
  { key: 'flow.application_ports.tcp', why: namedByContent },
  { key: 'flow.application_ports.udp', why: namedByContent },
  { key: 'flow.application_ports', why: namedByContent },
  { key: 'flow.application_timeout.arp', default: 10, to: 'flow.applicationTimeout', as: timeoutOf('ARP') },
  { key: 'flow.application_timeout.dns', default: 10, to: 'flow.applicationTimeout', as: timeoutOf('DNS') },
  { key: 'flow.application_timeout.*', why: 'timeouts of other applications are set with flow.applicationTimeout' },

  { key: 'etcd.embedded', default: true, why: noEtcd },
  { key: 'etcd.listen', default: '127.0.0.1:12379', why: noEtcd },
  { key: 'etcd.data_dir', default: '/var/lib/skydive/etcd', why: noEtcd },
  { key: 'etcd.max_wal_files', default: 5, why: noEtcd },
  { key: 'etcd.max_snap_files', default: 5, why: noEtcd },
  { key: 'etcd.client_timeout', default: 5, why: noEtcd },
  { key: 'etcd.name', why: noEtcd },
  { key: 'etcd.peers', why: noEtcd },
  { key: 'etcd.servers', why: noEtcd },

  { key: 'http.ws.ping_delay', default: 2, to: 'api.ping', as: seconds },
  {
    key: 'http.ws.pong_timeout',
    default: 5,
    why: 'a WebSocket that stays silent for three pings is closed, see the option api.ping',
  },
  { key: 'http.ws.queue_size', default: 10_000, to: 'api.queue' },
  {
    key: 'http.ws.enable_write_compression',
    default: true,
    why: 'WebSocket messages are not compressed: it costs more time than it saves',
  },
  { key: 'http.rest.debug', default: false, why: 'log.level decides what is written' },
  { key: 'http.cookie', why: 'cookies are for what stands before Skein' },
  { key: 'http.cookie.*', why: 'cookies are for what stands before Skein' },

  { key: 'tls.ca_cert', why: 'whose certificates are wanted of clients says tls.clientCa' },
  { key: 'tls.client_cert', why: noLinks },
  { key: 'tls.client_key', why: noLinks },
  { key: 'tls.server_cert', to: 'tls.cert' },
  { key: 'tls.server_key', to: 'tls.key' },
  { key: 'tls.require_client_cert', default: false, why: 'whose certificates are wanted of clients says tls.clientCa' },

  // Backends are named in analyzer.*.backend, by the names of these.
  {
    key: 'storage.elasticsearch.host',
    default: '127.0.0.1:9200',
    to: 'archive.elasticsearch.urls',
    as: (value) => words(value).map((host) => (/^https?:/.test(host) ? host : `http://${host}`)),
  },
  { key: 'storage.elasticsearch.auth.username', to: 'archive.elasticsearch.username' },
  { key: 'storage.elasticsearch.auth.password', to: 'archive.elasticsearch.password' },
  { key: 'storage.elasticsearch.index_prefix', default: 'skydive', why: elasticIndices },
  { key: 'storage.elasticsearch.*', why: elasticIndices },
  { key: 'storage.*', why: elsewhere },
  { key: 'auth.*', why: tokens },

  {
    key: 'logging.level',
    default: 'INFO',
    to: 'log.level',
    as: (value) => logLevels[plainText(value).toLowerCase()] ?? value,
  },
  { key: 'logging.backends', default: ['stderr'], why: 'messages go to stderr' },
  { key: 'logging.encoder', why: 'messages go to stderr, one a line' },
  { key: 'logging.color', default: true, why: 'messages go to stderr without colours' },
  { key: 'logging.*', why: 'messages go to stderr' },

  { key: 'ovs.ovsdb', default: 'unix:///var/run/openvswitch/db.sock', to: 'capture.ovsdb', as: ovsdbAddress },
  { key: 'ovs.enable_stats', default: false, why: 'counters of Open vSwitch are always read' },
  { key: 'ovs.oflow.enable', default: false, why: 'the probe openflow is on by default' },
  { key: 'ovs.oflow.native', default: false, why: 'OpenFlow is always spoken without the help of ovs-ofctl' },
  {
    key: 'ovs.oflow.openflow_versions',
    default: ['OpenFlow10', 'OpenFlow11', 'OpenFlow12', 'OpenFlow13', 'OpenFlow14'],
    to: 'probes.openflow.versions',
  },
  { key: 'ovs.oflow.key', to: 'probes.openflow.tls.key' },
  { key: 'ovs.oflow.cert', to: 'probes.openflow.tls.certificate' },
  { key: 'ovs.oflow.ca', to: 'probes.openflow.tls.ca' },
  { key: 'ovs.oflow.address', to: 'probes.openflow.address' },

  { key: 'opencontrail.host', default: 'localhost', why: noProbe('OpenContrail') },
  { key: 'opencontrail.port', default: 8085, why: noProbe('OpenContrail') },
  { key: 'opencontrail.mpls_udp_port', default: 51_234, why: noProbe('OpenContrail') },
  { key: 'dpdk.ports', why: 'there is no DPDK capture yet' },
  { key: 'dpdk.workers', why: 'there is no DPDK capture yet' },
  { key: 'dpdk.debug', why: 'there is no DPDK capture yet' },
  { key: 'rbac.*', why: 'who holds the token may do everything' },
  { key: 'ui.*', why: noUi },
  { key: 'plugin.plugins_dir', why: 'Skein loads no plugins' },
  { key: 'plugin.topology.probes', why: 'Skein loads no plugins' },
  { key: 'cache.expire', default: 300, why: 'there is no such cache in Skein' },
  { key: 'cache.cleanup', default: 30, why: 'there is no such cache in Skein' },
  // Its page reads these two.
  { key: 'k8s_enabled', default: false, why: noUi },
  { key: 'ssh_enabled', default: false, why: noUi },
];

/** What Skydive calls otherwise. */
function probeName(theirs: string): string {
  if (theirs === 'socketinfo') return 'sockets';
  return theirs === 'ovsdb' ? 'ovs' : theirs;
}

function words(raw: Raw | undefined): string[] {
  if (typeof raw === 'string') return raw.split(/[\s,]+/).filter(Boolean);
  return Array.isArray(raw) ? raw.map(String) : [];
}

const logLevels: Readonly<Record<string, string>> = {
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warning: 'warn',
  warn: 'warn',
  error: 'error',
  critical: 'error',
};

const exact = new Map(skydiveKeys.filter(({ key }) => !key.endsWith('.*')).map((entry) => [entry.key, entry]));
const families = skydiveKeys.filter(({ key }) => key.endsWith('.*'));

/** The entry that speaks for a key; its letters may be large or small, as in Skydive. */
export function skydiveKey(path: string): SkydiveKey | undefined {
  const lower = path.toLowerCase();
  return exact.get(lower) ?? families.find(({ key }) => lower.startsWith(key.slice(0, -1)));
}

/** Whether there are keys below `path`. */
export function isSkydiveSection(path: string): boolean {
  const start = `${path.toLowerCase()}.`;
  return skydiveKeys.some(({ key }) => key.startsWith(start));
}
