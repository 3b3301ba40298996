/** `skein status`: what the server does, how much it keeps, and what it cannot do and why. */
import type { Command } from 'commander';
import type { Status } from '../../contract/status.ts';
import { parsed } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { request } from '../http.ts';
import { addFormatOption, addUtcOption } from '../output.ts';
import type { PrintOptions } from '../print.ts';
import { paintFor } from '../render/paint.ts';
import { drawStatus } from '../render/status.ts';
import { serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';

export function define(command: Command, session: Session): void {
  command.action(async (_, self: Command) => run(session, self.optsWithGlobals()));
  addFormatOption(command, ['table', 'json', 'yaml']);
  addUtcOption(command);
  addServerOptions(command);
  examples(command, ['skein status', 'skein status -o json', 'skein status --server analyzer:8082']);
}

async function run(session: Session, options: PrintOptions): Promise<void> {
  const { io } = session;
  const server = await serverOf(options, io);
  const { text } = await request(server, { path: '/api/status', signal: io.interrupted });
  const status = parsed(text, server.url) as Status;
  const kind = options.output?.kind ?? 'table';
  if (kind === 'json') io.out.write(`${JSON.stringify(status, null, 2)}\n`);
  else if (kind === 'yaml') io.out.write((await import('yaml')).stringify(status));
  else {
    const paint = paintFor(io.out, options.color, io.env);
    const clock = { utc: options.utc === true };
    io.out.write(drawStatus(status, { now: io.now(), clock, paint, width: io.out.columns }));
  }
}
