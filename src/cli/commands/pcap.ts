/** `skein pcap FILE`: puts the flows of a trace into the past, at the times of its packets. */
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { TRACE_HEADER, traceShape, type WireTrace } from '../../contract/trace.ts';
import { piecesOf } from '../../std/pieces.ts';
import { ask } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { exitCodes, usageFailure } from '../failure.ts';
import { request } from '../http.ts';
import { drawTime } from '../moment.ts';
import { addFormatOption, addUtcOption } from '../output.ts';
import type { PrintOptions } from '../print.ts';
import { cellText } from '../render/grid.ts';
import { serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';
import { unreadable } from '../unreadable.ts';

export function define(command: Command, session: Session): void {
  command
    .argument('<file>', 'pcap or pcapng, or - to read it from standard input')
    .action((file: string, _, self: Command) => run(session, file, self.optsWithGlobals()));
  addFormatOption(command, ['table', 'json']);
  addUtcOption(command);
  addServerOptions(command);
  examples(command, [
    'skein pcap trace.pcapng',
    'tcpdump -i eth0 -c 100 -w - | skein pcap -',
    'skein pcap old.pcap -o json',
  ]);
}

/** A large trace takes its time. */
const READ_MS = 600_000;
const PIECE_BYTES = 2 ** 16;

async function run(session: Session, file: string, options: PrintOptions): Promise<void> {
  const { io } = session;
  const server = await serverOf(options, io);
  const patient = { ...server, timeoutMs: options.timeout === undefined ? READ_MS : server.timeoutMs };
  const { headers } = await request(patient, {
    method: 'POST',
    path: '/api/pcap',
    signal: io.interrupted,
    pieces: await inputOf(session, file),
  });
  const trace = traceOf(headers[TRACE_HEADER.toLowerCase()]);
  const { Packets, From, To, Cut } = trace;
  const range = From !== undefined && To !== undefined ? { from: From, to: To } : undefined;
  const flows = range && (await flowsIn(session, options, range));
  if (Cut !== undefined) session.exitCode = exitCodes.empty;
  if (options.output?.kind === 'json') {
    io.out.write(
      `${JSON.stringify({ schema: 'skein/v1', kind: 'trace', ...trace, ...(flows !== undefined && { Flows: flows }) }, null, 2)}\n`,
    );
    return;
  }
  const clock = { utc: options.utc === true };
  io.out.write(
    `${Packets} packets${range ? `, from ${drawTime(range.from, clock)} to ${drawTime(range.to, clock)}` : ''}\n`,
  );
  if (flows !== undefined) io.out.write(`${flows} flows of traces are kept of that time\n`);
  if (options.quiet) return;
  if (Cut !== undefined)
    io.err.write(`skein: the trace ends in the middle: ${cellText(Cut)}; what was whole is kept\n`);
  if (range)
    io.err.write(
      `ask for them: skein flows --since ${iso(Math.floor(range.from))} --until ${iso(Math.ceil(range.to) + 1)}\n`,
    );
}

async function inputOf({ io }: Session, file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') return io.inputPieces();
  let isFolder: boolean;
  try {
    isFolder = (await stat(file)).isDirectory();
  } catch (error) {
    throw unreadable(file, error);
  }
  if (isFolder) throw usageFailure(`${file} is a folder`, 'say which of its files');
  try {
    return piecesOf(file, PIECE_BYTES);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Older servers say nothing of it. */
function traceOf(header: string | readonly string[] | undefined): WireTrace {
  if (typeof header !== 'string') return { Packets: 0 };
  try {
    return traceShape.parse(JSON.parse(decodeURIComponent(header)));
  } catch {
    return { Packets: 0 };
  }
}

/** What comes from a trace stands at no node. */
async function flowsIn(
  session: Session,
  options: PrintOptions,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<number | undefined> {
  const query = `G.Between(${Math.floor(from)}, ${Math.ceil(to) + 1}).Flows().Has('NodeTID', '').Count()`;
  const reply = await ask(session, { ...options, quiet: true }, { query });
  return reply.kind === 'value' ? Number(reply.value) : undefined;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
