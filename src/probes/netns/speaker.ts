/** Says which namespaces there are: to the graph, and to those who look into them. */
import type { Change, GraphWriter } from '../../graph/change.ts';
import type { Metadata } from '../../graph/element.ts';
import type { NetnsIdentity } from '../../native/door.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { netnsId, netnsTid } from '../identity.ts';
import type { Namespace, Namespaces, ProbeHost } from '../probe.ts';
import { bestPlace, type Holders, type Holding, isKept, keyOf } from './holders.ts';
import { pathOf } from './inhabitants.ts';
import { Netns } from './vocabulary.ts';

export interface SpeakerParts {
  readonly graph: GraphWriter;
  readonly host: ProbeHost;
  readonly namespaces: Namespaces;
  /** The namespace we are in: that one is the host. */
  readonly own: NetnsIdentity;
  readonly settleMs: number;
}

export class Speaker {
  readonly #parts: SpeakerParts;
  readonly #said = new Map<string, Namespace>();
  /** Namespaces without a name that were seen only just now, and when. */
  readonly #unsettled = new Map<string, number>();
  #isFirst = true;

  constructor(parts: SpeakerParts) {
    this.#parts = parts;
  }

  /** Without `isScanned` nothing is said of namespaces that no name keeps: processes may live in them. */
  say(holders: Holders, { isScanned, nowMs }: { isScanned: boolean; nowMs: number }): void {
    const holdings = holders.take(
      (holding) => holding.places.size > 0 || (isScanned && this.#isSettled(holding, nowMs)),
    );
    const own = keyOf(this.#parts.own);
    const others = holdings.filter((holding) => holding.key !== own);
    this.#sayGone(others.filter((holding) => !isKept(holding)).map((holding) => holding.key));
    this.#sayThere(others.filter(isKept));
    if (isScanned && this.#isFirst) this.#forgetOthers();
    if (isScanned) this.#isFirst = false;
  }

  /** When a namespace will have lasted long enough to be shown. */
  dueMs(): number {
    return Math.min(...this.#unsettled.values(), Number.POSITIVE_INFINITY) + this.#parts.settleMs;
  }

  // Whoever makes a named namespace lives in it for a moment before it has its name.
  #isSettled(holding: Holding, nowMs: number): boolean {
    if (!isKept(holding) || this.#isFirst || this.#said.has(holding.key)) {
      this.#unsettled.delete(holding.key);
      return true;
    }
    const sinceMs = this.#unsettled.get(holding.key);
    if (sinceMs === undefined) this.#unsettled.set(holding.key, nowMs);
    if (nowMs - (sinceMs ?? nowMs) < this.#parts.settleMs) return false;
    this.#unsettled.delete(holding.key);
    return true;
  }

  #sayThere(holdings: readonly Holding[]): void {
    const { graph, host, namespaces } = this.#parts;
    if (holdings.length === 0) return;
    const spoken = holdings.map((holding) => {
      this.#unsettled.delete(holding.key);
      const namespace = this.#describe(holding);
      this.#said.set(holding.key, namespace);
      return { holding, namespace };
    });
    const { refused } = graph.apply(
      spoken.flatMap(({ holding, namespace }): Change[] => [
        nodeOf(namespace.nodeId, metadataOf(holding, namespace)),
        { kind: 'edge', parent: host.id, child: namespace.nodeId, metadata: { RelationType: 'ownership' } },
      ]),
    );
    if (refused[0]) throw new Unavailable(`namespaces do not find their host (${refused[0].reason})`, 'probe host');
    for (const { namespace } of spoken) namespaces.add(namespace);
  }

  #sayGone(keys: readonly string[]): void {
    const { graph, namespaces } = this.#parts;
    const gone: string[] = [];
    for (const key of keys) {
      this.#unsettled.delete(key);
      const namespace = this.#said.get(key);
      if (!namespace) continue;
      this.#said.delete(key);
      gone.push(namespace.nodeId);
    }
    if (gone.length === 0) return;
    // Who looks into them goes first.
    for (const nodeId of gone) namespaces.remove(nodeId);
    graph.apply(gone.map((id) => ({ kind: 'gone', id })));
  }

  /** What an earlier run said and this one does not find. */
  #forgetOthers(): void {
    const { graph, host, namespaces } = this.#parts;
    const there = new Set([host.id, ...this.#said.values().map((namespace) => namespace.nodeId)]);
    for (const { nodeId } of namespaces.list()) {
      if (there.has(nodeId)) continue;
      namespaces.remove(nodeId);
      graph.apply([{ kind: 'gone', id: nodeId }]);
    }
  }

  #describe(holding: Holding): Namespace {
    const { host } = this.#parts;
    const { cookie, inode } = holding.identity;
    const place = bestPlace(holding);
    const path = place?.path ?? pathOf(holding.inhabitant?.pid ?? 0);
    return {
      // No cookie is negative.
      nodeId: netnsId(host.name, host.bootId, cookie === 0n ? -BigInt(inode) : cookie),
      tid: this.#said.get(holding.key)?.tid ?? netnsTid(host.tid, path),
      path,
      cookie,
      name: place?.name ?? holding.inhabitant?.name ?? holding.key,
    };
  }
}

const OWNS = new Set(Object.keys(Netns.fields.shape));
/** Where the place does not tell who made it, whoever manages containers may. */
const OWNS_UNMANAGED = OWNS.difference(new Set(['Manager']));

function nodeOf(id: string, metadata: Metadata): Change {
  return { kind: 'node', id, metadata, owns: metadata.Manager === undefined ? OWNS_UNMANAGED : OWNS };
}

function metadataOf({ identity, places }: Holding, { name, path, tid, cookie }: Namespace) {
  const manager = [...places.values()].find((place) => place.manager !== undefined)?.manager;
  return {
    Type: 'netns',
    Name: name,
    TID: tid,
    Path: path,
    Inode: identity.inode,
    Device: identity.device,
    ...(cookie !== 0n && { Cookie: `${cookie}` }),
    ...(manager !== undefined && { Manager: manager }),
  };
}
