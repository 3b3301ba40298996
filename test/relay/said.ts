/** An agent that says what a test wants it to say, word by word. */

import type { Element } from '../../src/graph/element.ts';
import type { Agents } from '../../src/relay/analyzer/agents.ts';
import type { Visitor } from '../../src/relay/analyzer/hello.ts';
import { memoryLinks } from '../../src/relay/memory-link.ts';
import type { Facts, FromAgent, FromAnalyzer, Hello } from '../../src/relay/message.ts';
import { encodeFacts } from '../../src/relay/wire/facts.ts';
import type { Clock } from '../../src/std/clock.ts';

export function speaker(
  agents: Agents,
  clock: Clock,
  { remote = '10.0.0.1:1', ...visitor }: Visitor & { remote?: string } = {},
) {
  const links = memoryLinks({ clock, agent: remote });
  const heard: FromAnalyzer[] = [];
  let end: string | undefined;
  links.agent.listen({
    message: (message) => void heard.push(message),
    drained: () => undefined,
    closed: (reason) => {
      end = reason;
    },
  });
  agents.accept(links.analyzer, visitor);
  return {
    ...links,
    heard,
    say: (message: FromAgent) => links.agent.send(message),
    batch: (seq: number, facts: Partial<Facts> = {}, after = seq - 1) =>
      links.agent.send({ kind: 'batch', seq, after, facts: encodeFacts({ ...NO_FACTS, time: clock.now(), ...facts }) }),
    of: <K extends FromAnalyzer['kind']>(kind: K) =>
      heard.filter((message): message is FromAnalyzer & { kind: K } => message.kind === kind),
    get end() {
      return end;
    },
  };
}

export const HELLO: Hello = {
  kind: 'hello',
  versions: { min: 1, max: 1 },
  software: 'skein 1',
  agent: 'agent-1',
  run: 'run-1',
  host: 'h1',
  role: 'home',
  spool: 'spool-1',
  first: 1,
  next: 1,
  sentAt: 0,
};

const NO_FACTS: Facts = {
  time: 0,
  isWholeGraph: false,
  isAllSockets: false,
  graph: [],
  samples: [],
  flows: [],
  rawPackets: [],
  losses: [],
  sockets: [],
  lost: [],
};

export function nodeVersion(
  id: string,
  at: number,
  revision = 1,
): { readonly kind: 'version'; readonly element: Element } {
  const times = { createdAt: at, updatedAt: at, deletedAt: undefined, validTo: undefined, recordedAt: at };
  return {
    kind: 'version',
    element: { kind: 'node', id, metadata: {}, host: 'h1', origin: 'agent.h1', ...times, revision },
  };
}
