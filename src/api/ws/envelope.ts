/** Messages as text, in Skydive's envelope; made by hand for the same reason as elements are. */
import { randomUUID } from 'node:crypto';
import type { AlertMessage } from '../../contract/alert.ts';
import type { GraphEvent } from '../../graph/change.ts';
import type { Element } from '../../graph/element.ts';
import { changedKeys } from '../../graph/value.ts';
import type { GraphView } from '../../graph/view.ts';
import { elementJson } from '../wire.ts';

const verbs = { added: 'Added', updated: 'Updated', removed: 'Deleted' } as const;

export function eventText(event: GraphEvent, isPartial: boolean, view: GraphView): string {
  const { kind, element, before, revision } = event;
  const noun = element.kind === 'node' ? 'Node' : 'Edge';
  if (isPartial && kind === 'updated' && before !== undefined) {
    return envelope(`${noun}PartiallyUpdated`, randomUUID(), 200, partialJson(element, before), revision);
  }
  return envelope(`${noun}${verbs[kind]}`, randomUUID(), 200, elementJson(element, view), revision);
}

export function messageText(type: string, uuid: string, status: number, obj: string): string {
  return envelope(type, uuid, status, obj, undefined);
}

/** Skydive's type for what fires; what is over has one of its own, so that nobody takes it for another firing. */
export function alertText(message: AlertMessage): string {
  const type = message.State === 'firing' ? 'Alert' : 'AlertResolved';
  return JSON.stringify({ Namespace: 'Alert', Type: type, UUID: randomUUID(), Status: 200, Obj: message });
}

export function errorText(uuid: string, text: string): string {
  return messageText('Error', uuid, 400, JSON.stringify(text));
}

/** A SyncReply in pieces. Skydive says null where there is nothing. */
export function* syncPieces(
  uuid: string,
  { nodes, edges, view }: { nodes: Iterable<Element>; edges: Iterable<Element>; view: GraphView },
  { logRevision, resumed }: { logRevision: number; resumed: boolean | undefined },
): Generator<string> {
  yield `{"Namespace":"Graph","Type":"SyncReply","UUID":${JSON.stringify(uuid)},"Status":200,"Obj":{"Nodes":`;
  yield* listPieces(nodes, view);
  yield ',"Edges":';
  yield* listPieces(edges, view);
  yield `,"LogRevision":${logRevision}${resumed === undefined ? '' : `,"Resumed":${resumed}`}}}`;
}

function* listPieces(elements: Iterable<Element>, view: GraphView): Generator<string> {
  let before = '[';
  for (const element of elements) {
    yield before + elementJson(element, view);
    before = ',';
  }
  yield before === '[' ? 'null' : ']';
}

function envelope(type: string, uuid: string, status: number, obj: string, revision: number | undefined): string {
  const position = revision === undefined ? '' : `,"LogRevision":${revision}`;
  return `{"Namespace":"Graph","Type":"${type}","UUID":${JSON.stringify(uuid)},"Status":${status},"Obj":${obj}${position}}`;
}

/** Type 1 sets a key, 2 takes it away. */
function partialJson(element: Element, before: Element): string {
  const ops = changedKeys(before.metadata, element.metadata).map((Key) =>
    Object.hasOwn(element.metadata, Key)
      ? { Type: 1, Key, Value: element.metadata[Key] }
      : { Type: 2, Key, Value: null },
  );
  return JSON.stringify({ ID: element.id, UpdatedAt: element.updatedAt, Revision: element.revision, Ops: ops });
}
