/** `skein why A B`: which change broke it. */
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { WhyReply, WhyRequest } from '../../contract/why.ts';
import { parsed } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { exitCodes, usageFailure } from '../failure.ts';
import { request } from '../http.ts';
import { addUtcOption, wholeNumber } from '../output.ts';
import { drawingOf, type PrintOptions } from '../print.ts';
import { drawWhy, whyMarkdown } from '../render/why.ts';
import { serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';
import { whenLiteral } from '../when.ts';

interface WhyOptions extends Omit<PrintOptions, 'output'> {
  readonly tcp?: number;
  readonly udp?: number;
  readonly icmp?: boolean;
  readonly fromAddress?: string;
  readonly sourcePort?: number;
  readonly since?: string;
  readonly at?: string;
  readonly good?: string;
  readonly tracking?: string;
  readonly check?: string;
  readonly id?: string;
  readonly number?: number;
  readonly output?: 'text' | 'json' | 'markdown';
  readonly exitCode?: boolean;
}

export function define(command: Command, session: Session): void {
  command
    .argument('[from]', 'where it begins, as for skein path')
    .argument('[to]', 'where it is to go, as for skein path')
    .addOption(new Option('--tcp <port>', 'a connection to this port').argParser(portNumber).helpGroup('Packet:'))
    .addOption(new Option('--udp <port>', 'a datagram to this port').argParser(portNumber).helpGroup('Packet:'))
    .addOption(new Option('--icmp', 'an echo request (the default)').helpGroup('Packet:'))
    .addOption(
      new Option('--from-address <address>', 'its source, instead of the one the route prefers').helpGroup('Packet:'),
    )
    .addOption(new Option('--source-port <port>', 'where rules look at it').argParser(portNumber).helpGroup('Packet:'))
    .addOption(new Option('--tracking <id>', 'a conversation that stopped, by its TrackingID').helpGroup('Instead:'))
    .addOption(
      new Option(
        '--check <file>',
        'a check that failed: what skein check -o json wrote; - is the standard input',
      ).helpGroup('Instead:'),
    )
    .addOption(
      new Option('--id <id>', 'which of its checks; the first that failed when left out').helpGroup('Instead:'),
    )
    .addOption(new Option('--good <time>', 'when it is known to have worked: -5m, 10:30, rev:1234').helpGroup('Time:'))
    .addOption(new Option('--at <time>', 'when it failed; now when left out').helpGroup('Time:'))
    .addOption(
      new Option(
        '--since <time>',
        'how far back to look for when it worked (an hour, else all that is kept)',
      ).helpGroup('Time:'),
    )
    .addOption(new Option('-n, --number <count>', 'how many culprits').argParser(wholeNumber))
    .addOption(new Option('-o, --output <form>', 'text, json or markdown').choices(['text', 'json', 'markdown']))
    .option('--exit-code', 'exit with 1 when nothing explains it');
  command.action((from: string | undefined, to: string | undefined, _, self: Command) =>
    run(session, from, to, self.optsWithGlobals()),
  );
  addUtcOption(command);
  addServerOptions(command);
  examples(command, [
    'skein why blue red --tcp 5432',
    'skein why container:web 10.0.0.2 --tcp 80 --good -30m',
    'skein why red 192.0.2.9 --udp 53 --source-port 53',
    'skein why --tracking 0f3c7c8e8a2f7d11',
    'skein check suite.yaml -o json | skein why --check -',
  ]);
}

async function run(
  session: Session,
  from: string | undefined,
  to: string | undefined,
  options: WhyOptions,
): Promise<void> {
  const { io } = session;
  const body = asked(from, to, options, io.now());
  const server = await serverOf(options, io);
  const answer = await request(server, { method: 'POST', path: '/api/why', body, signal: io.interrupted });
  const reply = parsed(answer.text, server.url) as WhyReply;
  if (options.exitCode === true && reply.culprits.length === 0) session.exitCode = exitCodes.empty;
  if (options.output === 'json') return io.out.write(`${JSON.stringify(reply, null, 2)}\n`);
  const { output: _, ...print } = options;
  const drawing = drawingOf(session, print);
  return io.out.write(options.output === 'markdown' ? whyMarkdown(reply, drawing) : drawWhy(reply, drawing));
}

function asked(from: string | undefined, to: string | undefined, options: WhyOptions, now: number): WhyRequest {
  const { tcp, udp, icmp, fromAddress, sourcePort, tracking, check, id, number } = options;
  if ([tcp !== undefined, udp !== undefined, icmp === true].filter(Boolean).length > 1)
    throw usageFailure('--tcp, --udp and --icmp exclude each other', 'a packet has one protocol');
  const moments = (['good', 'at', 'since'] as const).flatMap((key) => {
    const text = options[key];
    return text === undefined ? [] : [[key, whenLiteral(text, now).replaceAll("'", '')] as const];
  });
  const rest = { ...Object.fromEntries(moments), ...(number !== undefined && { limit: number }) };
  if (tracking !== undefined) return { tracking, ...rest };
  if (check !== undefined) return { ...ofCheck(check, id), ...rest };
  if (from === undefined || to === undefined)
    throw usageFailure('two ends are needed', 'like skein why blue red --tcp 5432; or --tracking, or --check');
  return {
    ...{ from, to, ...rest },
    ...(tcp !== undefined && { protocol: 'tcp' as const, port: tcp }),
    ...(udp !== undefined && { protocol: 'udp' as const, port: udp }),
    ...(icmp === true && { protocol: 'icmp' as const }),
    ...(fromAddress !== undefined && { fromAddress }),
    ...(sourcePort !== undefined && { sourcePort }),
  };
}

interface FailedCheck {
  readonly id?: string;
  readonly status?: string;
  readonly startedAt?: number;
  readonly tookMs?: number;
  readonly traffic?: { readonly from: string; readonly to: string; readonly packet: string };
  readonly evidence?: { readonly changes?: { readonly lastGreenAt?: number } };
}

/** The ends of a check that failed, its last green moment and its first red one. */
function ofCheck(file: string, id: string | undefined): WhyRequest {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8');
  const results = resultsIn(text);
  const isIt = (one: FailedCheck) => (id === undefined ? one.status === 'failed' : one.id === id);
  const check = results.find((one) => isIt(one) && one.traffic !== undefined);
  if (check?.traffic === undefined)
    throw usageFailure(
      id === undefined ? `no check with two ends failed in ${file}` : `${file} has no check ${id} with two ends`,
      'checks of the kind reach have them',
    );
  const { from, to, packet } = check.traffic;
  const [protocol, port] = packet.split(' ');
  const good = check.evidence?.changes?.lastGreenAt;
  return {
    from,
    to,
    ...((protocol === 'tcp' || protocol === 'udp' || protocol === 'icmp') && { protocol }),
    ...(port !== undefined && /^\d+$/.test(port) && { port: Number(port) }),
    ...(good !== undefined && { good }),
    ...(check.startedAt !== undefined && { at: check.startedAt + (check.tookMs ?? 0) }),
  };
}

/** One JSON object, with a list of results or alone, or one a line. */
function resultsIn(text: string): FailedCheck[] {
  const read = (part: string): unknown => {
    try {
      return JSON.parse(part);
    } catch {
      return undefined;
    }
  };
  const whole = read(text);
  const values = whole === undefined ? text.split('\n').map(read) : [whole];
  return values.flatMap((value) => {
    if (typeof value !== 'object' || value === null) return [];
    const { results } = value as { results?: unknown };
    return Array.isArray(results)
      ? (results as FailedCheck[])
      : Array.isArray(value)
        ? (value as FailedCheck[])
        : [value];
  });
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw usageFailure(`${text} is no port`, 'ports go up to 65535');
  return port;
}
