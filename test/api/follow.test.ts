import { expect, test } from '@jest/globals';
import type { Change } from '../../src/graph/change.ts';
import { edge, gremlin, node, type TestServer, testServer } from './server.ts';
import { type Heard, TestClient } from './ws-client.ts';

/** What a client knows that believes every message. */
class Copy {
  readonly nodes = new Map<string, object>();
  readonly edges = new Map<string, object>();
  revision = 0;

  hear({ Type, Obj, LogRevision }: Heard): void {
    if (LogRevision !== undefined) this.revision = LogRevision;
    if (Type === 'SyncReply') {
      this.revision = Obj.LogRevision;
      if (Obj.Resumed === true) return;
      this.nodes.clear();
      this.edges.clear();
      for (const one of Obj.Nodes ?? []) this.nodes.set(one.ID, one);
      for (const one of Obj.Edges ?? []) this.edges.set(one.ID, one);
      return;
    }
    const all = Type.startsWith('Node') ? this.nodes : this.edges;
    if (Type.endsWith('Deleted')) all.delete(Obj.ID);
    else if (Type.endsWith('PartiallyUpdated')) {
      const before = all.get(Obj.ID) as { Metadata: Record<string, unknown> };
      const Metadata = { ...before.Metadata };
      for (const { Type, Key, Value } of Obj.Ops) {
        if (Type === 1) Metadata[Key] = Value;
        else delete Metadata[Key];
      }
      all.set(Obj.ID, { ...before, Metadata, UpdatedAt: Obj.UpdatedAt, Revision: Obj.Revision });
    } else all.set(Obj.ID, Obj);
  }

  drawn(): object {
    const sorted = (all: Map<string, object>) => [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    return { Nodes: sorted(this.nodes), Edges: sorted(this.edges) };
  }
}

function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

function someChange(roll: (below: number) => number): Change {
  const id = `n${roll(12)}`;
  switch (roll(6)) {
    case 0:
      return { kind: 'gone', id };
    case 1:
      return edge(`e${roll(20)}`, id, `n${roll(12)}`);
    case 2:
      return { kind: 'set', id, unset: ['MTU'] };
    default:
      return node(id, { MTU: roll(5), Type: roll(2) === 0 ? 'veth' : 'bridge' });
  }
}

async function drawnBy(server: TestServer, query: string): Promise<object> {
  const [{ Nodes, Edges }] = JSON.parse((await gremlin(server, query)).text);
  const copy = new Copy();
  copy.hear({ Type: 'SyncReply', Namespace: '', UUID: '', Status: 200, Obj: { Nodes, Edges, LogRevision: 0 } });
  return copy.drawn();
}

const cases = [
  ['full updates', {}, 'G'],
  ['partial updates', { 'X-Update-Policy': 'partial' }, 'G'],
  ['a filter', { 'X-Gremlin-Filter': "G.V().Has('Type','veth').SubGraph()" }, "G.V().Has('Type','veth').SubGraph()"],
  [
    'a filter and partial updates',
    { 'X-Gremlin-Filter': "G.V().Has('Type','veth').SubGraph()", 'X-Update-Policy': 'partial' },
    "G.V().Has('Type','veth').SubGraph()",
  ],
] as const;

test.each(cases)(
  'who believes every message has the graph in the end, also after coming back: %s',
  async (_, headers, query) => {
    await using server = await testServer({ limits: { standingQueryMs: 1 } });
    const roll = dice(11);
    const copy = new Copy();
    const connect = async (more: Record<string, string>) => {
      const client = await TestClient.open(server, 'subscriber', { ...headers, ...more });
      return { client, next: 0 };
    };
    const listen = (of: { client: TestClient; next: number }) => {
      for (; of.next < of.client.heard.length; of.next++) copy.hear(of.client.heard[of.next] as Heard);
    };
    let connected = await connect({});
    await connected.client.sync({}, 'first');
    for (let round = 0; round < 150; round++) {
      const changes = Array.from({ length: roll(5) }, () => someChange(roll));
      server.graph.apply(changes, { host: 'h', origin: 'o', time: Date.now() });
      if (roll(3) === 0) await new Promise((resolve) => setTimeout(resolve, roll(4)));
      if (roll(15) === 0) connected.client.send({ Type: 'SyncRequest', UUID: `again-${round}` });
      if (roll(25) === 0) {
        listen(connected);
        await connected.client[Symbol.asyncDispose]();
        connected = await connect({ 'X-Resume-Revision': String(copy.revision) });
      }
    }
    const goal = await drawnBy(server, query);
    const deadline = Date.now() + 5_000;
    do {
      await new Promise((resolve) => setTimeout(resolve, 5));
      listen(connected);
    } while (JSON.stringify(copy.drawn()) !== JSON.stringify(goal) && Date.now() < deadline);
    expect(copy.drawn()).toEqual(goal);
    await connected.client[Symbol.asyncDispose]();
  },
);
