/** The composition root's part about checks: the world as they see it. */
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Checks, LastGreen } from './api/checks.ts';
import { placesIn } from './api/process-places.ts';
import { turn } from './api/write.ts';
import type { RunningDials } from './app-dial.ts';
import type { Why } from './app-why.ts';
import type { Captures } from './capture/captures.ts';
import type { KeptAt, Watch, Watching, World } from './checks/run/world.ts';
import { version } from './cli/version.ts';
import type { Config } from './config/options.ts';
import type { SocketView } from './ends/socket-view.ts';
import type { FlowView } from './flow/view.ts';
import type { GraphNode } from './graph/element.ts';
import type { GraphView, Timeline } from './graph/view.ts';
import type { Log } from './probes/probe.ts';
import type { Context, QueryEngine } from './query/query.ts';
import { systemClock } from './std/clock.ts';
import { keptLists } from './std/kept-lists.ts';
import { Later } from './std/later.ts';
import { pause } from './std/pause.ts';
import { pcapngHeader, pcapngInterface, pcapngPacket } from './std/pcapng.ts';

export interface CheckParts extends Pick<World, 'injecting'> {
  readonly config: Pick<Config, 'data' | 'checks'>;
  readonly graph: { readonly revision: number; now(): GraphView };
  readonly timeline: Timeline;
  readonly engine: QueryEngine;
  readonly flows: { readonly flows?: FlowView | undefined; readonly sockets?: SocketView | undefined } & Pick<
    Context,
    'matchFilter'
  >;
  readonly captures: SomeCaptures;
  readonly dials: Pick<RunningDials, 'dialFrom' | 'dropsOn'>;
  readonly why?: Why | undefined;
  readonly log: Log;
}

/** Of each failed check, for what broke it. */
export const CHECK_WHY_MS = 2_000;

/** Loaded when someone asks; what runs at the end is stopped, and has removed what it made. */
export function startChecks(parts: CheckParts): { readonly checks: Later<Checks> } & AsyncDisposable {
  const checks = new Later(async () => {
    await loadedInPieces();
    const { Checks: Running } = await import('./api/checks.ts');
    return checksOf(parts, Running);
  });
  return { checks, [Symbol.asyncDispose]: async () => checks.made?.[Symbol.asyncDispose]() };
}

/**
 * A module is read and compiled together with all that it imports, and nobody else has a word meanwhile: for checks that
 * is 180 ms, most of it the steps of standard Gremlin. So what lies below is loaded first, with turns in between.
 */
async function loadedInPieces(): Promise<void> {
  const folder = './query/gremlin/steps/';
  const steps = readdirSync(new URL(folder, import.meta.url)).map((name) => `${folder}${name}`);
  const rest = [
    './query/gremlin/compile/compile.ts',
    './checks/suite/parse.ts',
    './checks/run/reach.ts',
    './why/why.ts',
  ];
  for (const path of ['./query/forwarding/path.ts', './query/gremlin/parse/parse.ts', ...steps, ...rest]) {
    await import(path);
    await turn();
  }
}

function checksOf(parts: CheckParts, Running: typeof Checks): Checks {
  const { timeline, graph, engine, flows, captures, log, why, injecting, dials } = parts;
  const world: World = {
    version: version(),
    clock: systemClock,
    elapsed: () => performance.now(),
    turn,
    newId: randomUUID,
    timeline,
    revision: () => graph.revision,
    ask: async (query, its, signal) =>
      engine.run(engine.prepare(query), {
        ...flows,
        timeline: its,
        nowMs: Date.now(),
        elapsed: () => performance.now(),
        turn,
        signal,
      }),
    ...(flows.sockets && { places: (time) => placesIn(flows.sockets as SocketView, time) }),
    flows: flows.flows,
    watching: captures && watchingBy(captures, () => graph.now()),
    injecting,
    dial: dials.dialFrom,
    drops: (packets, hosts) => dials.dropsOn({ packets }, hosts),
    ...(why && { why: whatBroke(why) }),
    pcapng: fileOf,
    log,
  };
  const { packetsPerCheck, packetsPerRun, packetsPerSecond } = parts.config.checks;
  const limits = { perCheck: packetsPerCheck, perRun: packetsPerRun, perSecond: packetsPerSecond };
  return new Running({ world, version: version(), clock: systemClock, green: keptGreen(parts.config, log), limits });
}

export function whatBroke(why: Why): NonNullable<World['why']> {
  return async (asked, signal) => {
    const { culprits } = await why({ ...asked, limit: 5 }, signal);
    return culprits.map(({ text, time, kind, element }) => ({ text, time, kind, id: element.id }));
  };
}

const READY_EVERY_MS = 20;

/** Of this host, or of an analyzer. */
type SomeCaptures = Pick<Captures, 'create' | 'delete' | 'state'>;

/** A capture on just these nodes, as everybody sees it: `skein capture list` tells of it while it runs. */
function watchingBy(captures: SomeCaptures, view: () => GraphView): Watching {
  return {
    async open({ nodes, filter, ttlMs, readyMs, packetsKept, name }): Promise<Watch> {
      const ids = [...nodes].map((id) => `'${id.replace(/[\\']/g, '\\$&')}'`).join(', ');
      const capture = captures.create({
        // That two runs look at the same is no mistake.
        GremlinQuery: `G.V().Has('@ID', Within(${ids}, '${randomUUID()}'))`,
        ...(filter !== undefined && { BPFFilter: filter }),
        Name: name,
        SamplingRate: 0,
        PollingInterval: 0,
        ...(packetsKept > 0 && { RawPacketLimit: packetsKept }),
        ExtraTCPMetric: false,
        IPDefrag: false,
        ReassembleTCP: false,
        EndsAt: Date.now() + ttlMs,
      });
      const end = Date.now() + readyMs;
      const isReady = () => {
        const { active, failed, matched } = captures.state(capture.UUID);
        return matched > 0 && active + failed >= nodes.size;
      };
      while (!isReady() && Date.now() < end) await pause(systemClock, READY_EVERY_MS, never);
      // As the nodes say, which whoever captures there tells.
      const active = () =>
        new Set([...nodes].filter((id) => [...view().nodes(id)].some((node) => isActiveAt(node, capture.UUID))));
      let known = active();
      return {
        id: capture.UUID,
        isWatched(node) {
          if (!known.has(node) && nodes.has(node)) known = active();
          return known.has(node);
        },
        notes: () => captures.state(capture.UUID).notes,
        async [Symbol.asyncDispose]() {
          await captures.delete(capture.UUID);
        },
      };
    },
  };
}

function isActiveAt({ metadata }: GraphNode, capture: string): boolean {
  const entries = Array.isArray(metadata.Captures)
    ? (metadata.Captures as readonly { ID?: unknown; State?: unknown }[])
    : [];
  return entries.some(({ ID, State }) => ID === capture && State === 'active');
}

const never = new AbortController().signal;

/** A file with an interface for each place. */
function fileOf(places: readonly KeptAt[]): Uint8Array {
  const nodes = [...new Map(places.map(({ node }) => [node.id, node])).values()];
  const numbers = new Map(nodes.map(({ id }, at) => [id, at]));
  const linkTypes = new Map(places.map(({ node, packets }) => [node.id, packets[0]?.linkType ?? 1]));
  const packets = places
    .flatMap(({ node, packets: its }) => its.map((packet) => ({ packet, interface: numbers.get(node.id) ?? 0 })))
    .sort((a, b) => a.packet.timestampMs - b.packet.timestampMs);
  return Buffer.concat([
    pcapngHeader(`Skein ${version()}`),
    ...nodes.map(({ id, host, metadata }) =>
      pcapngInterface({
        linkType: linkTypes.get(id) ?? 1,
        snapLength: 0,
        name: String(metadata.Name),
        description: `${metadata.Type} ${metadata.Name} on ${host}, TID ${metadata.TID}`,
      }),
    ),
    ...packets.map(({ packet, interface: number }) =>
      pcapngPacket({
        interface: number,
        timestampNs: BigInt(Math.round(packet.timestampMs * 1000)) * 1000n,
        data: packet.data,
        length: packet.length,
      }),
    ),
  ]);
}

interface GreenLists {
  readonly green: readonly { readonly id: string; readonly at: number }[];
}

/** Checks whose last green run is known. */
const GREEN_MAX = 20_000;

function keptGreen({ data }: Pick<Config, 'data'>, log: Log): LastGreen {
  const kept = keptLists<GreenLists>({
    file: join(data, 'checks.json'),
    things: 'green checks',
    isEntry: {
      green: (value) =>
        typeof (value as { id?: unknown }).id === 'string' && typeof (value as { at?: unknown }).at === 'number',
    },
    nowMs: Date.now,
  });
  const { lists, note } = kept.read();
  if (note !== undefined) log.warn(note);
  const times = new Map(lists.green.map(({ id, at }) => [id, at]));
  return {
    get: (id) => times.get(id),
    set(news) {
      for (const [id, at] of news) {
        times.delete(id);
        times.set(id, at);
      }
      for (const oldest of times.keys()) {
        if (times.size <= GREEN_MAX) break;
        times.delete(oldest);
      }
      try {
        kept.write({ green: [...times].map(([id, at]) => ({ id, at })) });
      } catch (error) {
        log.warn(`when checks were green will not survive a restart: ${(error as Error).message}`);
      }
    },
  };
}
