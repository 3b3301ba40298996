/** A routed network as text, with a past that a test tells change by change. */
import type { Change } from '../../src/graph/change.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { readGraph } from '../../src/graph/text.ts';
import type { GraphView, Span, Timeline } from '../../src/graph/view.ts';
import { mistake } from '../../src/std/mistake.ts';
import type { WhyAnswer, WhyQuestion } from '../../src/why/question.ts';
import { why } from '../../src/why/why.ts';

/** The network is there from here on; epoch ms. */
export const BEGIN = 1000;
const up = '"LinkFlags":["UP"],"MTU":1500';

/** a – br0 – r – b, and a stranger x on br0. */
const network = `
  netns:a -ownership-> veth:a/eth0 {"Name":"eth0","IfIndex":2,"MAC":"02:00:00:00:00:01",${up},"IPV4":["10.0.0.1/24"],"RoutingTables":${routes('10.0.0.1', '10.0.0.0/24', 2, '10.0.0.254')}}
  netns:m -ownership-> bridge:br0 {"IfIndex":9,${up}}
  netns:m -ownership-> veth:p1 {"IfIndex":11,"MasterIndex":9,${up}}
  netns:m -ownership-> veth:p2 {"IfIndex":12,"MasterIndex":9,${up}}
  netns:m -ownership-> veth:p3 {"IfIndex":13,"MasterIndex":9,${up}}
  bridge:br0 -layer2-> veth:p1
  bridge:br0 -layer2-> veth:p2
  bridge:br0 -layer2-> veth:p3
  netns:r {"Forwarding":{"IPV4":true,"IPV6":false}}
  netns:r -ownership-> veth:r/lan {"Name":"lan","IfIndex":2,"MAC":"02:00:00:00:00:02",${up},"IPV4":["10.0.0.254/24"],"RoutingTables":${routes('10.0.0.254', '10.0.0.0/24', 2)}}
  netns:r -ownership-> veth:r/wan {"Name":"wan","IfIndex":3,"MAC":"02:00:00:00:00:03",${up},"IPV4":["10.0.1.1/24"],"RoutingTables":${routes('10.0.1.1', '10.0.1.0/24', 3)}}
  netns:b -ownership-> veth:b/eth0 {"Name":"eth0","IfIndex":2,"MAC":"02:00:00:00:00:04",${up},"IPV4":["10.0.1.2/24"],"RoutingTables":${routes('10.0.1.2', '10.0.1.0/24', 2, '10.0.1.1')}}
  netns:x -ownership-> veth:x/eth0 {"Name":"eth0","IfIndex":2,"MAC":"02:00:00:00:00:05",${up},"IPV4":["10.0.0.9/24"]}
  veth:a/eth0 {"Name":"eth0"} -layer2{"Type":"veth"}-> veth:p1
  veth:p2 -layer2{"Type":"veth"}-> veth:r/lan {"Name":"lan"}
  veth:x/eth0 {"Name":"eth0"} -layer2{"Type":"veth"}-> veth:p3
  veth:r/wan {"Name":"wan"} -layer2{"Type":"veth"}-> veth:b/eth0 {"Name":"eth0"}`;

export function tables(source: string, prefix: string, index: number, gateway?: string) {
  const own = { Protocol: 2, Prefix: prefix, NextHops: [{ Priority: 0, IfIndex: index }] };
  const all = { Prefix: '0.0.0.0/0', NextHops: [{ IP: gateway ?? '', Priority: 0, IfIndex: index }] };
  return [{ ID: 254, Src: source, Routes: gateway === undefined ? [own] : [own, all] }];
}

function routes(source: string, prefix: string, index: number, gateway?: string): string {
  return JSON.stringify(tables(source, prefix, index, gateway));
}

export class Told {
  readonly graph: Graph = readGraph(network);
  #gaps: readonly Span[] = [];

  /** At so many ms after the beginning. */
  at(ms: number, ...changes: readonly Change[]): this {
    this.graph.apply(changes, { host: 'test', origin: 'text.test', time: BEGIN + ms });
    return this;
  }

  set(ms: number, id: string, set: NonNullable<(Change & { kind: 'set' })['set']>): this {
    return this.at(ms, { kind: 'set', id, set });
  }

  unwatched(from: number, to: number): this {
    this.#gaps = [{ from: BEGIN + from, to: BEGIN + to }];
    return this;
  }

  /** Asked at so many ms after the beginning: why a does not reach b. */
  why(ms: number, question: Partial<WhyQuestion> = {}): Promise<WhyAnswer> {
    const asked = { from: 'netns:a', to: '10.0.1.2', protocol: 6, port: 80, ...question };
    return why(asked, {
      timeline: this.#timeline(BEGIN + ms),
      now: () => BEGIN + ms,
      elapsed: () => 0,
      turn: () => Promise.resolve(),
      timeMs: 10_000,
    });
  }

  #timeline(now: number): Timeline {
    const { graph } = this;
    return {
      now: () => graph.now(),
      at(time): GraphView {
        if (time < BEGIN) throw mistake('query.time', `nothing is kept at ${time}`);
        return graph.at(time);
      },
      between: (span) => graph.between(span),
      recalled: (span) => graph.between(span),
      history: (ids, span) => Promise.resolve(graph.history(ids, span)),
      diff: (span) => Promise.resolve(graph.diff(span)),
      samples: (ids, series, span) => Promise.resolve(graph.samples(ids, series, span)),
      timeOf: (revision) => graph.timeOf(revision),
      range: () => ({ from: BEGIN, to: now }),
      unwatched: ({ from, to }) => this.#gaps.filter((gap) => gap.from < to && from < gap.to),
    };
  }
}
