/** `skein version`: of this command and of the server it asks. */
import type { Command } from 'commander';
import type { Service } from '../../contract/status.ts';
import { examples, type Session } from '../command.ts';
import { Failure } from '../failure.ts';
import { request } from '../http.ts';
import { type ServerOptions, serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';
import { version } from '../version.ts';

export function define(command: Command, session: Session): void {
  command.action(async (_, self: Command) => run(session, self.optsWithGlobals()));
  addServerOptions(command);
  examples(command, ['skein version', 'skein --version      # of this command alone']);
}

async function run({ io }: Session, options: ServerOptions): Promise<void> {
  io.out.write(`skein   ${version()} (Node.js ${process.version})\n`);
  const server = await serverOf(options, io);
  try {
    const { text } = await request(server, { path: '/api', signal: io.interrupted });
    const service = JSON.parse(text) as Service;
    io.out.write(`server  ${service.Version} (${service.Service} on ${service.Host}, ${server.url})\n`);
  } catch (error) {
    // Nobody asked whether a server runs: its absence is part of the answer.
    if (!(error instanceof Failure) && !(error instanceof SyntaxError)) throw error;
    io.out.write(`server  none: ${error.message}\n`);
  }
}
