/** `skein inject FROM TO`: sends packets, waits for what comes back, and says what came of it. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { NewInjection, WireInjection } from '../contract/injection.ts';
import { parseDuration } from '../std/duration.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { request } from './http.ts';
import { INJECTIONS } from './injections.ts';
import { wholeNumber } from './output.ts';
import { drawingOf, type PrintOptions } from './print.ts';
import { drawInjection } from './render/injection.ts';
import { printOne } from './resource-print.ts';
import { remove } from './resources.ts';
import { serverOf } from './server.ts';
import { unreadable } from './unreadable.ts';

export interface InjectOptions extends PrintOptions {
  readonly tcp?: number;
  readonly udp?: number;
  readonly icmp?: boolean;
  readonly count?: number;
  readonly interval?: string;
  readonly payload?: string;
  readonly incrementPayload?: number;
  readonly id?: number;
  readonly mode?: string;
  readonly srcIp?: string;
  readonly dstIp?: string;
  readonly srcMac?: string;
  readonly dstMac?: string;
  readonly srcPort?: number;
  readonly ttl?: number;
  readonly wait?: string;
  readonly way?: string;
  readonly ipv6?: boolean;
  readonly pcap?: string;
  readonly detach?: boolean;
  readonly trace?: boolean;
  readonly exitCode?: boolean;
}

export function addInjectOptions(command: Command): Command {
  const number = (flags: string, doc: string) => new Option(flags, doc).argParser(wholeNumber);
  const packet = (option: Option) => option.helpGroup('Packet:');
  const when = (option: Option) => option.helpGroup('How often:');
  return command
    .addOption(packet(number('--tcp <port>', 'a SYN to this port')))
    .addOption(packet(number('--udp <port>', 'a datagram to this port')))
    .addOption(packet(new Option('--icmp', 'an echo request (the default)')))
    .addOption(packet(new Option('-6, --ipv6', 'IPv6, where both ends have both')))
    .addOption(packet(new Option('--payload <text>', 'what is in it (56 random bytes; of TCP nothing)')))
    .addOption(packet(number('--id <number>', 'of echo requests')))
    .addOption(packet(new Option('--src-ip <address>', 'its source')))
    .addOption(packet(new Option('--dst-ip <address>', 'its destination, of several')))
    .addOption(packet(new Option('--src-mac <address>', 'of the frame')))
    .addOption(packet(new Option('--dst-mac <address>', 'of the frame, instead of asking for it')))
    .addOption(packet(number('--src-port <port>', 'any when left out')))
    .addOption(packet(number('--ttl <hops>', 'hop limit in IPv6 (64)')))
    .addOption(packet(new Option('--pcap <file>', 'the frames of a trace, as they are, by the interface FROM')))
    .addOption(
      packet(
        new Option('--way <way>', 'link: a frame on the interface; stack: through routes and filters').choices([
          'link',
          'stack',
        ]),
      ),
    )
    .addOption(when(number('-c, --count <n>', 'packets (1)')))
    .addOption(when(new Option('--interval <duration>', 'between packets (1s)')))
    .addOption(when(number('--increment-payload <bytes>', 'longer by so much each time')))
    .addOption(
      when(
        new Option('--mode <mode>', 'unique: one conversation; random: each packet its own').choices([
          'unique',
          'random',
        ]),
      ),
    )
    .addOption(when(new Option('--wait <duration>', 'for answers after the last packet (1s)')))
    .option('--trace', 'capture on the way, and show at which hops its packets were seen')
    .option('--detach', 'do not wait: skein inject show ID tells')
    .option('--exit-code', 'exit with 1 unless the destination answered');
}

/** As it is when it was made. */
export async function sent(session: Session, asked: NewInjection, options: PrintOptions): Promise<WireInjection> {
  const server = await serverOf(options, session.io);
  const said = { method: 'POST', path: '/api/injectpacket', body: asked, signal: session.io.interrupted } as const;
  return JSON.parse((await request(server, said)).text) as WireInjection;
}

const LOOK_MS = 100;

/** As it is when it is over. Ctrl-C stops it. */
export async function waited(session: Session, made: WireInjection, options: InjectOptions): Promise<WireInjection> {
  const { io } = session;
  const server = await serverOf(options, io);
  const path = `/api/injectpacket/${encodeURIComponent(made.UUID)}`;
  try {
    for (let known = made; ; ) {
      if (known.EndedAt !== undefined) return known;
      await delay(LOOK_MS, undefined, { signal: io.interrupted });
      known = JSON.parse((await request(server, { path, signal: io.interrupted })).text) as WireInjection;
    }
  } catch (error) {
    if (!io.interrupted.aborted) throw error;
    const left = { kind: INJECTIONS, uuid: made.UUID, signal: AbortSignal.timeout(CLEAN_UP_MS) };
    await remove(session, options, left).catch(() => undefined);
    throw new Failure(exitCodes.interrupted, '');
  }
}

/** What is ours is taken away also after Ctrl-C, but not for ever. */
export const CLEAN_UP_MS = 3_000;

export async function show(session: Session, injection: WireInjection, options: PrintOptions): Promise<void> {
  const kind = options.output?.kind ?? 'table';
  if (kind === 'table') return session.io.out.write(drawInjection(injection, drawingOf(session, options)));
  await printOne(session, { resource: injection, kind: 'injection' }, kind);
}

/** The exit code of what is over. */
export function conclude(session: Session, { State, Replies }: WireInjection, options: InjectOptions): void {
  if (State === 'failed') session.exitCode = exitCodes.unreachable;
  const { Datagram, EchoReply, Reset, SynAck } = Replies;
  const isAnswered = EchoReply + SynAck + Reset + Datagram > 0;
  if (State !== 'failed' && options.exitCode === true && !isAnswered) session.exitCode = exitCodes.empty;
}

/** What the server is asked. */
export async function askedOf(from: string, to: string | undefined, options: InjectOptions): Promise<NewInjection> {
  const { tcp, udp, icmp, pcap, ipv6 } = options;
  if ([tcp, udp, icmp, pcap].filter((one) => one !== undefined).length > 1)
    throw usageFailure('--tcp, --udp, --icmp and --pcap exclude each other', 'a packet has one protocol');
  if (to === undefined && pcap === undefined && options.dstIp === undefined)
    throw usageFailure('say where to', 'skein inject FROM TO, or --dst-ip ADDRESS');
  const isIcmp = tcp === undefined && udp === undefined;
  const name = isIcmp ? 'icmp' : tcp === undefined ? 'udp' : 'tcp';
  const is6 =
    ipv6 === true ||
    [to, options.dstIp, options.srcIp].some((one) => /^[0-9a-f]*:[0-9a-f:.]+(%\S+)?$/i.test(one ?? ''));
  // Which family an echo request is of follows from the ends; others are of IPv4 unless an address says otherwise.
  const type = isIcmp && !is6 && (icmp ?? false) === false ? undefined : `${name}${is6 ? 6 : 4}`;
  return {
    From: from,
    ...(to !== undefined && { To: to }),
    ...(pcap === undefined && type !== undefined && { Type: type }),
    ...(pcap !== undefined && { Pcap: await traceIn(pcap) }),
    DstPort: tcp ?? udp,
    SrcPort: options.srcPort,
    SrcIP: options.srcIp,
    DstIP: options.dstIp,
    SrcMAC: options.srcMac,
    DstMAC: options.dstMac,
    Payload: options.payload,
    IncrementPayload: options.incrementPayload,
    ICMPID: options.id,
    Count: pcap === undefined ? options.count : undefined,
    Interval: durationOf(options.interval) ?? (pcap === undefined ? 1_000 : undefined),
    Mode: options.mode,
    TTL: options.ttl,
    Way: options.way,
    Wait: durationOf(options.wait),
    ...(pcap === undefined && options.detach !== true && { Drops: true }),
  };
}

function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = text === '0' ? 0 : parseDuration(text);
  if (ms === undefined) throw usageFailure(`"${text}" is no duration`, 'like 100ms, 1s or 5m');
  return ms;
}

export async function traceIn(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > 0) return bytes.toString('base64');
  } catch (error) {
    throw unreadable(file, error, 'a trace: pcap or pcapng');
  }
  throw usageFailure(`${file} is empty`, 'a trace: pcap or pcapng');
}
