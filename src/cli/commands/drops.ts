/** `skein drops`: what kernels drop right now, where, and why. */
import { type Command, Option } from 'commander';
import type { DropLine, DropsLost } from '../../contract/drops.ts';
import { parseAddress } from '../../std/address.ts';
import { examples, type Session } from '../command.ts';
import { durationOf } from '../duration-option.ts';
import { exitCodes, Failure, usageFailure } from '../failure.ts';
import { requestPieces } from '../http.ts';
import { addFormatOption, type OutputOptions, wholeNumber } from '../output.ts';
import { cellText } from '../render/grid.ts';
import { type ServerOptions, serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';

interface Options extends ServerOptions, Pick<OutputOptions, 'output'> {
  readonly from?: string;
  readonly to?: string;
  readonly count?: number;
  readonly for?: string;
  readonly json?: boolean;
}

export function define(command: Command, session: Session): void {
  command
    .option('--from <address>', 'packets of this address, in either direction')
    .option('--to <address>', 'and of this one')
    .addOption(new Option('-c, --count <n>', 'end after so many').argParser(wholeNumber))
    .option('--for <duration>', 'end after, e.g. 30s')
    .option('--json', 'a JSON object a line: -o ndjson')
    .action((_, self: Command) => run(session, self.optsWithGlobals()));
  addFormatOption(command, ['table', 'ndjson']);
  addServerOptions(command);
  examples(command, ['skein drops', 'skein drops --from 10.0.0.2 --to 10.0.0.3', 'skein drops --for 10s --json']);
}

async function run(session: Session, options: Options): Promise<void> {
  const { io } = session;
  const forMs = durationOf(options.for);
  for (const word of ['from', 'to'] as const) {
    const said = options[word];
    if (said !== undefined && !parseAddress(said))
      throw usageFailure(
        `--${word} takes an address, and "${said}" is none`,
        'like 10.0.0.2; skein get nodes shows those of each node',
      );
  }
  const parameters = new URLSearchParams();
  if (options.from !== undefined) parameters.set('a', options.from);
  if (options.to !== undefined) parameters.set('b', options.to);
  const ended = new AbortController();
  const timer = forMs === undefined ? undefined : setTimeout(() => ended.abort(), forMs);
  const pieces = requestPieces(await serverOf(options, io), {
    path: `/api/drops?${parameters}`,
    accept: 'application/x-ndjson',
    signal: AbortSignal.any([io.interrupted, ended.signal]),
  });
  const isJson = options.json === true || options.output?.kind === 'ndjson';
  let count = 0;
  try {
    for await (const text of linesOf(pieces)) {
      const line = JSON.parse(text) as DropLine | DropsLost;
      if (isJson) io.out.write(`${text}\n`);
      else if ('Lost' in line) io.err.write(`${line.Lost} drops found no room and are not shown\n`);
      else io.out.write(`${lineText(line)}\n`);
      if ('Lost' in line) continue;
      count++;
      if (options.count !== undefined && count >= options.count) break;
    }
  } catch (error) {
    // Its time is over: that is an end, not an error.
    if (!(error instanceof Failure && error.exitCode === exitCodes.interrupted)) throw error;
    if (io.interrupted.aborted) session.exitCode = exitCodes.interrupted;
  } finally {
    clearTimeout(timer);
  }
}

async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const texts = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = texts.pop() ?? '';
    for (const text of texts) if (text !== '') yield text;
  }
}

const PROTOCOLS: Readonly<Record<number, string>> = {
  0: 'ARP',
  1: 'ICMP',
  6: 'TCP',
  17: 'UDP',
  58: 'ICMPv6',
  132: 'SCTP',
};

function lineText(line: DropLine): string {
  const end = (address: string, port: number | undefined) => {
    if (port === undefined) return address;
    return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  };
  const where = line.Place === undefined ? line.Host : `${line.Place} on ${line.Host}`;
  const packet = `${PROTOCOLS[line.Protocol] ?? line.Protocol} ${end(line.From, line.FromPort)} > ${end(line.To, line.ToPort)}`;
  const reason = line.Symbol === undefined ? line.Reason : `${line.Reason} in ${line.Symbol}`;
  return cellText(`${new Date(line.Time).toISOString().slice(11, 23)}  ${where}  ${packet}  ${reason}: ${line.Words}`);
}
