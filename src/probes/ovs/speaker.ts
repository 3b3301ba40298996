/** What of Open vSwitch is said, and how it is taken back. */
import type { GraphWriter } from '../../graph/change.ts';
import type { Metadata } from '../../graph/element.ts';
import type { ProbeHost } from '../probe.ts';
import { Speaker } from '../speaker.ts';
import { deviceType, ovsId } from './picture.ts';
import { ADDED_KEYS, OWNED } from './vocabulary.ts';

export function ovsSpeaker(graph: GraphWriter, host: ProbeHost): Speaker {
  return new Speaker({
    graph,
    host,
    owned: OWNED,
    added: ADDED_KEYS,
    isOwn: ({ id, metadata: { UUID } }) => typeof UUID === 'string' && id === ovsId(host.name, UUID),
    isAdded: ({ metadata: { UUID, Ovs } }) => typeof UUID === 'string' && Ovs !== undefined,
    withdraw: withdrawn,
  });
}

/** An internal port is for the kernel what it was before. */
function withdrawn(metadata: Metadata): { readonly set?: Metadata; readonly unset: readonly string[] } {
  const type = metadata.Type === 'internal' ? deviceType(metadata) : undefined;
  return { ...(type !== undefined && { set: { Type: type } }), unset: ADDED_KEYS };
}
