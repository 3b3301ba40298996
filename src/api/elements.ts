/** `/api/node` and `/api/edge`: create, read, patch, delete; into the graph and the archive like everything else. */
import { randomUUID } from 'node:crypto';
import { edgeMetadataShape, newEdgeShape, newNodeShape, nodeMetadataShape } from '../contract/change.ts';
import { patchShape } from '../contract/patch.ts';
import type { Change } from '../graph/change.ts';
import type { Element, GraphNode, Metadata, Value } from '../graph/element.ts';
import { changedKeys } from '../graph/value.ts';
import { Mistake } from '../std/mistake.ts';
import { unsafeIn } from './body.ts';
import { issuesText } from './issues-text.ts';
import { patched } from './json-patch.ts';
import { mistakeText } from './mistake-text.ts';
import type { ApiParts } from './parts.ts';
import { elementJson } from './wire.ts';

export type Kind = Element['kind'];

/** What to answer. Text for people, an element as JSON, or nothing at all. */
export type Outcome =
  | { readonly status: 200 | 201; readonly element: Element | undefined }
  | { readonly status: 304 }
  | { readonly status: 400 | 404 | 409; readonly text: string };

export class Elements {
  readonly #parts: Pick<ApiParts, 'graph' | 'host' | 'publisher' | 'clock' | 'archive' | 'rules'>;

  constructor(parts: Pick<ApiParts, 'graph' | 'host' | 'publisher' | 'clock' | 'archive' | 'rules'>) {
    this.#parts = parts;
  }

  find(kind: Kind, id: string): Element | undefined {
    const view = this.#parts.graph.now();
    for (const element of kind === 'node' ? view.nodes(id) : view.edges(id)) return element;
    return undefined;
  }

  /** A map by id, in pieces. */
  list(kind: Kind): { readonly pieces: Iterable<string>; readonly freeze: () => void } {
    const view = this.#parts.graph.now();
    const elements: Iterable<Element> = kind === 'node' ? view.nodes() : view.edges();
    function* pieces(): Generator<string> {
      let before = '{';
      for (const element of elements) {
        yield `${before}${JSON.stringify(element.id)}:${elementJson(element, view)}`;
        before = ',';
      }
      yield before === '{' ? '{}\n' : '}\n';
    }
    return { pieces: pieces(), freeze: () => view.freeze() };
  }

  create(kind: Kind, body: unknown): Promise<Outcome> | Outcome {
    return kind === 'node' ? this.#createNode(body) : this.#createEdge(body);
  }

  async patch(kind: Kind, id: string, body: unknown): Promise<Outcome> {
    const ops = patchShape.safeParse(body);
    if (!ops.success) return { status: 400, text: issuesText(ops.error) };
    const before = this.find(kind, id);
    if (!before) return notFound(kind, id);
    const result = patched(documentOf(before), ops.data);
    if (result.fault !== undefined) return { status: result.isTest ? 409 : 400, text: result.fault };
    const unsafe = unsafeIn(result.value);
    if (unsafe !== undefined) return { status: 400, text: `the patched ${kind} ${unsafe}` };
    const metadata = keepFixed(kind, before.metadata, result.value);
    const checked = (kind === 'node' ? nodeMetadataShape : edgeMetadataShape).safeParse(metadata);
    if (!checked.success) return { status: 400, text: issuesText(checked.error) };
    const keys = changedKeys(before.metadata, metadata);
    if (keys.length === 0) return { status: 304 };
    const set = Object.fromEntries(
      keys.filter((key) => Object.hasOwn(metadata, key)).map((key) => [key, metadata[key] as Value]),
    );
    const unset = keys.filter((key) => !Object.hasOwn(metadata, key));
    try {
      const asked = { set, unset };
      const said = before.kind === 'node' ? this.#remembered(before, asked) : asked;
      if (before.kind === 'node' && (await this.#parts.rules?.toOwner?.(before)))
        return { status: 200, element: this.find(kind, id) };
      return await this.#apply({ kind: 'set', id, of: kind, ...said }, before.host, 200, kind, id);
    } catch (error) {
      if (error instanceof Mistake) return { status: 400, text: mistakeText(error) };
      throw error;
    }
  }

  async remove(kind: Kind, id: string): Promise<Outcome> {
    const before = this.find(kind, id);
    if (!before) return notFound(kind, id);
    const done = await this.#apply({ kind: 'gone', id, of: kind }, before.host, 200, kind, id);
    return done.status === 200 ? { status: 200, element: undefined } : done;
  }

  #createNode(body: unknown): Promise<Outcome> | Outcome {
    const node = newNodeShape.safeParse(body);
    if (!node.success) return { status: 400, text: issuesText(node.error) };
    const id = node.data.ID ?? randomUUID();
    if (this.find('node', id)) return { status: 409, text: 'Node ID conflict' };
    const metadata = node.data.Metadata as Metadata;
    return this.#apply({ kind: 'node', id, metadata }, node.data.Host, 201, 'node', id);
  }

  #createEdge(body: unknown): Promise<Outcome> | Outcome {
    const edge = newEdgeShape.safeParse(body);
    if (!edge.success) return { status: 400, text: issuesText(edge.error) };
    const { ID, Parent: parent, Child: child, Host } = edge.data;
    if (!this.find('node', parent)) return { status: 400, text: 'Parent node not found' };
    if (!this.find('node', child)) return { status: 400, text: 'Child node not found' };
    if (ID !== undefined && this.find('edge', ID)) return { status: 409, text: 'Edge ID conflict' };
    const metadata = edge.data.Metadata as Metadata;
    // Without an id the graph derives it: saying the same edge again is no new edge.
    const change = { kind: 'edge', parent, child, metadata, ...(ID === undefined ? {} : { id: ID }) } as const;
    return this.#apply(change, Host, 201, 'edge', ID);
  }

  /** A node that a probe made may be made anew; one that users and publishers made is theirs to change. */
  #remembered(node: GraphNode, keys: { readonly set: Metadata; readonly unset: readonly string[] }) {
    const { rules } = this.#parts;
    return rules && node.origin.startsWith('agent.') ? rules.user.patched(node, keys) : keys;
  }

  /** Answers only when it is kept durably. */
  async #apply(
    change: Change,
    host: string | undefined,
    status: 200 | 201,
    kind: Kind,
    id: string | undefined,
  ): Promise<Outcome> {
    const { graph, clock, archive, publisher = `api.${this.#parts.host}` } = this.#parts;
    const source = { host: host || this.#parts.host, origin: publisher, time: clock.now() };
    const { refused, events } = graph.apply([change], source);
    if (refused[0]) return { status: 400, text: refused[0].reason };
    const element = id === undefined ? events[0]?.element : this.find(kind, id);
    if (status === 201 && element === undefined) return { status: 409, text: 'Edge ID conflict' };
    await archive.flushed();
    return { status, element };
  }
}

function notFound(kind: Kind, id: string): Outcome {
  return { status: 404, text: `${kind === 'node' ? 'Node' : 'Edge'} '${id}' not found` };
}

/** What a patch may look at: everything. What it may change is decided after it. */
function documentOf(element: Element): Value {
  return JSON.parse(elementJson(element, undefined));
}

/** These say what a thing is; whoever wants another thing makes another one. */
const fixed = { node: ['Name', 'Type', 'TID'], edge: ['RelationType'] } as const;

function keepFixed(kind: Kind, before: Metadata, document: Value): Metadata {
  const changed = (document as { Metadata?: Value } | null)?.Metadata;
  if (typeof changed !== 'object' || changed === null || Array.isArray(changed)) return before;
  const metadata: Record<string, Value> = { ...(changed as Metadata) };
  for (const key of fixed[kind]) {
    const value = before[key];
    if (value === undefined) delete metadata[key];
    else metadata[key] = value;
  }
  return metadata;
}
