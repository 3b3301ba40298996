/** An injection for people: what was sent, what came back, and the id by which its packets are found. */
import type { WireInjection } from '../../contract/injection.ts';
import { betweenOf } from '../injections.ts';
import { drawBytes } from '../moment.ts';
import { cellText } from './grid.ts';
import type { Drawing } from './reply.ts';

/** `model`: what the graph says of its way. */
export function drawInjection(injection: WireInjection, { paint }: Pick<Drawing, 'paint'>, model?: string): string {
  const { EndedAt, Error: error, Replies, Sent, State } = injection;
  const lines = [paint.strong(cellText(titleOf(injection))), `  ${sentText(injection)}`];
  const guessed = Replies.RTT?.Guessed;
  if (guessed !== undefined)
    lines.push(paint.dim(`  ${guessed} of the answers may be of one of several packets: their times are guessed`));
  for (const line of errorLines(injection)) lines.push(paint.removed(`  ${cellText(line)}`));
  for (const line of lostLines(injection)) lines.push(paint.removed(`  ${cellText(line)}`));
  if (error !== undefined) lines.push((State === 'failed' ? paint.removed : paint.dim)(`  ${cellText(error)}`));
  if (model !== undefined) lines.push(`  ${cellText(model)}`);
  const [first, ...more] = injection.TrackingIDs;
  if (first !== undefined && (Sent > 0 || EndedAt === undefined))
    lines.push(`  TrackingID ${first}${more.length > 0 ? ` and ${more.length} more` : ''}: skein follow ${first}`);
  return `${lines.join('\n')}\n`;
}

function titleOf(injection: WireInjection): string {
  const { Packet } = injection;
  const from = Packet.Namespace === undefined ? Packet.Name : `${Packet.Namespace}/${Packet.Name}`;
  const id = Packet.ICMPID === undefined ? '' : ` id ${Packet.ICMPID}`;
  const by = Packet.Way === 'link' ? `by ${from}` : `through the stack of ${Packet.Namespace ?? Packet.Host}`;
  return `${betweenOf(injection)}  ${Packet.Type}${id}, ${by} on ${Packet.Host}`;
}

function sentText({ EndedAt, Sent, SentBytes, Replies, State, Packet }: WireInjection): string {
  if (Sent === 0) return `${State}: 0 sent${EndedAt === undefined ? ' yet' : ''}`;
  const sent = `${State}: ${Sent} sent (${drawBytes(SentBytes)})`;
  if (Packet.Type === 'pcap') return sent;
  const kinds = [
    [Replies.EchoReply, 'echo reply', 'echo replies'],
    [Replies.SynAck, 'SYN-ACK', 'SYN-ACKs'],
    [Replies.Reset, 'reset', 'resets'],
    [Replies.Datagram, 'datagram', 'datagrams'],
  ] as const;
  const told = kinds.filter(([count]) => count > 0).map(([count, one, more]) => `${count} ${count === 1 ? one : more}`);
  if (told.length === 0) return `${sent}, no answer`;
  const { RTT } = Replies;
  const after = RTT?.Guessed === undefined ? 'after' : 'after about';
  const times = RTT === undefined ? '' : `, ${after} ${[RTT.Min, RTT.Avg, RTT.Max].map(msText).join('/')} ms`;
  return `${sent}, answered by ${told.join(', ')}${times}`;
}

function errorLines({ Replies }: WireInjection): string[] {
  return Replies.Errors.map(({ Count, From, MTU, Text }) => {
    const size = MTU === undefined ? '' : ` (${MTU} bytes at most)`;
    return `${From} says: ${Text}${size}${Count > 1 ? `, ${Count} times` : ''}`;
  });
}

/** Of what was answered nothing is lost, whatever was dropped on the side. */
function lostLines({ Sent, Replies, Dropped = [] }: WireInjection): string[] {
  if (Sent > 0 && Replies.Received >= Sent) return [];
  return Dropped.map(({ Count, From, Host, Place, Reason, Symbol: symbol, To, Words }) => {
    const where = Place === undefined ? Host : `${Place} on ${Host}`;
    const why = symbol === undefined ? Reason : `${Reason} in ${symbol}`;
    return `dropped at ${where}: ${Count} of ${From} > ${To}: ${Words} (${why})`;
  });
}

function msText(ns: number): string {
  return (ns / 1e6).toFixed(3);
}
