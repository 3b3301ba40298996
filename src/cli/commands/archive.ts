/** `skein archive status|verify|export|import`: what is kept of the past, whether it is right, and how to move it. */
import type { Command } from 'commander';
import type { Status } from '../../contract/status.ts';
import { parsed } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { request } from '../http.ts';
import { addFormatOption, addUtcOption } from '../output.ts';
import type { PrintOptions } from '../print.ts';
import { drawArchives } from '../render/archives.ts';
import { serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';

/** Prefix, keys and authority come from the same variables as a server's. */
const ARCHIVE = 'embedded:FOLDER, elasticsearch://HOST:PORT or elasticsearch+https://HOST:PORT';

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  defineStatus(command, session);
  defineVerify(command, session);
  defineExport(command, session);
  defineImport(command, session);
  examples(command, [
    'skein archive status',
    'skein archive verify --archive embedded:/var/lib/skein/archive',
    'skein archive export past.jsonl.gz --archive embedded:/var/lib/skein/archive',
    'skein archive import past.jsonl.gz --archive elasticsearch://10.0.0.7:9200',
  ]);
}

function defineStatus(command: Command, session: Session): void {
  const status = command
    .command('status')
    .description('how much the server keeps, since when, and what waits to be written')
    .action(async (_, self: Command) => showStatus(session, self.optsWithGlobals()));
  addFormatOption(status, ['table', 'json', 'yaml']);
  addUtcOption(status);
  addServerOptions(status);
  examples(status, ['skein archive status', 'skein archive status -o json']);
}

function defineVerify(command: Command, session: Session): void {
  const verify = command
    .command('verify')
    .description('read everything that is kept, and say what of it cannot be (exit code 1)')
    .requiredOption('--archive <place>', `${ARCHIVE}; of a folder, no server may have it open`)
    .action(async ({ archive }: { archive: string }) => {
      session.exitCode = await session.archive({ kind: 'verify', archive }, session.io);
    });
  examples(verify, ['skein archive verify --archive embedded:/var/lib/skein/archive']);
}

function defineExport(command: Command, session: Session): void {
  const out = command
    .command('export')
    .description('write what is kept to a file; one that was broken off goes on where it stopped')
    .argument('<file>', 'JSON lines, packed when the name ends in .gz; - is the standard output')
    .requiredOption('--archive <place>', `${ARCHIVE}; of a folder, no server may have it open`)
    .option('--from <moment>', 'only what was so since then, e.g. -1h or 2026-01-31T12:00:00Z')
    .option('--to <moment>', 'only what was so until then')
    .action(async (file: string, { archive, from, to }: { archive: string; from?: string; to?: string }) => {
      session.exitCode = await session.archive({ kind: 'export', archive, file, from, to }, session.io);
    });
  examples(out, [
    'skein archive export past.jsonl.gz --archive embedded:/var/lib/skein/archive',
    'skein archive export - --archive embedded:/var/lib/skein/archive --from -1h | wc -l',
  ]);
}

function defineImport(command: Command, session: Session): void {
  const add = command
    .command('import')
    .description('add what is in such a file; what is there already is left as it is')
    .argument('<file>', 'as `skein archive export` writes it, packed or not; - is the standard input')
    .requiredOption('--archive <place>', `${ARCHIVE}; a folder is made when it is not there`)
    .action(async (file: string, { archive }: { archive: string }) => {
      session.exitCode = await session.archive({ kind: 'import', archive, file }, session.io);
    });
  examples(add, ['skein archive import past.jsonl.gz --archive elasticsearch://10.0.0.7:9200']);
}

async function showStatus(session: Session, options: PrintOptions): Promise<void> {
  const { io } = session;
  const server = await serverOf(options, io);
  const { text } = await request(server, { path: '/api/status', signal: io.interrupted });
  const { Archive, Flows, Sockets } = parsed(text, server.url) as Status;
  const archives = { Graph: Archive, Flows: Flows?.Archive ?? null, Sockets: Sockets?.Archive ?? null };
  const kind = options.output?.kind ?? 'table';
  if (kind === 'json') io.out.write(`${JSON.stringify(archives, null, 2)}\n`);
  else if (kind === 'yaml') io.out.write((await import('yaml')).stringify(archives));
  else io.out.write(drawArchives(archives, { now: io.now(), clock: { utc: options.utc === true } }));
}
