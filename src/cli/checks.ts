/** What `skein doctor` finds: from readings of this machine and of the server to findings with what would do. */
import type { Status } from '../contract/status.ts';
import { hasCapability } from '../std/capabilities.ts';
import type { Check } from './check.ts';
import { flowChecks } from './flow-checks.ts';
import { drawBytes } from './moment.ts';
import { probeChecks } from './probe-checks.ts';
import { fleetChecks, relayChecks } from './relay-checks.ts';

export interface Readings {
  readonly nodeVersion: string;
  /** Why the addon cannot be loaded; undefined when it can. */
  readonly addonError: string | undefined;
  /** CapEff of /proc/self/status; undefined where there is none. */
  readonly capabilities: bigint | undefined;
  /** As uname -r has it. */
  readonly kernel: string;
  readonly version: string;
  readonly serverUrl: string;
  /** Its status, or why there is none. */
  readonly server: Status | { readonly error: string; readonly hint: string | undefined };
  /** Server's clock minus ours, ms; HTTP tells it to the second. */
  readonly clockOffMs: number | undefined;
  /** Of the disk with the archive; undefined when that is on another machine. */
  readonly disk: { readonly path: string; readonly freeBytes: number } | undefined;
}

export function checksOf(readings: Readings): Check[] {
  const { server } = readings;
  const ofServer =
    'error' in server
      ? []
      : [
          ...relayChecks(server),
          ...fleetChecks(server),
          ...probeChecks(server),
          ...archiveChecks(server),
          ...alertChecks(server),
          ...flowChecks(server),
        ];
  return [
    nodeCheck(readings.nodeVersion),
    addonCheck(readings.addonError),
    kernelCheck(readings.kernel),
    ...('error' in server ? capabilityChecks(readings.capabilities) : []),
    serverCheck(readings),
    ...ofServer,
    ...clockChecks(readings.clockOffMs),
    ...diskChecks(readings),
  ];
}

function nodeCheck(version: string): Check {
  const isRight = Number(/^v?(\d+)/.exec(version)?.[1]) >= 24;
  return isRight
    ? { name: 'node', state: 'ok', text: version }
    : { name: 'node', state: 'fail', text: `${version} is too old`, would: 'npm run setup brings the right one' };
}

function addonCheck(error: string | undefined): Check {
  if (error === undefined) return { name: 'addon', state: 'ok', text: 'loads' };
  return { name: 'addon', state: 'fail', text: error, would: 'npm run setup builds it' };
}

function kernelCheck(release: string): Check {
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(release) ?? []).map(Number);
  // SO_NETNS_COOKIE: without it a namespace cannot be told from one that took over its inode.
  const isRight = major > 5 || (major === 5 && minor >= 14);
  return isRight
    ? { name: 'kernel', state: 'ok', text: release }
    : {
        name: 'kernel',
        state: 'warn',
        text: `${release} cannot name namespaces for good`,
        would: 'Linux 5.14 or later',
      };
}

const capabilities: readonly { readonly name: string; readonly without: string }[] = [
  { name: 'CAP_SYS_ADMIN', without: 'only the namespace it is started in is seen' },
  { name: 'CAP_SYS_PTRACE', without: 'namespaces and sockets that only processes of others hold are not found' },
  { name: 'CAP_NET_ADMIN', without: 'messages of the kernel may be lost in bursts, and are read again' },
  { name: 'CAP_NET_RAW', without: 'no packets are captured, and neighbours are not heard' },
  { name: 'CAP_BPF', without: 'the kernel counts no flows, and does not tell of sockets' },
  { name: 'CAP_PERFMON', without: 'the kernel counts no flows, and does not tell of sockets' },
];

/** Of this process: a server tells by itself what each of its probes lacks. */
function capabilityChecks(effective: bigint | undefined): Check[] {
  if (effective === undefined) return [];
  return capabilities.map(({ name, without }) =>
    hasCapability(effective, name)
      ? { name: 'capability', state: 'ok', text: name }
      : {
          name: 'capability',
          state: 'warn',
          text: `no ${name}: ${without}`,
          would: 'run skein up as root, or give it the capability',
        },
  );
}

function serverCheck({ server, serverUrl, version }: Readings): Check {
  if ('error' in server) {
    return { name: 'server', state: 'fail', text: server.error, ...(server.hint && { would: server.hint }) };
  }
  const text = `${serverUrl}: ${server.Version}, ${server.Graph.Nodes} nodes`;
  if (server.Version === version) return { name: 'server', state: 'ok', text };
  return { name: 'server', state: 'warn', text, would: `this is ${version}: run the same version on both sides` };
}

/** Of those that are shared: what is shared may be away. */
function alertChecks({ Alerts: { All = 0, Held, IsMaster } }: Status): Check[] {
  if (All === 0 || Held === undefined) return [];
  const would = 'the Elasticsearch that analyzers share has to answer: skein archive status says what is missing';
  return [{ name: 'alerts', state: IsMaster ? 'fail' : 'warn', text: Held, would }];
}

/** An agent keeps none of its own. */
function archiveChecks(status: Status): Check[] {
  return status.Relay ? [] : [archiveCheck(status)];
}

function archiveCheck({ Archive }: Status): Check {
  const name = 'archive';
  if (!Archive) return { name, state: 'warn', text: 'no history is kept', would: 'skein up --archive-kind embedded' };
  const notes = Archive.Notes.join('; ');
  if (Archive.State === 'failed') return { name, state: 'fail', text: notes || 'it failed' };
  if (Archive.Lost) return { name, state: 'fail', text: `${Archive.Lost} changes could not be kept; ${notes}` };
  if (Archive.State === 'degraded' || notes) return { name, state: 'warn', text: notes || 'degraded' };
  return { name, state: 'ok', text: `${Archive.Place}, ${drawBytes(Archive.SizeBytes)}` };
}

/** HTTP tells the time to the second, so less than two is nothing. */
const clockOffMsMax = 2_000;

function clockChecks(offMs: number | undefined): Check[] {
  if (offMs === undefined) return [];
  const name = 'clock';
  if (Math.abs(offMs) <= clockOffMsMax) return [{ name, state: 'ok', text: 'agrees with the server' }];
  const text = `the server's is ${Math.round(Math.abs(offMs) / 1000)} s ${offMs > 0 ? 'ahead' : 'behind'}`;
  return [{ name, state: 'warn', text, would: 'NTP on both machines (systemd-timesyncd, chrony)' }];
}

/** Below this SQLite itself gets into trouble. */
const freeBytesMin = 100e6;

function diskChecks({ disk, server }: Readings): Check[] {
  if (!disk) return [];
  const { Archive: archive = null, Relay: relay } = 'error' in server ? {} : server;
  const spool = relay ? relay.Spool.BytesMax - relay.Spool.Bytes : 0;
  const toCome = archive ? Math.max(0, archive.SizeBytesMax - archive.SizeBytes) : Math.max(0, spool);
  const text = `${drawBytes(disk.freeBytes)} free at ${disk.path}`;
  const name = 'disk';
  if (disk.freeBytes < freeBytesMin)
    return [{ name, state: 'fail', text, would: 'free some space, or another --data' }];
  if (disk.freeBytes >= toCome) return [{ name, state: 'ok', text }];
  const [what, flag] = relay ? ['spool', '--agent-spool-max-size'] : ['archive', '--archive-max-size'];
  const would = `a smaller ${flag}, or another --data`;
  return [{ name, state: 'warn', text: `${text}, and the ${what} may grow by ${drawBytes(toCome)}`, would }];
}
