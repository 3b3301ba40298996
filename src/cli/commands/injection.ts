/** `skein injection`: packets of one's own as Skydive's command line asks for them; ours is `skein inject`. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { NewInjection } from '../../contract/injection.ts';
import type { Session } from '../command.ts';
import { usageFailure } from '../failure.ts';
import { sent, show, traceIn } from '../inject-send.ts';
import { defineInjections, oneFormats } from '../injection-commands.ts';
import { addFormatOption, wholeNumber } from '../output.ts';
import type { PrintOptions } from '../print.ts';
import { addServerOptions } from '../server-options.ts';

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  const number = (flags: string, doc: string) => new Option(flags, doc).argParser(wholeNumber);
  const create = command
    .command('create')
    .description('send packets, as Skydive asks for them')
    .option('--src <query>', 'the first node is the source')
    .option('--dst <query>', 'the first node is the destination')
    .option('--src-ip <address>', 'its source')
    .option('--dst-ip <address>', 'its destination')
    .option('--src-mac <address>', 'of the frame')
    .option('--dst-mac <address>', 'of the frame')
    .addOption(number('--src-port <port>', 'any when left out'))
    .addOption(number('--dst-port <port>', 'of TCP and UDP'))
    .option('--type <type>', 'icmp4, icmp6, tcp4, tcp6, udp4 or udp6', 'icmp4')
    .option('--payload <text>', 'what is in it')
    .option('--pcap <file>', 'the frames of a trace, as they are')
    .addOption(number('--id <number>', 'of echo requests'))
    .option('--mode <mode>', 'unique: one conversation; random: each packet its own', 'unique')
    .addOption(number('--inc-payload <bytes>', 'longer by so much each time'))
    .addOption(number('--count <n>', 'packets').default(1))
    .addOption(number('--interval <ms>', 'milliseconds between packets').default(0))
    .addOption(number('--ttl <hops>', 'hop limit in IPv6').default(64))
    .action(async (_, self: Command) => {
      const options: CreateOptions = self.optsWithGlobals();
      await show(session, await sent(session, await askedOf(options), options), options);
    });
  addFormatOption(create, oneFormats);
  addServerOptions(create);
  defineInjections(command, session);
}

interface CreateOptions extends PrintOptions {
  readonly src?: string;
  readonly dst?: string;
  readonly srcIp?: string;
  readonly dstIp?: string;
  readonly srcMac?: string;
  readonly dstMac?: string;
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly type: string;
  readonly payload?: string;
  readonly pcap?: string;
  readonly id?: number;
  readonly mode: string;
  readonly incPayload?: number;
  readonly count: number;
  readonly interval: number;
  readonly ttl: number;
}

async function askedOf(options: CreateOptions): Promise<NewInjection> {
  const { src, pcap } = options;
  if (src === undefined) throw usageFailure('say where from', "--src \"G.V().Has('Name', 'eth0')\"");
  if (pcap !== undefined) return { Src: src, Pcap: await traceIn(pcap), Interval: options.interval };
  return {
    Src: src,
    Dst: options.dst,
    SrcIP: options.srcIp,
    DstIP: options.dstIp,
    SrcMAC: options.srcMac,
    DstMAC: options.dstMac,
    SrcPort: options.srcPort,
    DstPort: options.dstPort,
    Type: options.type,
    Payload: options.payload,
    ICMPID: options.id,
    Mode: options.mode,
    IncrementPayload: options.incPayload,
    Count: options.count,
    Interval: options.interval,
    TTL: options.ttl,
  };
}
