/** `skein capture start`: makes a capture, and says what became of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { WireCapture } from '../contract/capture.ts';
import { captureQuery, type WhereOptions } from './capture-query.ts';
import { capturedAt, listenersOf } from './captures.ts';
import type { Session } from './command.ts';
import { durationOf } from './duration-option.ts';
import { usageFailure } from './failure.ts';
import { request } from './http.ts';
import { wholeNumber } from './output.ts';
import type { PrintOptions } from './print.ts';
import { cellText } from './render/grid.ts';
import { printOne } from './resource-print.ts';
import { make } from './resources.ts';
import { type Server, serverOf } from './server.ts';

interface StartOptions extends PrintOptions, WhereOptions {
  readonly bpf?: string;
  readonly type?: string;
  readonly name?: string;
  readonly description?: string;
  readonly for?: string;
  readonly ttl?: string;
  readonly headerSize?: number;
  readonly rawPackets?: number;
  readonly rawpacketLimit?: number;
  readonly extraTcpMetric?: boolean;
  readonly ipDefrag?: boolean;
  readonly reassembleTcp?: boolean;
  readonly reassambleTcp?: boolean;
  readonly layerKeyMode?: string;
  readonly extraLayer?: readonly string[];
  readonly port?: number;
  readonly samplingRate?: number;
  readonly samplingrate?: number;
  readonly pollingInterval?: number;
  readonly pollinginterval?: number;
}

export function addWhereOptions(command: Command): Command {
  const group = 'Where:';
  return command
    .addOption(new Option('--gremlin <query>', 'every node that this query finds, now and later').helpGroup(group))
    .addOption(new Option('--on <node>', 'a node by its name, OWNER/NAME, id or TID').helpGroup(group))
    .addOption(new Option('--node <tid>', 'the same by its TID alone').helpGroup(group));
}

export function addStartOptions(command: Command): Command {
  const several = (text: string, before: readonly string[] | undefined) => [...(before ?? []), ...text.split(',')];
  const number = (flags: string, doc: string) => new Option(flags, doc).argParser(wholeNumber);
  return addWhereOptions(command)
    .addOption(new Option('--to <node>', 'with --on: everything on the way between them').helpGroup('Where:'))
    .option('--bpf <filter>', "only what it lets pass, as tcpdump has it: 'tcp port 443'")
    .option('--type <mechanism>', 'afpacket, ebpf, sflow…; left out: the best that works for each node')
    .option('--name <name>', 'what to call it')
    .option('--description <text>', 'what it is for')
    .option('--for <duration>', 'end it after, e.g. 30s or 5m')
    .addOption(number('--header-size <bytes>', 'of each packet, that are looked at'))
    .addOption(number('--raw-packets <n>', 'packets kept of each flow, 10 at most'))
    .option('--extra-tcp-metric', 'TCPMetric: handshakes, ends, segments out of order')
    .option('--ip-defrag', 'put fragments together')
    .option('--reassemble-tcp', 'order of segments, and gaps')
    .option('--layer-key-mode <mode>', 'L2: MACs tell conversations apart; L3: they do not')
    .addOption(new Option('--extra-layer <layers>', 'decoded in full: dns,dhcpv4,vrrpv2').argParser(several))
    .addOption(number('--port <port>', 'where a listener (sflow, netflow, pcapsocket) listens'))
    .addOption(number('--sampling-rate <n>', 'of a switch: one of so many packets'))
    .addOption(number('--polling-interval <s>', 'of a switch: how often it sends counters'))
    .addOption(new Option('--ttl <duration>', 'the same as --for, as Skydive calls it').hideHelp())
    .addOption(number('--rawpacket-limit <n>', 'as Skydive calls it').hideHelp())
    .addOption(number('--samplingrate <n>', 'as Skydive calls it').hideHelp())
    .addOption(number('--pollinginterval <s>', 'as Skydive calls it').hideHelp())
    .addOption(new Option('--reassamble-tcp', 'as Skydive spells it').hideHelp());
}

export async function startCapture(session: Session, options: StartOptions): Promise<void> {
  const { io } = session;
  const GremlinQuery = await captureQuery(session, options);
  if (GremlinQuery === undefined)
    throw usageFailure('say where to capture', "like --on eth0, or --gremlin \"G.V().Has('Type','veth')\"");
  const lasts = options.for ?? options.ttl;
  durationOf(lasts);
  const made = await make<WireCapture>(session, options, {
    kind: 'capture',
    body: { GremlinQuery, ...askedOf(options) },
    ...(lasts !== undefined && { headers: { 'x-resource-ttl': lasts } }),
    duplicate: usageFailure(
      'there is a capture with this query, type and filter already',
      'skein capture list shows it',
    ),
  });
  const capture = await settled(session, await serverOf(options, io), made);
  await printOne(session, { resource: capture, kind: 'capture' }, options.output?.kind ?? 'name');
  if (options.quiet) return;
  const places = capture.Count > 0 ? await capturedAt(session, options) : [];
  const listens = listenersOf(places.filter(({ id }) => id === capture.UUID)) ?? [];
  const lines = [...sayings(capture, lasts), ...listens.map((address) => `it listens at ${address}`)];
  for (const line of lines) io.err.write(`${cellText(line)}\n`);
}

function askedOf(options: StartOptions): Record<string, unknown> {
  return {
    BPFFilter: options.bpf,
    Name: options.name,
    Description: options.description,
    Type: options.type,
    Port: options.port,
    HeaderSize: options.headerSize,
    RawPacketLimit: options.rawPackets ?? options.rawpacketLimit,
    ExtraTCPMetric: options.extraTcpMetric,
    IPDefrag: options.ipDefrag,
    ReassembleTCP: options.reassembleTcp ?? options.reassambleTcp,
    LayerKeyMode: options.layerKeyMode?.toUpperCase(),
    ExtraLayers: options.extraLayer,
    SamplingRate: options.samplingRate ?? options.samplingrate,
    PollingInterval: options.pollingInterval ?? options.pollinginterval,
  };
}

/** So long is waited until every node that matched runs or is refused. */
const SETTLED_MS = 3_000;
/** Where nothing matches there is nothing to wait for, but the server has to have looked. */
const LOOKED_MS = 500;
const ASKED_EVERY_MS = 100;

/** Gives it once it runs, or is refused, on every node that matched. */
export async function settled({ io }: Session, server: Server, made: WireCapture): Promise<WireCapture> {
  let capture = made;
  for (let waitedMs = 0; waitedMs < SETTLED_MS && !io.interrupted.aborted; waitedMs += ASKED_EVERY_MS) {
    const { Count, Matched = 0, Failed = 0 } = capture;
    if (Matched > 0 && Count + Failed >= Matched) break;
    if (Matched === 0 && waitedMs >= LOOKED_MS) break;
    await delay(ASKED_EVERY_MS, undefined, { signal: io.interrupted }).catch(() => undefined);
    const path = `/api/capture/${encodeURIComponent(made.UUID)}`;
    capture = JSON.parse((await request(server, { path, signal: io.interrupted })).text) as WireCapture;
  }
  return capture;
}

/** On how many nodes, with what, and why not better. */
export function sayings(capture: WireCapture, lasts?: string): string[] {
  const { Count, Matched = 0, Failed = 0, Mechanisms = {}, Notes = [] } = capture;
  const nodes = (count: number) => `${count} ${count === 1 ? 'node' : 'nodes'}`;
  const until = lasts === undefined ? '' : `, for ${lasts}`;
  if (Matched === 0) return [`nothing matches the query yet; it starts as soon as something does${until}`, ...Notes];
  const by = Object.entries(Mechanisms).map(([type, count]) => `${type}${count === Count ? '' : ` on ${count}`}`);
  const how = by.length > 0 ? ` with ${by.join(', ')}` : '';
  const rest = Matched - Count - Failed;
  return [
    `capturing on ${nodes(Count)}${Matched > Count ? ` of ${Matched}` : ''}${how}${until}`,
    ...(Failed > 0 ? [`${nodes(Failed)} cannot be captured on just now`] : []),
    ...(rest > 0 ? [`${nodes(rest)} not yet, or refused`] : []),
    ...Notes,
  ];
}
