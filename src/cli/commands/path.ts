/** `skein path A B`: the hops between two ends, with rule, route and MTU of each, and where it stops. */
import { type Command, Option } from 'commander';
import type { PathReply, PathRequest } from '../../contract/path.ts';
import { parsed } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { exitCodes, usageFailure } from '../failure.ts';
import { request } from '../http.ts';
import { addFormatOption, addUtcOption, wholeNumber } from '../output.ts';
import { drawingOf, type PrintOptions } from '../print.ts';
import { drawPath, pathMermaid } from '../render/path.ts';
import { serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';
import { whenLiteral } from '../when.ts';

interface PathOptions extends PrintOptions {
  readonly at?: string;
  readonly tcp?: number;
  readonly udp?: number;
  readonly icmp?: boolean;
  readonly fromAddress?: string;
  readonly sourcePort?: number;
  readonly both?: boolean;
  readonly exitCode?: boolean;
}

export function define(command: Command, session: Session): void {
  command
    .argument('<from>', 'name, OWNER/NAME, id, address, container:NAME, netns:NAME, pid:N, process:NAME, or a query')
    .argument('<to>', 'the same, or any address')
    .addOption(new Option('--tcp <port>', 'a connection to this port').argParser(portNumber).helpGroup(group))
    .addOption(new Option('--udp <port>', 'a datagram to this port').argParser(portNumber).helpGroup(group))
    .addOption(new Option('--icmp', 'an echo request (the default)').helpGroup(group))
    .addOption(
      new Option('--from-address <address>', 'its source, instead of the one the route prefers').helpGroup(group),
    )
    .addOption(new Option('--source-port <port>', 'where rules look at it').argParser(portNumber).helpGroup(group))
    .option('--both', 'the way back too')
    .option('--exit-code', 'exit with 1 unless it is known to get there')
    .addOption(
      new Option('--at <time>', 'as it was then: -5m, 10:30, 2026-11-21T10:30:00Z, rev:1234').helpGroup('Time:'),
    )
    .action((from: string, to: string, _, self: Command) => run(session, from, to, self.optsWithGlobals()));
  addFormatOption(command, ['table', 'json', 'yaml', 'mermaid']);
  addUtcOption(command);
  addServerOptions(command);
  examples(command, [
    'skein path blue/eth0 10.0.0.2',
    'skein path container:web container:db --tcp 5432',
    'skein path netns:blue 192.0.2.1 --at -10m',
    'skein path process:nginx 10.0.0.2 -o mermaid',
  ]);
}

const group = 'Packet:';

async function run(session: Session, from: string, to: string, options: PathOptions): Promise<void> {
  const { io } = session;
  const server = await serverOf(options, io);
  const body = asked(from, to, options, io.now());
  const answer = await request(server, { method: 'POST', path: '/api/path', body, signal: io.interrupted });
  const reply = parsed(answer.text, server.url) as PathReply;
  if (options.exitCode === true && reply.there.reaches !== 'yes') session.exitCode = exitCodes.empty;
  switch (options.output?.kind) {
    case 'json':
      return io.out.write(`${JSON.stringify(reply, null, 2)}\n`);
    case 'yaml':
      return io.out.write((await import('yaml')).stringify(reply));
    case 'mermaid':
      return io.out.write(pathMermaid(reply));
    default:
      return io.out.write(drawPath(reply, drawingOf(session, options)));
  }
}

function asked(from: string, to: string, options: PathOptions, now: number): PathRequest {
  const { tcp, udp, icmp, at, fromAddress, sourcePort, both } = options;
  if ([tcp !== undefined, udp !== undefined, icmp === true].filter(Boolean).length > 1)
    throw usageFailure('--tcp, --udp and --icmp exclude each other', 'a packet has one protocol');
  return {
    from,
    to,
    ...(at !== undefined && { at: momentText(at, now) }),
    ...(tcp !== undefined && { protocol: 'tcp', port: tcp }),
    ...(udp !== undefined && { protocol: 'udp', port: udp }),
    ...(icmp === true && { protocol: 'icmp' }),
    ...(fromAddress !== undefined && { fromAddress }),
    ...(sourcePort !== undefined && { sourcePort }),
    ...(both === true && { both }),
  };
}

/** As queries have it, without their quotes. */
function momentText(at: string, now: number): string {
  return whenLiteral(at, now).replaceAll("'", '');
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw usageFailure(`${text} is no port`, 'ports go up to 65535');
  return port;
}
