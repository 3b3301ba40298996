/**
 * Tells a bridge of Open vSwitch to export to us (ovs-vswitchd.conf.db(5): tables sFlow, NetFlow, IPFIX), and takes that
 * back at the end. A bridge has one exporter of each kind: what someone else has set up is left alone.
 */
import { Undone } from '../ovsdb/transact.ts';
import { Unavailable } from '../std/unavailable.ts';
import { map, mapOf, named, type OvsDatabase, type OvsSwitches, set, uuid, uuidsOf } from './ovs-database.ts';
import { isAlive, isOwn, ownMarks } from './ovs-owner.ts';
import { undo } from './ovs-undo.ts';

export interface OvsExport {
  readonly database: OvsDatabase;
  readonly bridge: string;
  /** The column of the bridge. */
  readonly kind: ExportKind;
  /** Columns of the exporter, as RFC 7047 §5.1 writes them. */
  readonly columns: Readonly<Record<string, unknown>>;
  readonly log: { warn(message: string): void };
}

export type ExportKind = 'sflow' | 'netflow' | 'ipfix';

/** The table of each. */
export const exportTables: Readonly<Record<ExportKind, string>> = {
  sflow: 'sFlow',
  netflow: 'NetFlow',
  ipfix: 'IPFIX',
};

/** Throws Unavailable with what is missing. To be disposed of at the end; that never throws. */
export async function exportFrom(asked: OvsExport): Promise<AsyncDisposable> {
  const { database, bridge, kind, columns, log } = asked;
  const where = [['name', '==', bridge]];
  const [found] = await database.change([{ op: 'select', table: 'Bridge', where, columns: ['_uuid', kind] }]);
  const [row] = found?.rows ?? [];
  if (!row) throw new Unavailable(`bridge ${bridge}`, `a bridge of that name in ${database.name}`);
  const [before] = uuidsOf(row[kind]);
  if (before !== undefined && !(await isFree(asked, before))) throw taken(asked);
  const external_ids = map({ ...mapOfColumn(columns.external_ids), ...ownMarks(database.host) });
  let made: string | undefined;
  try {
    const outcomes = await database.change([
      { op: 'wait', table: 'Bridge', where, columns: [kind], until: '==', rows: [{ [kind]: row[kind] }], timeout: 0 },
      { op: 'insert', table: exportTables[kind], row: { ...columns, external_ids }, 'uuid-name': 'ours' },
      { op: 'update', table: 'Bridge', where, row: { [kind]: named('ours') } },
    ]);
    made = outcomes[1]?.uuid;
  } catch (error) {
    // Someone else was quicker, or has removed the bridge.
    if (error instanceof Undone && error.reason === 'timed out') throw taken(asked, error);
    if (!(error instanceof Undone)) throw error;
    throw new Unavailable(
      `bridge ${bridge} (${error.message})`,
      `a database that takes a row of ${exportTables[kind]}`,
      {
        cause: error,
      },
    );
  }
  const ours = uuid(String(made));
  return {
    [Symbol.asyncDispose]: () =>
      undo(
        // The bridge may be gone, or export to someone else by now.
        () =>
          database.change([
            { op: 'update', table: 'Bridge', where: [[kind, 'includes', ours]], row: { [kind]: set() } },
          ]),
        (why) => log.warn(`bridge ${bridge} still exports ${kind}: ${why}; trying again`),
      ),
  };
}

/** Whether nobody is there any more who needs it. */
async function isFree({ database, kind }: OvsExport, row: string): Promise<boolean> {
  const [found] = await database.change([
    { op: 'select', table: exportTables[kind], where: [['_uuid', '==', uuid(row)]], columns: ['external_ids'] },
  ]);
  const [first] = found?.rows ?? [];
  if (!first) return true;
  const marks = mapOf(first.external_ids);
  if (marks.get('exporter') !== 'skein') return false;
  const host = marks.get('skein-host');
  if (host !== undefined && host !== database.host) return false;
  // A capture of this very process that is over; two at once are not started on one bridge.
  return isOwn(marks) || !isAlive(marks);
}

function taken({ bridge, kind }: OvsExport, cause?: unknown): Unavailable {
  const would = `that to end, if nobody needs it: ovs-vsctl clear bridge ${bridge} ${kind}`;
  return new Unavailable(`bridge ${bridge} exports ${kind} already`, would, { cause });
}

function mapOfColumn(value: unknown): Record<string, string> {
  return Object.fromEntries(mapOf(value));
}

/** Where Open vSwitch is, and which ports our listeners may have. */
export interface OvsOptions extends OvsSwitches {
  readonly ports: { readonly from: number; readonly to: number };
}

/** A target; whoever listens on all addresses is reached at the loopback. */
export function targetOf(bind: string, port: number): string {
  if (bind === '0.0.0.0' || bind === '::') return `127.0.0.1:${port}`;
  return bind.includes(':') ? `[${bind}]:${port}` : `${bind}:${port}`;
}
