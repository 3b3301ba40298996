/** `skein bundle`: what was so between two moments, as one file that `skein open` answers from. */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { BUNDLE_HEADER, type BundleMade, bundleMadeShape, bundleName } from '../../contract/bundle.ts';
import { examples, type Session } from '../command.ts';
import { exitCodes, Failure, usageFailure } from '../failure.ts';
import { requestPieces } from '../http.ts';
import { drawTime } from '../moment.ts';
import { addUtcOption, wholeNumber } from '../output.ts';
import type { PrintOptions } from '../print.ts';
import { cellText } from '../render/grid.ts';
import { serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';
import { whenLiteral } from '../when.ts';

interface BundleOptions extends PrintOptions {
  readonly from: string;
  readonly to?: string;
  readonly write?: string;
  readonly packets?: boolean;
  readonly maxSize?: number;
}

export function define(command: Command, session: Session): void {
  command
    .argument('[query]', 'only what it gives (nodes, edges or flows), with what is needed to understand it')
    .requiredOption('--from <time>', 'first moment: -1h, 10:30, 2026-11-21T10:30:00Z')
    .option('--to <time>', 'last moment', 'now')
    .option('-w, --write <file>', 'where to; - is the standard output (default: a name with the host and the times)')
    .option('--packets', 'with what was kept of packets; it is an error when you may not see it')
    .option('--no-packets', 'without it (default: with it, when you may see it)')
    .addOption(
      new Option('--max-size <MiB>', 'of what is in it, unpacked; what finds no room is named').argParser(wholeNumber),
    )
    .action((query: string | undefined, _, self: Command) => run(session, query, self.optsWithGlobals()));
  addUtcOption(command);
  addServerOptions(command);
  examples(command, [
    'skein bundle --from -1h',
    'skein bundle --from 10:30 --to 10:45 -w incident.tar.zst',
    "skein bundle --from -10m \"G.V().Has('Name', 'blue').Descendants()\"",
  ]);
}

/** A long history takes its time. */
const MAKE_MS = 600_000;

async function run(session: Session, query: string | undefined, options: BundleOptions): Promise<void> {
  const { io } = session;
  const parameters = new URLSearchParams({ from: moment(options.from, io.now()) });
  if (options.to !== undefined) parameters.set('to', moment(options.to, io.now()));
  if (query !== undefined) parameters.set('query', query);
  if (options.packets !== undefined) parameters.set('packets', String(options.packets));
  if (options.maxSize !== undefined) parameters.set('maxBytes', String(options.maxSize * 2 ** 20));
  const server = await serverOf(options, io);
  if (options.write === '-' && io.out.isTerminal)
    throw usageFailure('a bundle is not for a terminal', 'like -w - | ssh HOST "cat > incident.tar.zst"');
  let made: BundleMade | undefined;
  const pieces = requestPieces(
    { ...server, timeoutMs: options.timeout === undefined ? MAKE_MS : server.timeoutMs },
    {
      path: `/api/bundle?${parameters}`,
      accept: 'application/zstd',
      signal: io.interrupted,
      heard: (headers) => {
        made = madeOf(headers[BUNDLE_HEADER.toLowerCase()], server.url);
      },
    },
  );
  let output: Output | undefined;
  let size = 0;
  try {
    for await (const piece of pieces) {
      output ??= outputOf(session, options.write ?? bundleName(made as BundleMade));
      output.write(piece);
      size += piece.length;
    }
    output?.keep();
  } finally {
    output?.close();
  }
  if (made && output && !options.quiet) io.err.write(summary(made, output.name, size, options.utc === true));
}

/** As queries have it, without their quotes. */
function moment(text: string, now: number): string {
  return whenLiteral(text, now).replaceAll("'", '');
}

function madeOf(header: string | readonly string[] | undefined, url: string): BundleMade {
  try {
    return bundleMadeShape.parse(JSON.parse(decodeURIComponent(String(header))));
  } catch {
    throw new Failure(exitCodes.unreachable, `${url} did not answer with a bundle`, 'is it a Skein, and a new one?');
  }
}

interface Output {
  readonly name: string;
  write(bytes: Uint8Array): void;
  /** All of it came: it gets its name. */
  keep(): void;
  close(): void;
}

/** What came in part is no bundle: it never has the name of one. */
function outputOf({ io }: Session, name: string): Output {
  if (name === '-')
    return {
      name: 'the standard output',
      write: (bytes) => io.out.write(bytes),
      keep: () => undefined,
      close: () => undefined,
    };
  const part = `${name}.part`;
  const fd = written(part, () => openSync(part, 'w', 0o600));
  let isKept = false;
  return {
    name,
    write(bytes) {
      written(part, () => {
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      });
    },
    keep() {
      written(name, () => renameSync(part, name));
      isKept = true;
    },
    close() {
      closeSync(fd);
      if (!isKept) rmSync(part, { force: true });
    },
  };
}

function written<T>(name: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw usageFailure(`cannot write ${name}: ${(error as Error).message}`, 'to another place: -w FILE');
  }
}

function summary({ counts, span, missing }: BundleMade, name: string, size: number, utc: boolean): string {
  const { versions, samples, flows, packets, sockets } = counts;
  const clock = { utc };
  return [
    `${name}: ${(size / 2 ** 20).toFixed(1)} MiB, from ${drawTime(span.from, clock)} to ${drawTime(span.to, clock)}`,
    `  ${versions} versions, ${samples} samples, ${flows} flows, ${packets} packets, ${sockets} sockets`,
    ...missing.map((what) => `  missing: ${cellText(what)}`),
    `  ask it: skein open ${name}`,
    '',
  ].join('\n');
}
