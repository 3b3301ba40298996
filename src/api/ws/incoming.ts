/** Messages of publishers, as they come from the network → changes of the graph, or a sentence that says what is wrong. */

import { requiredOf } from '../../contract/change.ts';
import { idLengthMax } from '../../contract/element.ts';
import { publishedShape } from '../../contract/message.ts';
import type { Change } from '../../graph/change.ts';
import type { Metadata, Value } from '../../graph/element.ts';
import { parseJson } from '../body.ts';
import { issuesText } from '../issues-text.ts';

export type Incoming =
  | {
      readonly kind: 'change';
      readonly uuid: string;
      readonly change: Change;
      readonly host: string;
      readonly origin: string;
    }
  /** One key below the top of an element's metadata: what is around it has to be read first. */
  | {
      readonly kind: 'deep';
      readonly uuid: string;
      readonly of: 'node' | 'edge';
      readonly id: string;
      readonly ops: readonly PartialOp[];
    }
  | { readonly kind: 'other'; readonly uuid: string; readonly type: string; readonly obj: unknown }
  | { readonly kind: 'wrong'; readonly uuid: string; readonly text: string };

export interface PartialOp {
  readonly Type: 1 | 2;
  readonly Key: string;
  readonly Value?: Value | undefined;
}

interface Message {
  readonly Type?: unknown;
  readonly UUID?: unknown;
  readonly Obj?: unknown;
}

/** One message, or several in an array. */
export function incomingOf(text: string): Incoming[] {
  const { value, fault } = parseJson(text);
  if (fault !== undefined) return [{ kind: 'wrong', uuid: '', text: fault.replace('the body', 'the message') }];
  return Array.isArray(value) ? value.flatMap(readMessage) : readMessage(value);
}

function readMessage(value: unknown): Incoming[] {
  if (typeof value !== 'object' || value === null) return [wrong('', 'a message is an object with Type and Obj')];
  const message = value as Message;
  const uuid = typeof message.UUID === 'string' ? message.UUID.slice(0, 255) : '';
  if (typeof message.Type !== 'string') return [wrong(uuid, 'Type: a string is expected')];
  if (message.Type === 'Sync') return readSync(message.Obj, uuid);
  if (!isPublished(message.Type)) return [{ kind: 'other', uuid, type: message.Type.slice(0, 100), obj: message.Obj }];
  return [readChange(message.Type, message.Obj, uuid)];
}

type PublishedType = `${'Node' | 'Edge'}${'Added' | 'Updated' | 'Deleted' | 'PartiallyUpdated'}`;

function isPublished(type: string): type is PublishedType {
  return /^(Node|Edge)(Added|Updated|Deleted|PartiallyUpdated)$/.test(type);
}

/** A whole graph in one message. */
function readSync(obj: unknown, uuid: string): Incoming[] {
  const { Nodes = [], Edges = [] } = (obj ?? {}) as { Nodes?: unknown; Edges?: unknown };
  const nodes = Array.isArray(Nodes) ? Nodes : [];
  const edges = Array.isArray(Edges) ? Edges : [];
  return [
    ...nodes.map((node) => readChange('NodeAdded', node, uuid)),
    ...edges.map((edge) => readChange('EdgeAdded', edge, uuid)),
  ];
}

/**
 * The shapes of the contract, checked by hand: this is asked 80,000 times a second. What does not pass is checked
 * again with the shape itself, which knows how to say what is wrong.
 */
function readChange(type: PublishedType, obj: unknown, uuid: string): Incoming {
  const of = type.startsWith('Node') ? 'node' : 'edge';
  const said = obj as Said | null | undefined;
  if (typeof said === 'object' && said !== null && isId(said.ID)) {
    if (type.endsWith('Deleted')) return change({ kind: 'gone', id: said.ID, of }, said, uuid);
    if (type.endsWith('PartiallyUpdated')) {
      if (isOps(said.Ops)) return partial(of, said.ID, said.Ops, said, uuid);
    } else if (isMetadata(said.Metadata)) {
      const { ID: id, Metadata: metadata, Parent: parent, Child: child } = said;
      if (of === 'node' && requiredOf(metadata.Type).every((key) => isName(metadata[key]))) {
        return change({ kind: 'node', id, metadata }, said, uuid);
      }
      if (of === 'edge' && isId(parent) && isId(child) && isName(metadata.RelationType)) {
        return change({ kind: 'edge', id, parent, child, metadata: shared(metadata) }, said, uuid);
      }
    }
  }
  const checked = publishedShape.safeParse({ Type: type, Obj: obj });
  const what = checked.success ? 'Obj: ID is required' : issuesText(checked.error);
  return wrong(uuid, what);
}

interface Said {
  readonly ID?: unknown;
  readonly Metadata?: unknown;
  readonly Parent?: unknown;
  readonly Child?: unknown;
  readonly Host?: unknown;
  readonly Origin?: unknown;
  readonly Ops?: unknown;
}

/** Most edges say their relation and nothing else: one object serves them all. */
const relations = new Map<string, Metadata>();
const relationsMax = 100;

function shared(metadata: Metadata): Metadata {
  for (const key in metadata) if (key !== 'RelationType') return metadata;
  const relation = metadata.RelationType as string;
  const known = relations.get(relation);
  if (known) return known;
  if (relations.size < relationsMax && relation.length < 100) relations.set(relation, metadata);
  return metadata;
}

function change(change: Change, { Host, Origin }: Said, uuid: string): Incoming {
  return {
    kind: 'change',
    uuid,
    change,
    host: typeof Host === 'string' ? Host.slice(0, 255) : '',
    origin: typeof Origin === 'string' ? Origin.slice(0, 255) : '',
  };
}

function partial(of: 'node' | 'edge', id: string, ops: readonly PartialOp[], said: Said, uuid: string): Incoming {
  if (ops.some(({ Key }) => Key.includes('.'))) return { kind: 'deep', uuid, of, id, ops };
  const set: Record<string, Value> = {};
  const unset: string[] = [];
  for (const { Type, Key, Value } of ops) {
    if (Type === 1) set[Key] = Value ?? null;
    else unset.push(Key);
  }
  return change({ kind: 'set', id, of, set, unset }, said, uuid);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= idLengthMax;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** Also of a dotted one no part may reach into objects themselves. */
function isKey(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.includes('__proto__');
}

function isMetadata(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOps(value: unknown): value is PartialOp[] {
  return (
    Array.isArray(value) &&
    value.every((op: Partial<PartialOp> | null) => (op?.Type === 1 || op?.Type === 2) && isKey(op.Key))
  );
}

function wrong(uuid: string, text: string): Incoming {
  return { kind: 'wrong', uuid, text };
}
