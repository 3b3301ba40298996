/** A listener and the bridge that exports to it: they begin and end together. */

import type { MechanismContext, Running } from './mechanism.ts';
import { exportFrom, type OvsExport, targetOf } from './ovs-export.ts';

export async function ovsCapture(
  { place, options, log }: MechanismContext,
  listener: Running & { readonly port: number },
  asked: Pick<OvsExport, 'database' | 'kind'> & { readonly columns: (target: string) => OvsExport['columns'] },
): Promise<Running> {
  const { database, kind } = asked;
  const columns = asked.columns(targetOf(options.bind, listener.port));
  const exporter = await exportFrom({ database, kind, columns, bridge: place.name }).catch(async (error) => {
    await listener[Symbol.asyncDispose]();
    throw error;
  });
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
