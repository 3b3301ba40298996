/** What a process that was killed has left in a switch is removed by the next one: rows that carry our host's mark and no live owner. */
import type { Operation } from '../ovsdb/transact.ts';
import { backoff } from '../std/backoff.ts';
import type { Clock } from '../std/clock.ts';
import { pause } from '../std/pause.ts';
import { map, mapOf, OvsDatabase, type OvsSwitches, set, take, uuid, uuidsOf } from './ovs-database.ts';
import { type ExportKind, exportTables } from './ovs-export.ts';
import { HOST, isAlive } from './ovs-owner.ts';

export interface Sweeping {
  readonly clock: Clock;
  readonly log: { info(message: string): void; warn(message: string): void };
  readonly signal: AbortSignal;
}

/** Once in each database, as soon as it answers. Resolves when that is done; never rejects. */
export async function sweepSwitches(switches: OvsSwitches, sweeping: Sweeping): Promise<void> {
  await Promise.all(switches.databases.map((name) => sweepWhenThere(name, switches, sweeping)));
}

async function sweepWhenThere(name: string, switches: OvsSwitches, { clock, log, signal }: Sweeping): Promise<void> {
  const waits = backoff({ firstMs: 1_000, maxMs: 60_000, random: Math.random });
  while (!signal.aborted) {
    try {
      const removed = await sweep(new OvsDatabase(name, switches));
      if (removed > 0) log.info(`${removed} rows of an earlier run are removed from Open vSwitch at ${name}`);
      return;
    } catch {
      // Whoever wants something of this switch is told why it does not answer.
      await pause(clock, waits.next(), signal);
    }
  }
}

/** Gives how many rows were taken away. */
export async function sweep(database: OvsDatabase): Promise<number> {
  const where = [['external_ids', 'includes', map({ exporter: 'skein', [HOST]: database.host })]];
  const columns = ['_uuid', 'external_ids'];
  const kinds = Object.keys(exportTables) as ExportKind[];
  const tables = ['Mirror', 'Port', ...kinds.map((kind) => exportTables[kind])];
  const found = await database.change(tables.map((table) => ({ op: 'select', table, where, columns })));
  const [mirrors = [], ports = [], ...exports] = found.map(({ rows }) =>
    rows.filter(({ external_ids }) => !isAlive(mapOf(external_ids))).flatMap(({ _uuid }) => uuidsOf(_uuid)),
  );
  const changes: Operation[] = [
    ...mirrors.map((row) => take('mirrors', row)),
    ...ports.map((row) => take('ports', row)),
    ...kinds.flatMap((kind, index) => (exports[index] ?? []).map((row) => end(kind, row))),
  ];
  if (changes.length > 0) await database.change(changes);
  return changes.length;
}

function end(kind: ExportKind, row: string): Operation {
  return { op: 'update', table: 'Bridge', where: [[kind, 'includes', uuid(row)]], row: { [kind]: set() } };
}
