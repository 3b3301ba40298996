/** Told and Element of relay.proto, versions of nodes and edges, by hand: a picture has thousands. */
import type { Element, Metadata } from '../../graph/element.ts';
import type { Told } from '../../graph/told.ts';
import { objectFromJson, writeJson } from './json.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

export function writeTold(to: Writer, told: Told): void {
  switch (told.kind) {
    case 'version': {
      const start = to.begin(1);
      writeElement(to, told.element);
      to.end(start);
      return;
    }
    case 'update': {
      const start = to.begin(2);
      writeName(to, told);
      to.double(5, told.updatedAt);
      writeJson(to, 6, told.set);
      for (const key of told.unset) to.text(7, key, true);
      to.end(start);
      return;
    }
    case 'gone': {
      const start = to.begin(3);
      writeName(to, told);
      to.double(5, told.deletedAt);
      to.end(start);
    }
  }
}

/** The reader stands at its beginning, and then at its end. Undefined when it is of a kind that came later. */
export function readTold(from: Reader): Told | undefined {
  let told: Told | undefined;
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field > 3) {
      from.skip();
      continue;
    }
    const end = from.enter();
    told = field === 1 ? { kind: 'version', element: readElement(from) } : readChange(from, field === 2);
    from.leave(end);
  }
  return told;
}

function writeName(to: Writer, { of, id, createdAt, revision }: Exclude<Told, { kind: 'version' }>): void {
  to.uint(1, of === 'edge' ? 1 : 0);
  to.text(2, id);
  to.double(3, createdAt);
  to.double(4, revision);
}

/** Update and Gone have the same first five fields. */
function readChange(from: Reader, isUpdate: boolean): Told {
  let [of, id, createdAt, revision, at]: ['node' | 'edge', string, number, number, number] = ['node', '', 0, 0, 0];
  let set: Metadata = {};
  const unset: string[] = [];
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === 1) of = from.uint() === 0 ? 'node' : 'edge';
    else if (field === 2) id = from.text();
    else if (field === 3) createdAt = from.double();
    else if (field === 4) revision = from.double();
    else if (field === 5) at = from.double();
    else if (field === 6 && isUpdate) set = readMetadata(from);
    else if (field === 7 && isUpdate) unset.push(from.text());
    else from.skip();
  }
  return isUpdate
    ? { kind: 'update', of, id, createdAt, revision, updatedAt: at, set, unset }
    : { kind: 'gone', of, id, createdAt, revision, deletedAt: at };
}

function writeElement(to: Writer, element: Element): void {
  to.text(1, element.id);
  writeJson(to, 2, element.metadata);
  to.text(3, element.host);
  to.text(4, element.origin);
  to.double(5, element.createdAt);
  to.double(6, element.updatedAt);
  if (element.deletedAt !== undefined) to.double(7, element.deletedAt, true);
  if (element.validTo !== undefined) to.double(8, element.validTo, true);
  to.double(9, element.recordedAt);
  to.double(10, element.revision);
  if (element.kind === 'node') return;
  const start = to.begin(11);
  to.text(1, element.parent);
  to.text(2, element.child);
  to.end(start);
}

function readElement(from: Reader): Element {
  let [id, host, origin, createdAt, updatedAt, recordedAt, revision] = ['', '', '', 0, 0, 0, 0];
  let metadata: Metadata = {};
  let deletedAt: number | undefined;
  let validTo: number | undefined;
  let ends: { parent: string; child: string } | undefined;
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === 1) id = from.text();
    else if (field === 2) metadata = readMetadata(from);
    else if (field === 3) host = from.text();
    else if (field === 4) origin = from.text();
    else if (field === 5) createdAt = from.double();
    else if (field === 6) updatedAt = from.double();
    else if (field === 7) deletedAt = from.double();
    else if (field === 8) validTo = from.double();
    else if (field === 9) recordedAt = from.double();
    else if (field === 10) revision = from.double();
    else if (field === 11) ends = readEnds(from);
    else from.skip();
  }
  const version = { id, metadata, host, origin, createdAt, updatedAt, deletedAt, validTo, recordedAt, revision };
  return ends ? { kind: 'edge', ...version, ...ends } : { kind: 'node', ...version };
}

function readEnds(from: Reader): { parent: string; child: string } {
  const end = from.enter();
  let [parent, child] = ['', ''];
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === 1) parent = from.text();
    else if (field === 2) child = from.text();
    else from.skip();
  }
  from.leave(end);
  return { parent, child };
}

function readMetadata(from: Reader): Metadata {
  const bytes = from.bytes();
  return objectFromJson(bytes, from.at - bytes.length) as Metadata;
}
