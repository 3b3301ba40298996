/**
 * Every option of `skein up`, once. Its path is the key in the file; flag and variable follow from it
 * (`archive.maxSize`: `--archive-max-size`, `SKEIN_ARCHIVE_MAX_SIZE`). Durations come out in ms, sizes in bytes.
 */
import * as z from 'zod';
import { option } from './option.ts';
import {
  count,
  duration,
  durationMap,
  durationOrSeconds,
  lines,
  listenAddress,
  size,
  text,
  texts,
  toggle,
  valueMap,
  valueMaps,
} from './values.ts';

export const configShape = z.strictObject({
  listen: option(listenAddress(), {
    doc: 'Address of the API; any other than loopback asks for a token.',
    default: '127.0.0.1:8082',
    takes: 'ADDRESS',
    example: '127.0.0.1:8082',
  }),
  data: option(text(), {
    doc: 'Folder for what has to survive a restart: the archive and the token.',
    default: ({ isRoot, dataHome }) => (isRoot ? '/var/lib/skein' : `${dataHome}/skein`),
    defaultWords: '`/var/lib/skein` for root, `~/.local/share/skein` for others',
    takes: 'DIR',
    example: '/var/lib/skein',
  }),
  host: option(text(), {
    doc: 'Name of this machine in the graph (Skydive: host_id); ids follow from it, so it should not change.',
    default: ({ hostname }) => hostname,
    defaultWords: 'the host name',
    takes: 'NAME',
    example: 'rack1-node7',
  }),
  token: option(
    text().pipe(z.string().regex(/^[\x21-\x7e]{16,}$/, { error: 'needs 16 or more characters, none of them a space' })),
    {
      doc: 'Token that opens the API from other addresses than loopback; better in a variable or in tokenFile than in a flag.',
      defaultWords: 'what is in `tokenFile`',
      takes: 'TOKEN',
      example: 'Zk3v…',
      secret: true,
    },
  ).optional(),
  tokenFile: option(text(), {
    doc: 'File that holds the token; made on the first run that needs one, readable by its owner alone.',
    default: ({ data }) => (data === undefined ? undefined : `${data}/token`),
    defaultWords: '`token` in the data folder',
    takes: 'FILE',
    example: '/etc/skein/token',
  }),
  insecure: option(toggle(), {
    doc: 'Serve other addresses than loopback without TLS: for where something before Skein ends TLS.',
    default: false,
    takes: '',
    example: 'true',
  }),
  tls: z.strictObject({
    cert: option(text(), {
      doc: 'Certificate of the server with what leads to its authority (PEM); read again when it changes.',
      defaultWords: '`tls/server.crt` in the data folder if it is there, for other addresses than loopback',
      takes: 'FILE',
      example: '/etc/skein/tls/server.crt',
    }).optional(),
    key: option(text(), {
      doc: 'Key of that certificate (PEM).',
      defaultWords: '`tls/server.key` in the data folder',
      takes: 'FILE',
      example: '/etc/skein/tls/server.key',
    }).optional(),
    clientCa: option(text(), {
      doc: 'Authority (PEM) that must have made the certificate of whoever connects; nobody is asked for one without it.',
      defaultWords: 'none',
      takes: 'FILE',
      example: '/etc/skein/tls/ca.crt',
    }).optional(),
  }),
  agent: z.strictObject({
    analyzers: option(texts(), {
      doc: 'Analyzers of this agent (`skein agent`), the one that is to keep what it tells first: wss://HOST:PORT, or ws:// for loopback.',
      default: [],
      takes: 'URLS',
      example: 'wss://analyzer1:8082,wss://analyzer2:8082',
    }),
    listen: option(listenAddress(), {
      doc: 'Address at which an agent answers questions about its own host, read only.',
      default: '127.0.0.1:8081',
      takes: 'ADDRESS',
      example: '127.0.0.1:8091',
    }),
    token: option(text(), {
      doc: 'Token of this agent (`skein token create --agent`); better in a variable or in agent.tokenFile than in a flag.',
      defaultWords: 'what is in `agent.tokenFile`',
      takes: 'TOKEN',
      example: 'Zk3v…',
      secret: true,
    }).optional(),
    tokenFile: option(text(), {
      doc: 'File that holds the token of this agent.',
      default: ({ data }) => (data === undefined ? undefined : `${data}/agent-token`),
      defaultWords: '`agent-token` in the data folder',
      takes: 'FILE',
      example: '/etc/skein/agent-token',
    }),
    ca: option(text(), {
      doc: 'Authority (PEM) that made the certificates of the analyzers.',
      defaultWords: 'those that the system trusts',
      takes: 'FILE',
      example: '/etc/skein/tls/ca.crt',
    }).optional(),
    cert: option(text(), {
      doc: 'Certificate that this agent shows (PEM), to analyzers that ask for one (`tls.clientCa`).',
      defaultWords: 'none',
      takes: 'FILE',
      example: '/etc/skein/tls/agent.crt',
    }).optional(),
    key: option(text(), {
      doc: 'Key of that certificate (PEM).',
      defaultWords: 'none',
      takes: 'FILE',
      example: '/etc/skein/tls/agent.key',
    }).optional(),
    spool: z.strictObject({
      directory: option(text(), {
        doc: 'Folder in which an agent keeps what no analyzer has kept yet, and what it knows over a restart.',
        default: ({ data }) => (data === undefined ? undefined : `${data}/spool`),
        defaultWords: '`spool` in the data folder',
        takes: 'DIR',
        example: '/var/spool/skein',
      }),
      maxSize: option(size({ min: '4MiB', max: '1TiB' }), {
        doc: 'Size of the spool; when it is full samples and points of flows go first, then flows, then changes, and all of it is counted and told.',
        default: '256MiB',
        takes: 'SIZE',
        example: '2GiB',
      }),
    }),
  }),
  analyzer: z.strictObject({
    grace: option(duration({ min: '1s', max: '7d' }), {
      doc: 'An agent that is away for so long is taken for gone: what it told ends at the last moment known, until it comes back.',
      default: '5m',
      takes: 'DURATION',
      example: '1h',
    }),
    agents: option(count({ min: 1, max: 100_000 }), {
      doc: 'Agents that may be connected.',
      default: 5_000,
      takes: 'NUMBER',
      example: '200',
    }),
    memory: option(size({ min: '1MiB', max: '64GiB' }), {
      doc: 'What agents have sent and the archive has not kept yet, of all of them; when it is more they are slowed down.',
      default: '256MiB',
      takes: 'SIZE',
      example: '1GiB',
    }),
  }),
  log: z.strictObject({
    level: option(
      z.preprocess(
        (raw) => (typeof raw === 'string' ? ({ warning: 'warn' }[raw.toLowerCase()] ?? raw.toLowerCase()) : raw),
        z.enum(['debug', 'info', 'warn', 'error'], { error: 'has to be debug, info, warn or error' }),
      ),
      { doc: 'The least important message that is still written.', default: 'info', takes: 'LEVEL', example: 'debug' },
    ),
  }),
  probes: z.strictObject({
    enabled: option(texts(), {
      doc: 'Probes that run.',
      default: [
        'host',
        'conntrack',
        'containerd',
        'docker',
        'fabric',
        'libvirt',
        'lldp',
        'lxd',
        'netfilter',
        'netlink',
        'netns',
        'openflow',
        'ovn',
        'ovs',
        'peering',
        'podman',
        'runc',
        'sockets',
        'tunnels',
      ],
      takes: 'NAMES',
      example: 'host,netlink',
    }),
    conntrack: z.strictObject({
      poll: option(duration({ min: '1s', max: '1h' }), {
        doc: 'How often the fill and the counters of connection tracking are read.',
        default: '10s',
        takes: 'DURATION',
        example: '1m',
      }),
      count: option(duration({ min: '1s', max: '1d' }), {
        doc: 'How often tracked connections are counted by state and zone, at most; of a large table less often, so that it takes no more than a fiftieth of the time.',
        default: '30s',
        takes: 'DURATION',
        example: '5m',
      }),
      translations: option(z.enum(['at-once', 'when-counted'], { error: 'has to be at-once or when-counted' }), {
        doc: 'When translated connections (NAT) are told: at-once, for which the kernel makes an event of every connection, or when-counted.',
        default: 'at-once',
        takes: 'WHEN',
        example: 'when-counted',
      }),
    }),
    containerd: z.strictObject({
      paths: option(texts(), {
        doc: 'Folders in which containerd keeps its state.',
        default: ['/run/containerd', '/run/docker/containerd/daemon'],
        takes: 'DIRS',
        example: '/run/k3s/containerd',
      }),
    }),
    blockdev: z.strictObject({
      lsblk: option(text(), {
        doc: 'Path of lsblk, which tells of block devices; they are no part of the network, so this probe runs only when it is named in probes.enabled.',
        default: '/usr/bin/lsblk',
        takes: 'PATH',
        example: '/usr/local/bin/lsblk',
      }),
      refresh: option(duration({ min: '1s', max: '1d' }), {
        doc: 'How often block devices are read again, beside each time that the kernel says that one came or went.',
        default: '5m',
        takes: 'DURATION',
        example: '1m',
      }),
    }),
    docker: z.strictObject({
      url: option(text(), {
        doc: 'Where the engine of Docker is: unix:///PATH or tcp://HOST:PORT.',
        default: 'unix:///var/run/docker.sock',
        takes: 'URL',
        example: 'tcp://127.0.0.1:2375',
      }),
    }),
    fabric: z.strictObject({
      file: option(text(), {
        doc: 'YAML that describes what nothing here can see: nodes, racks, links. It is read again when it changes.',
        defaultWords: 'none',
        takes: 'FILE',
        example: '/etc/skein/fabric.yaml',
      }).optional(),
      links: option(lines(), {
        doc: "Links, one a line, as Skydive has them: `A[k=v] -> [k=v] B` (B is A's, and linked), `A --> B`, `A --> *[Type=host]/eth0`.",
        default: [],
        takes: 'JSON',
        example: '["tor1 -> p1", "p1 --> *[Type=host]/eth0"]',
      }),
    }),
    host: z.strictObject({
      metadata: option(valueMap(), {
        doc: "What you want to say about this machine; it becomes part of the host's node.",
        default: {},
        takes: 'JSON',
        example: '{"site": "lab", "rack": 7}',
      }),
      files: option(valueMaps(), {
        doc: 'Files whose values become part of the node of the host, under Config: name, path, and where it is not clear type (json, yaml, toml, ini, properties); selector takes one value out.',
        default: [],
        takes: 'JSON',
        example: '[{"name": "zone", "path": "/etc/site.ini", "selector": "site.zone"}]',
      }),
    }),
    libvirt: z.strictObject({
      url: option(text(), {
        doc: "Which driver of libvirt is asked, in libvirt's notation, on this machine alone; ?socket=PATH says where the daemon listens.",
        default: 'qemu:///system',
        takes: 'URL',
        example: 'lxc:///system',
      }),
    }),
    lldp: z.strictObject({
      interfaces: option(texts(), {
        doc: 'Names of interfaces at which neighbours are listened for, and what others send through them (a bridge, a machine) is heard too; none: all of them, and only what arrives there.',
        default: [],
        takes: 'NAMES',
        example: 'eno1,eno2',
      }),
    }),
    lxd: z.strictObject({
      sockets: option(texts(), {
        doc: 'Sockets of LXD or Incus; the first that is there is used.',
        default: ['/var/lib/lxd/unix.socket', '/var/snap/lxd/common/lxd/unix.socket'],
        takes: 'PATHS',
        example: '/var/lib/incus/unix.socket',
      }),
    }),
    netfilter: z.strictObject({
      poll: option(duration({ min: '1s', max: '1h' }), {
        doc: 'How often the counters of packet filter rules are read. Rules themselves are told as they change.',
        default: '10s',
        takes: 'DURATION',
        example: '1m',
      }),
      rules: option(count({ min: 1, max: 1_000_000 }), {
        doc: 'Packet filter rules of one namespace that are shown, at most; how many there are besides is counted and said.',
        default: 5_000,
        takes: 'COUNT',
        example: '20000',
      }),
    }),
    netlink: z.strictObject({
      metricsUpdate: option(duration({ min: '1s', max: '1d' }), {
        doc: 'How often counters of interfaces are read; they are the only thing that has to be polled.',
        default: '30s',
        takes: 'DURATION',
        example: '10s',
      }),
    }),
    netns: z.strictObject({
      paths: option(texts(), {
        doc: 'Folders in which named network namespaces appear.',
        default: ['/var/run/netns', '/var/run/docker/netns'],
        takes: 'DIRS',
        example: '/var/run/netns,/srv/netns',
      }),
      poll: option(duration({ min: '100ms', max: '1h' }), {
        doc: 'How often processes are searched for namespaces without a name, where the kernel does not tell of them.',
        default: '2s',
        takes: 'DURATION',
        example: '500ms',
      }),
    }),
    ovs: z.strictObject({
      databases: option(texts(), {
        doc: 'Databases of Open vSwitch, one a switch: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT.',
        default: [],
        defaultWords: 'the one of `capture.ovsdb`',
        takes: 'ADDRESSES',
        example: 'unix:/var/run/openvswitch/db.sock,ssl:192.0.2.7:6640',
      }),
      tls: z.strictObject({
        key: option(text(), {
          doc: 'File with the private key (PEM) for databases at `ssl:`.',
          defaultWords: 'none',
          takes: 'FILE',
          example: '/etc/openvswitch/sc-privkey.pem',
        }).optional(),
        certificate: option(text(), {
          doc: 'File with the certificate (PEM) for databases at `ssl:`.',
          defaultWords: 'none',
          takes: 'FILE',
          example: '/etc/openvswitch/sc-cert.pem',
        }).optional(),
        ca: option(text(), {
          doc: 'File with the certificate (PEM) of whoever signs those of the databases. What it signed is trusted whatever host it names, as Open vSwitch does.',
          defaultWords: 'those that Node.js trusts, and names have to fit',
          takes: 'FILE',
          example: '/var/lib/openvswitch/pki/switchca/cacert.pem',
        }).optional(),
      }),
    }),
    openflow: z.strictObject({
      address: option(valueMap(), {
        doc: 'Where bridges of Open vSwitch are managed, by their names: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT. Others are where the switch puts them, beside the socket of its database.',
        default: {},
        takes: 'JSON',
        example: '{"br-int": "ssl:192.0.2.7:6653"}',
      }),
      versions: option(texts(), {
        doc: 'Versions of OpenFlow that are spoken, as OpenFlow13; the highest that the bridge speaks too is taken.',
        default: [],
        defaultWords: 'all from OpenFlow10 to OpenFlow15',
        takes: 'NAMES',
        example: 'OpenFlow10,OpenFlow13',
      }),
      refresh: option(duration({ min: '100ms', max: '1h' }), {
        doc: 'How often counters of rules are read, and the rules of bridges that do not push them.',
        default: '5s',
        takes: 'DURATION',
        example: '30s',
      }),
      rulesMax: option(count({ min: 1, max: 10_000_000 }), {
        doc: 'How many rules and groups of a bridge are shown.',
        default: 100_000,
        takes: 'COUNT',
        example: '1000000',
      }),
      tls: z.strictObject({
        certificate: option(text(), {
          doc: 'File with the certificate (PEM) for bridges at `ssl:`.',
          defaultWords: 'none',
          takes: 'FILE',
          example: '/etc/openvswitch/sc-cert.pem',
        }).optional(),
        key: option(text(), {
          doc: 'File with the private key (PEM) for bridges at `ssl:`.',
          defaultWords: 'none',
          takes: 'FILE',
          example: '/etc/openvswitch/sc-privkey.pem',
        }).optional(),
        ca: option(text(), {
          doc: 'File with the certificate (PEM) of whoever signs those of the bridges.',
          defaultWords: 'those that the system trusts',
          takes: 'FILE',
          example: '/var/lib/openvswitch/pki/switchca/cacert.pem',
        }).optional(),
      }),
    }),
    ovn: z.strictObject({
      address: option(text(), {
        doc: 'Northbound database of OVN: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT.',
        default: 'unix:/var/run/ovn/ovnnb_db.sock',
        takes: 'ADDRESS',
        example: 'ssl:192.0.2.7:6641',
      }),
      southbound: option(text(), {
        doc: 'Southbound database of OVN, which knows the host of each port.',
        default: 'unix:/var/run/ovn/ovnsb_db.sock',
        takes: 'ADDRESS',
        example: 'ssl:192.0.2.7:6642',
      }),
      tls: z.strictObject({
        key: option(text(), {
          doc: 'File of the key that is shown to these databases.',
          defaultWords: 'none',
          takes: 'FILE',
          example: '/etc/ovn/client-key.pem',
        }).optional(),
        certificate: option(text(), {
          doc: 'File of the certificate that goes with it.',
          defaultWords: 'none',
          takes: 'FILE',
          example: '/etc/ovn/client-cert.pem',
        }).optional(),
        ca: option(text(), {
          doc: 'File of the certificates that sign those of databases.',
          defaultWords: 'those that the system trusts',
          takes: 'FILE',
          example: '/etc/ovn/cacert.pem',
        }).optional(),
      }),
    }),
    podman: z.strictObject({
      url: option(text(), {
        doc: 'Where the service of Podman is: unix:///PATH or tcp://HOST:PORT; without it its files are read.',
        default: 'unix:///run/podman/podman.sock',
        takes: 'URL',
        example: 'tcp://127.0.0.1:8888',
      }),
      storage: option(text(), {
        doc: 'The folder in which Podman keeps containers (graphroot in storage.conf).',
        default: '/var/lib/containers/storage',
        takes: 'DIR',
        example: '/srv/containers',
      }),
      run: option(text(), {
        doc: 'The folder in which there is more of those that run (runroot in storage.conf).',
        default: '/run/containers/storage',
        takes: 'DIR',
        example: '/run/my-containers',
      }),
    }),
    runc: z.strictObject({
      paths: option(texts(), {
        doc: 'Folders in which runc keeps its state.',
        default: ['/run/containerd/runc', '/run/runc', '/run/runc-ctrs'],
        takes: 'DIRS',
        example: '/run/docker/runtime-runc',
      }),
    }),
    sockets: z.strictObject({
      mode: option(z.enum(['auto', 'ebpf', 'diag'], { error: 'has to be auto, ebpf or diag' }), {
        doc: 'How sockets are found: ebpf, the kernel tells of them; diag, they are looked for again and again; auto, the better one that can be had.',
        default: 'auto',
        takes: 'HOW',
        example: 'diag',
      }),
      commands: option(z.enum(['shown', 'hidden'], { error: 'has to be shown or hidden' }), {
        doc: 'Whether command lines of processes that hold sockets are shown; what looks like a secret never is.',
        default: 'shown',
        takes: 'WHETHER',
        example: 'hidden',
      }),
      refresh: option(duration({ min: '1s', max: '1d' }), {
        doc: 'How often bytes and round trip times of open sockets are told.',
        default: '10s',
        takes: 'DURATION',
        example: '1m',
      }),
      poll: option(duration({ min: '100ms', max: '1h' }), {
        doc: 'How often to look for what the kernel does not tell: sockets of UDP, and without eBPF all; of very many sockets less often, so that it takes no more than a two-hundredth of the time.',
        default: '2s',
        takes: 'DURATION',
        example: '500ms',
      }),
    }),
  }),
  graph: z.strictObject({
    horizon: option(duration({ min: '1m', max: '7d' }), {
      doc: 'How far back the live graph itself remembers; what is older is answered from the archive.',
      default: '1h',
      takes: 'DURATION',
      example: '15m',
    }),
    versionsMax: option(count({ min: 1_000, max: 100_000_000 }), {
      doc: 'Versions the live graph holds at most, about 100 bytes each; when there are more its horizon comes nearer.',
      default: 1_000_000,
      takes: 'NUMBER',
      example: '5000000',
    }),
  }),
  flow: z.strictObject({
    update: option(durationOrSeconds({ min: '100ms', max: '1h' }), {
      doc: 'How often what was added to a flow is kept: one point each (a number alone is seconds, as with Skydive).',
      default: 10,
      defaultWords: '`10s`',
      takes: 'DURATION',
      example: '60s',
    }),
    expire: option(durationOrSeconds({ min: '1s', max: '7d' }), {
      doc: 'A flow without a packet for so long is over (a number alone is seconds, as with Skydive).',
      default: 600,
      defaultWords: '`10m`',
      takes: 'DURATION',
      example: '5m',
    }),
    applicationTimeout: option(durationMap({ min: '1s', max: '7d' }), {
      doc: 'The same for single applications, by name.',
      default: { ARP: '10s', DNS: '10s' },
      takes: 'JSON',
      example: '{"DNS": "5s", "NTP": "30s"}',
    }),
    maxEntries: option(count({ min: 1_000, max: 20_000_000 }), {
      doc: 'Flows that are held live, about 400 bytes each; the longest idle ones make room for new ones, and are counted.',
      default: 500_000,
      takes: 'NUMBER',
      example: '2000000',
    }),
    rawPacketsSize: option(size({ min: '1KiB', max: '16GiB' }), {
      doc: 'Packets kept of live flows (`RawPacketLimit`); those beyond it are counted.',
      default: '64MiB',
      takes: 'SIZE',
      example: '1GiB',
    }),
  }),
  alert: z.strictObject({
    scripts: option(text(), {
      doc: 'Folder of the scripts that alerts may run (`script://NAME`); none are run without it.',
      defaultWords: 'none',
      takes: 'DIR',
      example: '/etc/skein/scripts',
    }).optional(),
  }),
  injection: z.strictObject({
    max: option(count({ min: 0, max: 10_000 }), {
      doc: 'Injections that may run, or wait for their time, at once; 0: none may be made.',
      default: 128,
      takes: 'NUMBER',
      example: '16',
    }),
    rate: option(count({ min: 1, max: 10_000_000 }), {
      doc: 'Packets that one injection sends in a second at most.',
      default: 10_000,
      takes: 'NUMBER',
      example: '1000',
    }),
    pcapSize: option(size({ min: '1KiB', max: '16MiB' }), {
      doc: 'Largest trace that is sent again.',
      default: '4MiB',
      takes: 'SIZE',
      example: '1MiB',
    }),
  }),
  checks: z.strictObject({
    packetsPerCheck: option(count({ min: 1, max: 1_000_000 }), {
      doc: 'Packets that one check may send, all of its attempts together; a connection counts as one.',
      default: 10_000,
      takes: 'NUMBER',
      example: '1000',
    }),
    packetsPerRun: option(count({ min: 1, max: 100_000_000 }), {
      doc: 'Packets that one run of checks may send.',
      default: 100_000,
      takes: 'NUMBER',
      example: '10000',
    }),
    packetsPerSecond: option(count({ min: 1, max: 1_000_000 }), {
      doc: 'Packets that all checks together send in a second; those that come too early wait.',
      default: 1_000,
      takes: 'NUMBER',
      example: '100',
    }),
  }),
  capture: z.strictObject({
    ringSize: option(size({ min: '64KiB', max: '1GiB' }), {
      doc: 'Ring that a packet socket shares with the kernel: packets that find it full are lost, and counted. When there are many captures each has less.',
      default: '8MiB',
      takes: 'SIZE',
      example: '32MiB',
    }),
    conversations: option(count({ min: 16, max: 1_048_576 }), {
      doc: 'Conversations that one packet socket tells apart at a time; packets of more are lost, and counted.',
      default: 262_144,
      takes: 'NUMBER',
      example: '500000',
    }),
    kernelConversations: option(count({ min: 128, max: 1_048_576 }), {
      doc: "Conversations in the kernel's table for each CPU, 256 bytes each (rounded up to a power of two); others push them out into the ring behind it.",
      default: 8192,
      takes: 'NUMBER',
      example: '65536',
    }),
    kernelRingSize: option(size({ min: '8KiB', max: '1GiB' }), {
      doc: 'Ring behind that table (rounded up to a power of two): counts that find it full are lost, and counted as lost.',
      default: '8MiB',
      takes: 'SIZE',
      example: '64MiB',
    }),
    queueSize: option(size({ min: '1KiB', max: '4GiB' }), {
      doc: 'What captures have seen and the table of live flows has not taken yet; what finds no room is lost, and counted.',
      default: '64MiB',
      takes: 'SIZE',
      example: '256MiB',
    }),
    max: option(count({ min: 0, max: 100_000 }), {
      doc: 'Captures that may exist.',
      default: 1_000,
      takes: 'NUMBER',
      example: '50',
    }),
    nodes: option(count({ min: 1, max: 100_000 }), {
      doc: 'Nodes that one capture runs on; when its query finds more, that is said in its state.',
      default: 2_000,
      takes: 'NUMBER',
      example: '100',
    }),
    layerKeyMode: option(z.enum(['L2', 'L3'], { error: 'has to be L2 or L3' }), {
      doc: 'Whether conversations are told apart by MACs and VLANs (L2) or from addresses up (L3), where a capture does not say; mechanisms that cannot tell by MACs take L3.',
      default: 'L2',
      takes: 'MODE',
      example: 'L3',
    }),
    statsUpdate: option(durationOrSeconds({ min: '1s', max: '1h' }), {
      doc: 'How often packets and drops of captures are read.',
      default: '5s',
      takes: 'DURATION',
      example: '1s',
    }),
    bind: option(text(), {
      doc: 'Address on which captures listen for what others send (pcapsocket, sflow, netflow).',
      default: '127.0.0.1',
      takes: 'ADDRESS',
      example: '192.0.2.7',
    }),
    portMin: option(count({ min: 1, max: 65_535 }), {
      doc: 'First of the ports for pcapsocket captures.',
      default: 8100,
      takes: 'PORT',
      example: '9100',
    }),
    portMax: option(count({ min: 1, max: 65_535 }), {
      doc: 'Last of the ports for pcapsocket captures.',
      default: 8132,
      takes: 'PORT',
      example: '9132',
    }),
    ovsdb: option(text(), {
      doc: 'Database of Open vSwitch, as ovs-vsctl takes it: bridges are read there, and captures on them set up.',
      default: 'unix:/var/run/openvswitch/db.sock',
      takes: 'ADDRESS',
      example: 'tcp:192.0.2.7:6640',
    }),
    startup: z.strictObject({
      query: option(text(), {
        doc: 'A query whose nodes are captured on from the start.',
        defaultWords: 'no capture at the start',
        takes: 'GREMLIN',
        example: "G.V().Has('Type', 'veth')",
      }).optional(),
      filter: option(text(), {
        doc: 'Filter of that capture, in pcap syntax.',
        defaultWords: 'all packets',
        takes: 'BPF',
        example: 'icmp or port 53',
      }).optional(),
      type: option(text(), {
        doc: 'Mechanism of that capture.',
        defaultWords: 'the best that works for each node',
        takes: 'TYPE',
        example: 'afpacket',
      }).optional(),
    }),
  }),
  archive: z.strictObject({
    kind: option(
      z.enum(['embedded', 'elasticsearch', 'memory', 'none'], {
        error: 'has to be embedded, elasticsearch, memory or none',
      }),
      {
        doc: 'Where history is kept: in a file of its own, in Elasticsearch or OpenSearch, in memory until the end of the process, or not at all.',
        default: 'embedded',
        takes: 'KIND',
        example: 'memory',
      },
    ),
    directory: option(text(), {
      doc: 'Folder of the embedded archive.',
      default: ({ data }) => (data === undefined ? undefined : `${data}/archive`),
      defaultWords: '`archive` in the data folder',
      takes: 'DIR',
      example: '/srv/skein/archive',
    }),
    maxSize: option(size({ min: '16MiB', max: '16TiB' }), {
      doc: 'Size of the archive at which the oldest history is forgotten.',
      default: '1GiB',
      takes: 'SIZE',
      example: '20GiB',
    }),
    maxAge: option(duration({ min: '1m', max: '3650d' }), {
      doc: 'Age at which history is forgotten.',
      default: '7d',
      takes: 'DURATION',
      example: '30d',
    }),
    elasticsearch: z.strictObject({
      urls: option(texts(), {
        doc: 'Nodes of one Elasticsearch (7.17 or newer) or OpenSearch (2 or newer).',
        default: ['http://127.0.0.1:9200'],
        takes: 'URLS',
        example: 'https://es1:9200,https://es2:9200',
      }),
      cloudId: option(text(), {
        doc: 'Cloud ID of a deployment at Elastic, instead of urls.',
        defaultWords: 'none',
        takes: 'ID',
        example: 'skein:ZXUtd2Vz…',
      }).optional(),
      prefix: option(
        text().pipe(
          z.string().regex(/^[a-z0-9][a-z0-9._-]{0,80}$/, {
            error: 'begins with a small letter or digit, then has small letters, digits, dots, dashes and underscores',
          }),
        ),
        {
          doc: 'What the names of all indices and templates begin with.',
          default: 'skein-',
          takes: 'TEXT',
          example: 'network-',
        },
      ),
      apiKey: option(text(), {
        doc: 'API key; better in a variable or in apiKeyFile than in a flag.',
        defaultWords: 'what is in `archive.elasticsearch.apiKeyFile`',
        takes: 'KEY',
        example: 'VnVhQ2ZHY0…',
        secret: true,
      }).optional(),
      apiKeyFile: option(text(), {
        doc: 'File that holds the API key.',
        defaultWords: 'none',
        takes: 'FILE',
        example: '/etc/skein/elasticsearch-key',
      }).optional(),
      username: option(text(), {
        doc: 'Name of the user, when there is no API key.',
        defaultWords: 'none',
        takes: 'NAME',
        example: 'skein',
      }).optional(),
      password: option(text(), {
        doc: 'Password of that user; better in a variable or in passwordFile than in a flag.',
        defaultWords: 'what is in `archive.elasticsearch.passwordFile`',
        takes: 'PASSWORD',
        example: 'Zk3v…',
        secret: true,
      }).optional(),
      passwordFile: option(text(), {
        doc: 'File that holds the password.',
        defaultWords: 'none',
        takes: 'FILE',
        example: '/etc/skein/elasticsearch-password',
      }).optional(),
      ca: option(text(), {
        doc: 'Authority (PEM) that made the certificates of the servers.',
        defaultWords: 'those that the system trusts',
        takes: 'FILE',
        example: '/etc/skein/tls/elasticsearch-ca.crt',
      }).optional(),
      fingerprint: option(text(), {
        doc: 'SHA-256 of the certificate of that authority, in hex, instead of ca.',
        defaultWords: 'none',
        takes: 'HEX',
        example: 'B1:2A:96:…',
      }).optional(),
      shards: option(count({ min: 1, max: 100 }), {
        doc: 'Shards of each index.',
        default: 1,
        takes: 'NUMBER',
        example: '3',
      }),
      replicas: option(count({ min: 0, max: 10 }), {
        doc: 'Copies of each shard beside the first.',
        default: 0,
        takes: 'NUMBER',
        example: '1',
      }),
      sliceSize: option(size({ min: '16MiB', max: '100GiB' }), {
        doc: 'Size at which an index is followed by a new one; what is forgotten for age or size goes by whole ones.',
        default: '5GiB',
        takes: 'SIZE',
        example: '30GiB',
      }),
      sliceAge: option(duration({ min: '1h', max: '365d' }), {
        doc: 'Age at which an index is followed by a new one.',
        default: '1d',
        takes: 'DURATION',
        example: '7d',
      }),
      timeout: option(duration({ min: '1s', max: '10m' }), {
        doc: 'A request that takes longer has failed.',
        default: '30s',
        takes: 'DURATION',
        example: '1m',
      }),
    }),
    flows: z.strictObject({
      maxSize: option(size({ min: '16MiB', max: '16TiB' }), {
        doc: 'Size at which the oldest flows are forgotten.',
        default: '2GiB',
        takes: 'SIZE',
        example: '50GiB',
      }),
      tracesSize: option(size({ min: '16MiB', max: '16TiB' }), {
        doc: 'The same for flows of traces (POST /api/pcap), which have no age at which they are forgotten.',
        default: '512MiB',
        takes: 'SIZE',
        example: '10GiB',
      }),
      maxAge: option(duration({ min: '1m', max: '3650d' }), {
        doc: 'Age at which a flow is forgotten, with all that is known of it.',
        default: '7d',
        takes: 'DURATION',
        example: '30d',
      }),
      points: option(duration({ min: '1m', max: '3650d' }), {
        doc: 'Until this age every update of a flow is kept as a point of its own.',
        default: '6h',
        takes: 'DURATION',
        example: '1d',
      }),
      points1m: option(duration({ min: '1m', max: '3650d' }), {
        doc: 'Until this age there is a point for each minute.',
        default: '2d',
        takes: 'DURATION',
        example: '7d',
      }),
      points5m: option(duration({ min: '1m', max: '3650d' }), {
        doc: 'Until this age there is a point for each five minutes.',
        default: '14d',
        takes: 'DURATION',
        example: '30d',
      }),
      points1h: option(duration({ min: '1m', max: '3650d' }), {
        doc: 'Until this age there is a point for each hour.',
        default: '90d',
        takes: 'DURATION',
        example: '365d',
      }),
      queue: option(count({ min: 10, max: 10_000_000 }), {
        doc: 'Updates of flows that may wait for the archive, about 2 kB each; more are lost, and counted.',
        default: 50_000,
        takes: 'NUMBER',
        example: '200000',
      }),
      rawPackets: option(duration({ min: '1m', max: '3650d' }), {
        doc: 'Age at which packets that were kept are forgotten.',
        default: '1d',
        takes: 'DURATION',
        example: '7d',
      }),
    }),
    sockets: z.strictObject({
      maxSize: option(size({ min: '4MiB', max: '16TiB' }), {
        doc: 'Size at which the oldest sockets are forgotten.',
        default: '512MiB',
        takes: 'SIZE',
        example: '10GiB',
      }),
      maxAge: option(duration({ min: '1m', max: '3650d' }), {
        doc: 'So long after it closed a socket is forgotten.',
        default: '7d',
        takes: 'DURATION',
        example: '30d',
      }),
    }),
  }),
  query: z.strictObject({
    timeout: option(duration({ min: '10ms', max: '1h' }), {
      doc: 'Time one query may take.',
      default: '30s',
      takes: 'DURATION',
      example: '5s',
    }),
    items: option(count({ min: 1_000, max: 1e12 }), {
      doc: 'Elements and values that one query may look at.',
      default: 50_000_000,
      takes: 'NUMBER',
      example: '1000000',
    }),
    results: option(count({ min: 1, max: 1e9 }), {
      doc: 'Items in the answer of one query.',
      default: 2_000_000,
      takes: 'NUMBER',
      example: '100000',
    }),
    memory: option(size({ min: '1MiB', max: '64GiB' }), {
      doc: 'What one query may hold while it runs.',
      default: '512MiB',
      takes: 'SIZE',
      example: '64MiB',
    }),
    textLength: option(count({ min: 100, max: 10_000_000 }), {
      doc: 'Characters of one query.',
      default: 65_536,
      takes: 'NUMBER',
      example: '4096',
    }),
    depth: option(count({ min: 1, max: 100 }), {
      doc: 'Steps within arguments of steps within arguments.',
      default: 16,
      takes: 'NUMBER',
      example: '8',
    }),
    parallel: option(count({ min: 1, max: 10_000 }), {
      doc: 'Queries that run at the same time; one more is answered with 429.',
      default: 128,
      takes: 'NUMBER',
      example: '16',
    }),
  }),
  workflow: z.strictObject({
    timeout: option(duration({ min: '1s', max: '1h' }), {
      doc: 'Time one run of a workflow may take, what it waits for included.',
      default: '2m',
      takes: 'DURATION',
      example: '10m',
    }),
    cpu: option(duration({ min: '100ms', max: '10m' }), {
      doc: 'Time it may compute itself.',
      default: '10s',
      takes: 'DURATION',
      example: '1m',
    }),
    parallel: option(count({ min: 1, max: 100 }), {
      doc: 'Workflows that run at the same time, up to 64 MiB each; one more is answered with 429.',
      default: 8,
      takes: 'NUMBER',
      example: '2',
    }),
  }),
  api: z.strictObject({
    loopback: option(z.enum(['admin', 'read', 'token'], { error: 'has to be admin, read or token' }), {
      doc: 'What whoever is on this machine may without a token: everything (every user of the machine, also what runs in its containers with its network), read, or nothing.',
      default: 'admin',
      takes: 'ROLE',
      example: 'read',
    }),
    names: option(texts(), {
      doc: 'Names by which this server may be called, besides localhost and addresses; a request for any other is refused.',
      default: [],
      takes: 'NAMES',
      example: 'skein.example.org',
    }),
    body: option(size({ min: '1KiB', max: '1GiB' }), {
      doc: 'Size of one request.',
      default: '4MiB',
      takes: 'SIZE',
      example: '1MiB',
    }),
    trace: option(size({ min: '1KiB', max: '1TiB' }), {
      doc: 'Size of one trace (POST /api/pcap).',
      default: '1GiB',
      takes: 'SIZE',
      example: '10GiB',
    }),
    message: option(size({ min: '1KiB', max: '1GiB' }), {
      doc: 'Size of one WebSocket message.',
      default: '32MiB',
      takes: 'SIZE',
      example: '4MiB',
    }),
    connections: option(count({ min: 1, max: 1_000_000 }), {
      doc: 'Connections that may be open, WebSockets included.',
      default: 2_000,
      takes: 'NUMBER',
      example: '100',
    }),
    webSockets: option(count({ min: 0, max: 1_000_000 }), {
      doc: 'WebSockets that may be open.',
      default: 500,
      takes: 'NUMBER',
      example: '50',
    }),
    rate: option(count({ min: 1, max: 1_000_000 }), {
      doc: 'Requests a second from one address that is not loopback; twice as many in a burst.',
      default: 500,
      takes: 'NUMBER',
      example: '20',
    }),
    ping: option(duration({ min: '100ms', max: '1h' }), {
      doc: 'How often a WebSocket is pinged; one that stays silent three times is closed.',
      default: '2s',
      takes: 'DURATION',
      example: '10s',
    }),
    queue: option(count({ min: 10, max: 10_000_000 }), {
      doc: 'Replies that may wait for one WebSocket client that does not read; it is closed when there are more.',
      default: 10_000,
      takes: 'NUMBER',
      example: '1000',
    }),
  }),
});

export type Config = z.output<typeof configShape>;
