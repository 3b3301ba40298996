/** `skein inject --trace`: captures on the way that the model finds, sends, shows the hops, and takes the captures away. */
import { setTimeout as delay } from 'node:timers/promises';
import type { WireCapture } from '../contract/capture.ts';
import type { NewInjection, WireInjection } from '../contract/injection.ts';
import { settled } from './capture-start.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { followed } from './followed.ts';
import { quoted } from './gremlin.ts';
import { request } from './http.ts';
import { isItsWay, pathOf } from './inject-model.ts';
import { CLEAN_UP_MS, conclude, type InjectOptions, sent, show, waited } from './inject-send.ts';
import { drawingOf } from './print.ts';
import { drawInjection } from './render/injection.ts';
import { drawTrail } from './render/trail.ts';
import { type Server, serverOf } from './server.ts';

/** Captures tell what they counted so often; a trail is asked for until it shows as much as was sent. */
const COUNTED_MS = 300;
const COUNTED_MS_MAX = 3_000;
/** Nobody looks after what a client that was killed leaves behind. */
const CAPTURE_TTL = '10m';
/** Nothing passes these: they own what packets pass. */
const OWNERS = new Set(['host', 'netns', 'container', 'process']);

/** The device of a bridge has what is for the bridge itself alone. */
const BRIDGES = new Set(['bridge', 'ovsbridge']);

export async function traced(session: Session, asked: NewInjection, options: InjectOptions): Promise<void> {
  const { io } = session;
  if (asked.Pcap !== undefined || options.detach === true)
    throw usageFailure('--trace follows one conversation until it is over', 'leave --pcap and --detach out');
  if (options.mode === 'random' && (asked.Count ?? 1) > 1)
    throw usageFailure(
      '--trace follows one conversation, and --mode random makes one of each packet',
      'leave one of them out',
    );
  const server = await serverOf(options, io);
  const path = await pathOf(session, server, asked);
  const devices = new Map(
    path.there.hops.flatMap(({ node }) => (OWNERS.has(node.type) ? [] : [[node.id, node.type] as const])),
  );
  const ids = [...devices.keys()];
  if (ids.length === 0) throw new Failure(exitCodes.empty, 'no interface is on the way', 'skein path shows it');
  const capture = await captured(session, server, ids);
  try {
    const over = await waited(session, await sent(session, asked, options), options);
    const isSent = over.Sent > 0;
    const bridges = [...devices.values()].filter((type) => BRIDGES.has(type)).length;
    const places = { most: capture.Count, least: capture.Count - bridges };
    const trail = isSent ? await trailOf(session, over, places, options) : undefined;
    if ((options.output?.kind ?? 'table') !== 'table')
      await show(
        session,
        { ...over, Trail: trail?.parts.map(({ trail: its }) => its), Path: path } as typeof over,
        options,
      );
    else {
      const drawing = drawingOf(session, options);
      io.out.write(drawInjection(over, drawing));
      if (trail) io.out.write(`\n${drawTrail(trail, drawing)}`);
      else if (isSent) io.out.write('\nnone of its packets was seen on the way\n');
    }
    const { reaches, reason } = path.there;
    if (!isItsWay(path.there, over.Packet) && !options.quiet)
      io.err.write(
        `the graph follows it by another interface than ${over.Packet.Name}, so that nothing is captured where it goes\n`,
      );
    else if (reaches !== 'yes' && !options.quiet)
      io.err.write(`the graph says ${reaches === 'no' ? 'that it stops' : 'unknown'}: ${reason}\n`);
    conclude(session, over, options);
  } finally {
    const asking = { method: 'DELETE', path: `/api/capture/${encodeURIComponent(capture.UUID)}` } as const;
    await request(server, { ...asking, signal: AbortSignal.timeout(CLEAN_UP_MS) });
  }
}

async function captured(session: Session, server: Server, ids: readonly string[]): Promise<WireCapture> {
  const GremlinQuery = `G.V().Has('@ID', Within(${ids.map(quoted).join(', ')}))`;
  const { text } = await request(server, {
    method: 'POST',
    path: '/api/capture',
    body: { GremlinQuery, Name: 'inject --trace' },
    headers: { 'x-resource-ttl': CAPTURE_TTL },
    signal: session.io.interrupted,
  });
  return settled(session, server, JSON.parse(text) as WireCapture);
}

/** Undefined when it was seen nowhere. */
async function trailOf(
  session: Session,
  { Sent, TrackingIDs: [trackingId = ''] }: WireInjection,
  places: { readonly most: number; readonly least: number },
  options: InjectOptions,
) {
  let found: Awaited<ReturnType<typeof followed>> | undefined;
  let seenBefore = 0;
  for (let waitedMs = 0; waitedMs < COUNTED_MS_MAX; waitedMs += COUNTED_MS) {
    await delay(COUNTED_MS, undefined, { signal: session.io.interrupted });
    try {
      // Asking the past takes long, and what is sent now is in it only when it is over already.
      const looksBack = waitedMs + COUNTED_MS >= COUNTED_MS_MAX;
      found = await followed(session, trackingId, { ...options, quiet: true }, { looksBack });
      const seen = found.parts.flatMap(({ trail }) => trail.hops.map(({ ab }) => ab.packets));
      const enough = seen.length === seenBefore ? places.least : places.most;
      if (seen.length >= enough && seen.every((count) => count >= Sent)) return found;
      seenBefore = seen.length;
    } catch (error) {
      if (!(error instanceof Failure) || error.exitCode !== exitCodes.empty) throw error;
    }
  }
  return found;
}
