/** Told and Element of relay.proto: versions of nodes and edges. */
import type { Element, Metadata } from '../../graph/element.ts';
import type { Told } from '../../graph/told.ts';
import { bytesOf, decodeAs, part, wire } from './generated.ts';
import { objectFromJson, toJson } from './json.ts';

export function encodeTold(told: Told): Uint8Array {
  switch (told.kind) {
    case 'version':
      return bytesOf(wire.Told, { version: fromElement(told.element) });
    case 'update': {
      const { of, id, createdAt, revision, updatedAt, set, unset } = told;
      const isEdge = of === 'edge';
      return bytesOf(wire.Told, {
        update: { isEdge, id, createdAt, revision, updatedAt, set: toJson(set), unset: [...unset] },
      });
    }
    case 'gone': {
      const { of, id, createdAt, revision, deletedAt } = told;
      return bytesOf(wire.Told, { gone: { isEdge: of === 'edge', id, createdAt, revision, deletedAt } });
    }
  }
}

/** Undefined when it is of a kind that came later. */
export function decodeTold(bytes: Uint8Array, base: number): Told | undefined {
  const read = decodeAs(wire.Told, bytes, base);
  const version = part(wire.Element, read.version);
  if (version) return { kind: 'version', element: toElement(version, base) };
  const update = part(wire.Update, read.update);
  if (update) {
    const { id, createdAt, revision, updatedAt, unset } = update;
    const set = objectFromJson(update.set, base) as Metadata;
    return { kind: 'update', of: update.isEdge ? 'edge' : 'node', id, createdAt, revision, updatedAt, set, unset };
  }
  const gone = part(wire.Gone, read.gone);
  if (!gone) return undefined;
  const { id, createdAt, revision, deletedAt } = gone;
  return { kind: 'gone', of: gone.isEdge ? 'edge' : 'node', id, createdAt, revision, deletedAt };
}

function fromElement(element: Element) {
  const { id, host, origin, createdAt, updatedAt, deletedAt, validTo, recordedAt, revision } = element;
  return {
    id,
    metadata: toJson(element.metadata),
    host,
    origin,
    createdAt,
    updatedAt,
    deletedAt: deletedAt ?? null,
    validTo: validTo ?? null,
    recordedAt,
    revision,
    ends: element.kind === 'edge' ? { parent: element.parent, child: element.child } : null,
  };
}

function toElement(element: InstanceType<typeof wire.Element>, base: number): Element {
  const { id, host, origin, createdAt, updatedAt, recordedAt, revision } = element;
  const ends = part(wire.Ends, element.ends);
  const version = {
    id,
    metadata: objectFromJson(element.metadata, base) as Metadata,
    host,
    origin,
    createdAt,
    updatedAt,
    deletedAt: element.deletedAt ?? undefined,
    validTo: element.validTo ?? undefined,
    recordedAt,
    revision,
  };
  return ends ? { kind: 'edge', ...version, parent: ends.parent, child: ends.child } : { kind: 'node', ...version };
}
