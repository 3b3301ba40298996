/** What of Open vSwitch is said, and how it is taken back. */
import type { GraphWriter } from '../../graph/change.ts';
import type { Metadata, Value } from '../../graph/element.ts';
import type { ProbeHost } from '../probe.ts';
import { Speaker } from '../speaker.ts';
import { deviceType, ovsId } from './picture.ts';
import { ADDED_KEYS, OWNED } from './vocabulary.ts';

/** `isOf`: whether what an earlier run left is of the database that is spoken of. */
export function ovsSpeaker(
  graph: GraphWriter,
  host: ProbeHost,
  isOf: (database: string | undefined) => boolean,
): Speaker {
  return new Speaker({
    graph,
    host,
    owned: OWNED,
    added: ADDED_KEYS,
    isOwn: ({ id, metadata: { UUID, Ovs } }) =>
      typeof UUID === 'string' && id === ovsId(host.name, UUID) && isOf(databaseOf(Ovs)),
    isAdded: ({ metadata: { UUID, Ovs } }) => typeof UUID === 'string' && Ovs !== undefined && isOf(databaseOf(Ovs)),
    withdraw: withdrawn,
  });
}

function databaseOf(said: Value | undefined): string | undefined {
  const database = typeof said === 'object' && said !== null && 'Database' in said ? said.Database : undefined;
  return typeof database === 'string' ? database : undefined;
}

/** An internal port is for the kernel what it was before. */
function withdrawn(metadata: Metadata): { readonly set?: Metadata; readonly unset: readonly string[] } {
  const type = metadata.Type === 'internal' ? deviceType(metadata) : undefined;
  return { ...(type !== undefined && { set: { Type: type } }), unset: ADDED_KEYS };
}
