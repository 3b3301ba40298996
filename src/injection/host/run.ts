/** One injection on its host: finds the neighbour, sends, and counts what comes back. */

import type { Door } from '../../native/door.ts';
import type { InjectionDoor } from '../../native/injection.ts';
import type { PacketDoor } from '../../native/packets.ts';
import { parseAddress } from '../../std/address.ts';
import { macText } from '../../std/addresstext.ts';
import type { Clock } from '../../std/clock.ts';
import { pause, settlesWithin } from '../../std/pause.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { heardIn } from '../answers/batch.ts';
import { AnswerBook, type Stranger } from '../answers/book.ts';
import { answerFilter } from '../answers/filter.ts';
import type { MeetBound } from '../bounds.ts';
import type { Order, Probing, Progress } from '../order.ts';
import { ethertype, groupMac, macBytes } from '../packet/ethernet.ts';
import { conversationAt, packetSeries, protocolOf } from '../packet/series.ts';
import { traceFrames } from '../trace/frames.ts';
import { resolveMac } from './resolve.ts';
import { asCaptured, evenly, type Schedule } from './schedule.ts';
import { Sending } from './sending.ts';
import type { SendingShare } from './share.ts';
import { Translations } from './translation.ts';

export interface RunParts {
  readonly door: InjectionDoor;
  readonly packets: Pick<PacketDoor, 'openDecoder'>;
  readonly netlink: Pick<Door, 'openNetlink'>;
  readonly clock: Clock;
  /** Monotonic ms. */
  readonly elapsed: () => number;
  /** Packets a second. */
  readonly rate: number;
  readonly share: SendingShare;
  /** Path of the namespace; undefined: our own. */
  readonly netns: string | undefined;
  readonly met: MeetBound;
}

/** Tells how far it has come whenever it may have changed. Rejects with Unavailable when it cannot go on. */
export async function runOrder(
  order: Order,
  parts: RunParts,
  tell: (progress: Omit<Progress, 'state'>) => void,
  signal: AbortSignal,
): Promise<void> {
  const { what } = order;
  const { intervalMs } = order;
  const { met, rate } = parts;
  const pace = { intervalMs, rate, met };
  if (what.kind === 'trace') {
    const schedule = asCaptured(await traceFrames(parts.packets, what.pcap, met), pace);
    await send({
      order,
      parts,
      tell,
      signal,
      schedule,
      probing: undefined,
      destinationMac: undefined,
      trouble: undefined,
    });
    return;
  }
  const link = what.link && (await linkOf(order, what, parts, signal));
  if (signal.aborted) return;
  const schedule = evenly(what.count, packetSeries(what, link), pace);
  const destinationMac = link && macText(link.destination);
  await send({ order, parts, tell, signal, schedule, probing: what, destinationMac, trouble: link?.trouble });
}

interface SendParts {
  readonly order: Order;
  readonly parts: RunParts;
  readonly tell: (progress: Omit<Progress, 'state'>) => void;
  readonly signal: AbortSignal;
  readonly schedule: Schedule;
  readonly probing: Probing | undefined;
  readonly destinationMac: string | undefined;
  readonly trouble: string | undefined;
}

async function send({
  order,
  parts,
  tell,
  signal,
  schedule,
  probing,
  destinationMac,
  trouble,
}: SendParts): Promise<void> {
  const { door, clock, netns, share, met } = parts;
  const place = netns === undefined ? {} : { netns };
  using stack = new DisposableStack();
  const book = probing && new AnswerBook(probing, { isLoose: order.way === 'stack', waitMs: order.waitMs, met });
  const sender = await door.openSender({ ...place, ...senderOf(order, probing) });
  stack.defer(() => sender.close());
  const translations =
    probing && order.way === 'stack' ? stack.use(new Translations(parts.netlink, netns, met)) : undefined;
  const isAnswerer = translations && ((stranger: Stranger) => isAnswererOf(translations, probing as Probing, stranger));
  const sending = new Sending({ ...parts, order, sender, schedule, book, share, ...(isAnswerer && { isAnswerer }) });
  const told = () => {
    const error = sending.trouble ?? trouble;
    tell({
      sent: sending.sent,
      sentBytes: sending.sentBytes,
      replies: book?.replies() ?? NO_REPLIES,
      ...(destinationMac !== undefined && { destinationMac }),
      ...(error !== undefined && { error }),
    });
  };
  if (book && probing) {
    const protocol = probing.type.endsWith('4') ? ethertype.ipv4 : ethertype.ipv6;
    const answers = await door.openAnswers({ ...place, protocol, filter: answerFilter(probing, sourcesOf(probing)) });
    stack.defer(() => answers.close());
    answers.onAnswers((batch) => {
      for (const heard of heardIn(batch)) sending.heard(heard);
    });
  }
  let cancel: (() => void) | undefined;
  const tick = () => {
    told();
    cancel = clock.after(TELL_MS, tick);
  };
  tick();
  stack.defer(() => cancel?.());
  try {
    await sending.run(signal);
    const until = parts.elapsed() + order.waitMs;
    while (book && !book.isAllAnswered && !signal.aborted) {
      const left = until - parts.elapsed();
      if (left <= 0) break;
      await pause(clock, Math.min(left, LOOK_MS), signal);
    }
    if (!(await settlesWithin(clock, ASKED_MS, sending.settled()))) met('asked-for-long');
  } finally {
    told();
  }
  if (sending.sent === 0 && sending.trouble !== undefined && !signal.aborted)
    throw new Unavailable(sending.trouble, 'packets that pass it');
}

/** How far it has come is told so often. */
const TELL_MS = 200;
/** Whether all answers are there is looked at so often. */
const LOOK_MS = 5;

/** What is asked of connection tracking is answered by then. */
const ASKED_MS = 1_000;

/** Where the kernel does not tell, it is believed that it answers from the port that was asked. */
async function isAnswererOf(translations: Translations, probing: Probing, stranger: Stranger): Promise<boolean> {
  const source = parseAddress(probing.source)?.bytes;
  const destination = parseAddress(probing.destination)?.bytes;
  if (!source || !destination) return false;
  const { destinationPort, type } = probing;
  const sent = { protocol: protocolOf(type), source, sourcePort: stranger.ours, destination, destinationPort };
  const answerer = await translations.answererOf(sent);
  if (answerer === undefined) return stranger.port === destinationPort;
  // With the reset that answers its first packet the kernel forgets an entry (nf_conntrack_proto_tcp.c).
  if (answerer === 'untranslated') return stranger.isReset;
  return answerer.from === stranger.from && answerer.port === stranger.port;
}

const NO_REPLIES = { Received: 0, EchoReply: 0, SynAck: 0, Reset: 0, Datagram: 0, Errors: [] };

function senderOf(order: Order, probing: Probing | undefined) {
  if (order.way === 'link')
    return {
      interfaceIndex: order.ifIndex,
      ...(probing && probing.link === undefined && { protocol: typeOf(probing) }),
    };
  const destination = parseAddress(probing?.destination ?? '')?.bytes ?? new Uint8Array(4);
  const isLinkLocal = destination[0] === 0xfe || destination[0] === 0xff;
  return { destination, ...(isLinkLocal && { scope: order.ifIndex }) };
}

function typeOf({ type }: Probing): number {
  return type.endsWith('4') ? ethertype.ipv4 : ethertype.ipv6;
}

/** Ports or ids that answers come to. */
function sourcesOf(probing: Probing) {
  const numberOf = (index: number) => {
    const { icmpId, sourcePort } = conversationAt(probing, index);
    return probing.type.startsWith('icmp') ? icmpId : sourcePort;
  };
  if (probing.isRandom && probing.count > 0xffff) return { from: 0, to: 0xffff };
  return { from: numberOf(0), to: numberOf(probing.count - 1) };
}

interface Link {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly trouble?: string;
}

async function linkOf(order: Order, probing: Probing, parts: RunParts, signal: AbortSignal): Promise<Link> {
  const { link } = probing;
  const source = macBytes(link?.sourceMac ?? '');
  const target = parseAddress(link?.nextHop ?? '')?.bytes;
  const from = parseAddress(probing.source)?.bytes;
  if (!link || !source || !target || !from) throw new Error(`an order without addresses: ${order.uuid}`);
  const known = link.destinationMac === undefined ? groupMac(target) : macBytes(link.destinationMac);
  if (known) return { source, destination: known };
  const { door, clock, netns } = parts;
  const { ifIndex, interfaceName } = order;
  const question = { sourceMac: source, source: from, target };
  const found = await resolveMac({ door, clock, netns, ifIndex, interfaceName, signal }, question);
  if (found) return { source, destination: found };
  const last = macBytes(link.lastMac ?? '');
  if (last)
    return {
      source,
      destination: last,
      trouble: `nobody answers for ${link.nextHop}: sent to the MAC it has in the graph`,
    };
  throw new Unavailable(
    `Failed to resolve destination MAC address: nobody behind ${order.interfaceName} answers for ${link.nextHop}`,
    'a neighbour that is up, or DstMAC',
  );
}
