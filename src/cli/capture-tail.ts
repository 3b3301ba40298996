/** `skein capture tail`: packets as they pass, into a file, a pipe, or a line for each. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { captureQuery, type WhereOptions } from './capture-query.ts';
import { addWhereOptions } from './capture-start.ts';
import { captureNamed, listCaptures } from './captures.ts';
import type { Session } from './command.ts';
import { durationOf } from './duration-option.ts';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { requestPieces } from './http.ts';
import { drawTime } from './moment.ts';
import { wholeNumber } from './output.ts';
import { packetText } from './packet-line.ts';
import { pcapngBlocks, type TailedPacket, type TailStatistics } from './pcapng.ts';
import type { PrintOptions } from './print.ts';
import { cellText } from './render/grid.ts';
import { serverOf } from './server.ts';

interface TailOptions extends PrintOptions, WhereOptions {
  readonly bpf?: string;
  readonly write?: string;
  readonly count?: number;
  readonly for?: string;
  readonly snaplen?: number;
}

export function addTailOptions(command: Command): Command {
  return addWhereOptions(command)
    .option('--bpf <filter>', "only what it lets pass, as tcpdump has it: 'tcp port 443'")
    .option('-w, --write <file>', 'as pcapng into a file, or - for standard output; otherwise a line for each')
    .addOption(new Option('-c, --count <n>', 'end after so many packets').argParser(wholeNumber))
    .option('--for <duration>', 'end after, e.g. 30s')
    .addOption(new Option('--snaplen <bytes>', 'of each packet at most').argParser(wholeNumber));
}

export async function tailCapture(session: Session, word: string | undefined, options: TailOptions): Promise<void> {
  const { io } = session;
  const forMs = durationOf(options.for);
  const { query, filter } = await asked(session, word, options);
  const parameters = new URLSearchParams({ gremlin: query });
  if (filter) parameters.set('bpf', filter);
  if (options.snaplen !== undefined) parameters.set('snaplen', String(options.snaplen));
  const ended = new AbortController();
  const timer = forMs === undefined ? undefined : setTimeout(() => ended.abort(), forMs);
  const output = outputOf(session, options);
  const tail = new Tail(session, options);
  const pieces = requestPieces(await serverOf(options, io), {
    path: `/api/capture/tail?${parameters}`,
    accept: 'application/x-pcapng',
    signal: AbortSignal.any([io.interrupted, ended.signal]),
  });
  try {
    for await (const { block, bytes } of pcapngBlocks(pieces)) {
      if (block.kind === 'interface') tail.sees(block.name, block.linkType);
      if (block.kind === 'statistics') tail.hears(block.statistics);
      if (output) output.write(bytes);
      else if (block.kind === 'packet') io.out.write(tail.line(block.packet));
      if (block.kind === 'packet') tail.packets++;
      if (options.count !== undefined && tail.packets >= options.count) break;
    }
  } catch (error) {
    // Its time is over: that is an end, not an error.
    if (!(error instanceof Failure && error.exitCode === exitCodes.interrupted)) throw error;
    if (io.interrupted.aborted) session.exitCode = exitCodes.interrupted;
  } finally {
    clearTimeout(timer);
    output?.close();
  }
  if (!options.quiet) io.err.write(tail.summary());
}

/** A capture's own query and filter, or those that were said. */
async function asked(
  session: Session,
  word: string | undefined,
  options: TailOptions,
): Promise<{ query: string; filter: string | undefined }> {
  const query = await captureQuery(session, options);
  if (word !== undefined && query !== undefined)
    throw usageFailure('a capture says itself where it is', 'leave --gremlin, --on and --node away');
  if (query !== undefined) return { query, filter: options.bpf };
  if (word === undefined)
    throw usageFailure('say what to tail: a capture, or a place', 'like skein capture tail --on eth0');
  const capture = captureNamed(await listCaptures(session, options), word);
  return { query: capture.GremlinQuery, filter: options.bpf ?? capture.BPFFilter };
}

function outputOf(
  { io }: Session,
  { write }: TailOptions,
): { write(bytes: Uint8Array): void; close(): void } | undefined {
  if (write === undefined) return undefined;
  if (write === '-') {
    if (io.out.isTerminal) throw usageFailure('packets are not for a terminal', 'like -w - | tshark -r -');
    return { write: (bytes) => io.out.write(bytes), close: () => undefined };
  }
  try {
    const file = openSync(write, 'w');
    return { write: (bytes) => void writeSync(file, bytes), close: () => closeSync(file) };
  } catch (error) {
    throw usageFailure(`cannot write ${write}: ${(error as Error).message}`);
  }
}

class Tail {
  readonly #session: Session;
  readonly #options: TailOptions;
  readonly #interfaces: { readonly name: string; readonly linkType: number }[] = [];
  readonly #statistics = new Map<number, TailStatistics>();
  packets = 0;

  constructor(session: Session, options: TailOptions) {
    this.#session = session;
    this.#options = options;
  }

  sees(name: string, linkType: number): void {
    this.#interfaces.push({ name, linkType });
    if (!this.#options.quiet) this.#session.io.err.write(`tailing ${cellText(name)}\n`);
  }

  hears(statistics: TailStatistics): void {
    this.#statistics.set(statistics.interface, statistics);
  }

  line({ interface: number, timestampNs, data, length }: TailedPacket): string {
    const its = this.#interfaces[number];
    const micros = (timestampNs / 1000n) % 1_000_000n;
    const second = drawTime(Number(timestampNs / 1_000_000_000n) * 1000, { utc: this.#options.utc === true });
    const time = second.replace(/(:\d\d)(?=Z| )/, `$1.${String(micros).padStart(6, '0')}`);
    return `${time}  ${cellText(its?.name)}  ${packetText(data, its?.linkType ?? -1)}  ${length} bytes\n`;
  }

  summary(): string {
    const lost = [...this.#statistics.values()].filter(({ dropped }) => dropped > 0);
    const lines = lost.map(
      ({ dropped, received, interface: number }) =>
        `skein: ${dropped} of ${received} packets lost at ${cellText(this.#interfaces[number]?.name)}: they came faster than they were read`,
    );
    return [`${this.packets} packets`, ...lines].map((line) => `${line}\n`).join('');
  }
}
