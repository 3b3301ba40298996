/**
 * Tells a bridge of Open vSwitch to export to us, through ovs-vsctl (ovs-vswitchd.conf.db(5): tables sFlow, NetFlow, IPFIX),
 * and takes that back at the end. A bridge has one exporter of each kind: what someone else has set up is left alone.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Unavailable } from '../std/unavailable.ts';

export interface OvsExport {
  /** 'unix:/run/openvswitch/db.sock'. */
  readonly database: string;
  readonly bridge: string;
  /** The column of the bridge, and with it the table. */
  readonly kind: 'sflow' | 'netflow' | 'ipfix';
  /** Columns of the exporter. */
  readonly columns: Readonly<Record<string, string | number>>;
}

const timeoutS = 10;
/** Says that an exporter is ours, also to a run after one that was killed. */
const mark = 'external_ids:exporter=skein';

/** Throws Unavailable with what is missing. To be disposed of at the end; that never throws. */
export async function exportFrom(asked: OvsExport): Promise<AsyncDisposable> {
  const { database, bridge, kind, columns } = asked;
  const before = await vsctl(database, '--if-exists', 'get', 'bridge', bridge, kind);
  if (before === '') throw new Unavailable(`bridge ${bridge}`, `a bridge of that name in ${database}`);
  if (before !== '[]' && !(await isOurs(asked, before)))
    throw new Unavailable(
      `bridge ${bridge} exports ${kind} already`,
      `that to end, if nobody needs it: ovs-vsctl clear bridge ${bridge} ${kind}`,
    );
  const values = Object.entries(columns).map(([name, value]) => `${name}=${value}`);
  const made = await vsctl(
    ...([database, '--id=@ours', 'create', kind, ...values, mark, '--'] as const),
    ...['set', 'bridge', bridge, `${kind}=@ours`],
  );
  return {
    async [Symbol.asyncDispose]() {
      // The bridge may be gone, or export to someone else by now.
      const now = await vsctl(database, '--if-exists', 'get', 'bridge', bridge, kind).catch(() => '');
      if (now === made) await vsctl(database, '--if-exists', 'clear', 'bridge', bridge, kind).catch(() => '');
    },
  };
}

async function isOurs({ database, kind }: OvsExport, row: string): Promise<boolean> {
  return (await vsctl(database, '--if-exists', 'get', kind, row, 'external_ids')).includes('exporter=skein');
}

async function vsctl(database: string, ...args: readonly string[]): Promise<string> {
  const options = [`--db=${database}`, `--timeout=${timeoutS}`];
  try {
    const { stdout } = await promisify(execFile)('ovs-vsctl', [...options, ...args], {
      timeout: (timeoutS + 1) * 1_000,
    });
    return stdout.trim();
  } catch (cause) {
    const { code, stderr = '' } = cause as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') throw new Unavailable('ovs-vsctl is not there', 'the package openvswitch-switch', { cause });
    const said = stderr.trim().split('\n')[0] || 'no answer';
    throw new Unavailable(`Open vSwitch at ${database} (${said})`, 'ovsdb-server and ovs-vswitchd that answer there', {
      cause,
    });
  }
}

/** Where Open vSwitch is, and which ports our listeners may have. */
export interface OvsOptions {
  readonly database: string;
  readonly ports: { readonly from: number; readonly to: number };
}

/** A target as ovs-vsctl reads it; whoever listens on all addresses is reached at the loopback. */
export function targetOf(bind: string, port: number): string {
  if (bind === '0.0.0.0' || bind === '::') return `"127.0.0.1:${port}"`;
  return bind.includes(':') ? `"[${bind}]:${port}"` : `"${bind}:${port}"`;
}
