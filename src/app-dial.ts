/** The composition root's part about dials, and about what kernels drop: of this host, and of those of agents. */
import { agentOf } from './app-asking.ts';
import type { Dialled, DialQuestion } from './dial/dial.ts';
import type { DropsBeat } from './drops/beats.ts';
import type { DropsQuestion, DropsWatch } from './drops/drops.ts';
import type { GraphNode } from './graph/element.ts';
import { openDialDoor, openDoor, openDropsDoor } from './native/index.ts';
import { ownIdentity } from './probes/netns/own.ts';
import type { Namespaces } from './probes/probe.ts';
import type { Answers, Fleet } from './relay/fleet/fleet.ts';
import { systemClock } from './std/clock.ts';
import { Later } from './std/later.ts';
import { pause } from './std/pause.ts';
import { Unavailable } from './std/unavailable.ts';

/** From the namespace of a node of Type netns or host. */
export type DialFrom = (
  namespace: Pick<GraphNode, 'id' | 'origin' | 'host' | 'metadata'>,
  question: Omit<DialQuestion, 'namespace'>,
  signal: AbortSignal,
) => Promise<Dialled>;

/** What the kernels of these hosts drop. Rejects with Unavailable where none of them tells. */
export type DropsOn = (question: DropsQuestion, hosts: ReadonlySet<string> | undefined) => Promise<DropsWatch>;

export interface RunningDials extends AsyncDisposable {
  readonly dialFrom: DialFrom;
  readonly dropsOn: DropsOn;
  /** What an agent answers. */
  readonly answers: Answers;
}

export interface DialsParts {
  readonly host: { readonly name: string; readonly id: string };
  readonly namespaces: Pick<Namespaces, 'list'>;
  /** Someone else has something sent from here. */
  readonly told?: (what: string) => void;
}

/** While a dial goes on its asker hears so often that it does. */
const STILL_MS = 2_000;

export function startDials({ host, namespaces, told }: DialsParts): RunningDials {
  // Loaded with the first that is asked for: a start does not pay for them.
  const dials = new Later(async () => {
    const { Dials } = await import('./dial/dials.ts');
    return new Dials({ door: openDialDoor(), clock: systemClock });
  });
  const drops = new Later(async () => {
    const { Drops } = await import('./drops/watches.ts');
    const ownCookie = ownIdentity(openDoor()).cookie;
    return new Drops({ door: openDropsDoor(), host: host.name, ownCookie, clock: systemClock });
  });
  const dialFrom: DialFrom = async ({ id, metadata }, question, signal) => {
    if (id === host.id) return (await dials.get()).dial(question, signal);
    const found = namespaces.list().find(({ nodeId }) => nodeId === id);
    if (!found)
      throw new Unavailable(
        `a dial from ${metadata.Name ?? id}`,
        `that namespace, which ${host.name} does not have now`,
      );
    return (await dials.get()).dial({ ...question, namespace: found.path }, signal);
  };
  const dropsOn: DropsOn = async (question, hosts) => {
    if (!hosts || hosts.has(host.name)) return (await drops.get()).watch(question);
    throw new Unavailable(`what ${[...hosts].join(', ')} drops`, `an agent there: this is ${host.name}`);
  };
  return {
    dialFrom,
    dropsOn,
    answers: {
      async *dial(body, signal) {
        const { namespace, question } = dialAskedOf(body);
        told?.(`dial from ${namespace.metadata.Name ?? namespace.id} to ${question.protocol} ${question.address}`);
        yield* stillThere(dialFrom(namespace, question, signal), signal);
      },
      async *drops(body, signal) {
        const { dropBeats } = await import('./drops/beats.ts');
        await using watch = await (await drops.get()).watch({ ...(body as DropsQuestion), most: 0 });
        for await (const beat of dropBeats(watch, { clock: systemClock, signal })) yield { body: beat };
      },
    },
    [Symbol.asyncDispose]: async () => drops.made?.[Symbol.asyncDispose](),
  };
}

/** Of an analyzer: asked of the agents whose namespaces they are, or whose kernels. */
export function fleetDials(fleet: Fleet): Pick<RunningDials, 'dialFrom' | 'dropsOn'> {
  return {
    async dialFrom({ id, origin, metadata }, question, signal) {
      for await (const { body } of agentOf(fleet, origin).ask('dial', dialAsked({ id, metadata }, question), signal))
        if (isDialled(body)) return body.dialled;
      throw new Unavailable(`a dial from ${metadata.Name ?? id}`, 'an answer of its agent');
    },
    async dropsOn(question, hosts) {
      const { mergedWatches, remoteWatch } = await import('./drops/remote.ts');
      const agents = fleet.connected().filter(({ host }) => hosts === undefined || hosts.has(host));
      const watches = await Promise.allSettled(
        agents.map((agent) => {
          const stopping = new AbortController();
          const beats = beatsOf(agent.ask('drops', question, stopping.signal));
          return remoteWatch(beats, { most: question.most, stop: () => stopping.abort() });
        }),
      );
      const open = watches.flatMap((watch) => (watch.status === 'fulfilled' ? [watch.value] : []));
      if (open.length > 0) return mergedWatches(open);
      const why = watches.find((watch) => watch.status === 'rejected');
      throw why?.reason ?? new Unavailable(`what ${hosts ? [...hosts].join(', ') : 'hosts'} drop`, 'an agent there');
    },
  };
}

type Asked = { readonly namespace: Parameters<DialFrom>[0]; readonly question: Parameters<DialFrom>[1] };

/** Bytes do not cross as they are. */
function dialAsked(
  { id, metadata: { Name } }: Pick<GraphNode, 'id' | 'metadata'>,
  question: Asked['question'],
): object {
  const { payload, ...rest } = question;
  return { id, Name, question: rest, ...(payload && { payload: Buffer.from(payload).toString('base64') }) };
}

function dialAskedOf(body: unknown): Asked {
  const { id, Name, question, payload } = body as {
    readonly id: string;
    readonly Name?: string;
    readonly question: Asked['question'];
    readonly payload?: string;
  };
  return {
    namespace: { id, origin: '', host: '', metadata: { ...(Name !== undefined && { Name }) } },
    question: { ...question, ...(payload !== undefined && { payload: Buffer.from(payload, 'base64') }) },
  };
}

async function* stillThere(dialled: Promise<Dialled>, signal: AbortSignal): AsyncGenerator<{ readonly body: object }> {
  // Its failure is heard below, be it before that.
  dialled.catch(() => {});
  for (;;) {
    const first = await Promise.race([dialled, pause(systemClock, STILL_MS, signal).then(() => undefined)]);
    if (first === undefined && !signal.aborted) yield { body: { isUnderWay: true } };
    else {
      yield { body: { dialled: await dialled } };
      return;
    }
  }
}

function isDialled(body: unknown): body is { readonly dialled: Dialled } {
  return typeof body === 'object' && body !== null && 'dialled' in body;
}

async function* beatsOf(parts: AsyncIterable<{ readonly body?: unknown }>): AsyncGenerator<DropsBeat> {
  for await (const { body } of parts) yield body as DropsBeat;
}
