/** `skein audit`: who did what, from the server. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { AuditEntry } from '../../security/audit.ts';
import { parsed } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { usageFailure } from '../failure.ts';
import { request } from '../http.ts';
import { addFormatOption, type OutputOptions } from '../output.ts';
import { type ServerOptions, serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';

interface Options extends ServerOptions, Pick<OutputOptions, 'output'> {
  readonly follow?: boolean;
  readonly last?: string;
  readonly json?: boolean;
}

const againMs = 1_000;
const mostAtOnce = 10_000;

export function define(command: Command, session: Session): void {
  command
    .option('-f, --follow', 'go on with what happens')
    .option('--last <count>', 'so many of the newest (default 100)')
    .option('--json', 'a JSON object a line: -o ndjson')
    .action((_, self: Command) => run(session, self.optsWithGlobals()));
  addFormatOption(command, ['table', 'ndjson']);
  addServerOptions(command);
  examples(command, ['skein audit', 'skein audit -f', 'skein audit --last 1000 --json']);
}

async function run(session: Session, options: Options): Promise<void> {
  const { io } = session;
  const count = options.last === undefined ? 100 : Number(options.last);
  if (!Number.isInteger(count) || count < 1 || count > mostAtOnce)
    throw usageFailure(`--last: a number from 1 to ${mostAtOnce} is expected`);
  const server = await serverOf(options, io);
  const ask = async (last: number) => {
    const { text } = await request(server, { path: `/api/audit?last=${last}`, signal: io.interrupted });
    return (parsed(text, server.url) as { readonly Entries?: readonly AuditEntry[] }).Entries ?? [];
  };
  const isJson = options.json === true || options.output?.kind === 'ndjson';
  const print = (entries: readonly AuditEntry[]) => {
    for (const entry of entries) io.out.write(`${isJson ? JSON.stringify(entry) : lineOf(entry)}\n`);
  };
  let before = await ask(count);
  print(before);
  while (options.follow && !io.interrupted.aborted) {
    await pause(againMs, undefined, { signal: io.interrupted }).catch(() => undefined);
    if (io.interrupted.aborted) return;
    const now = await ask(mostAtOnce);
    print(after(now, before));
    before = now;
  }
}

/** Two entries may be alike: counted from the last one that was shown, how often it was. */
function after(now: readonly AuditEntry[], before: readonly AuditEntry[]): readonly AuditEntry[] {
  const newest = before.at(-1)?.time ?? '';
  const shown = before.filter(({ time }) => time === newest).length;
  const later = now.filter(({ time }) => time >= newest);
  return before.length === 0 ? now : later.slice(shown);
}

function lineOf({ time, who, kind, role, address, what, outcome, detail }: AuditEntry): string {
  const from = [kind, role, address].filter((word) => word !== undefined).join(', ');
  return printable(`${time}  ${who} (${from})  ${what}: ${outcome}${detail === undefined ? '' : ` (${detail})`}`);
}

/** Names come from whoever wanted to come in: nothing of them may move the cursor. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\uFFFD');
}
