/** A listener and the bridge that exports to it: they begin and end together. */

import type { MechanismContext, Running } from './mechanism.ts';
import { OvsDatabase, type OvsSwitches } from './ovs-database.ts';
import { type ExportKind, exportFrom, type OvsExport, targetOf } from './ovs-export.ts';

export async function ovsCapture(
  { place, options, log }: MechanismContext,
  listener: Running & { readonly port: number },
  asked: { readonly kind: ExportKind; readonly columns: (target: string) => OvsExport['columns'] },
  switches: OvsSwitches,
): Promise<Running> {
  const { kind } = asked;
  const columns = asked.columns(targetOf(options.bind, listener.port));
  let exporter: AsyncDisposable;
  try {
    const database = OvsDatabase.of(place, switches);
    exporter = await exportFrom({ database, kind, columns, bridge: place.name, log });
  } catch (error) {
    await listener[Symbol.asyncDispose]();
    throw error;
  }
  log.info(`bridge ${place.name} exports ${kind} to ${listener.listens}`);
  return {
    ...(listener.listens !== undefined && { listens: listener.listens }),
    ended: listener.ended,
    stats: () => listener.stats(),
    async [Symbol.asyncDispose]() {
      await exporter[Symbol.asyncDispose]();
      await listener[Symbol.asyncDispose]();
    },
  };
}
