/** `skein doctor`: checks what Skein needs, here and at the server, and says what would do. */
import type { Command } from 'commander';
import type { Paint } from '../../std/paint.ts';
import type { Check } from '../check.ts';
import { checksOf } from '../checks.ts';
import { examples, type Session } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { addFormatOption } from '../output.ts';
import { drawingOf, type PrintOptions } from '../print.ts';
import { readingsOf } from '../readings.ts';
import { cellText } from '../render/grid.ts';
import { padEnd } from '../render/printable.ts';
import { serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';

export function define(command: Command, session: Session): void {
  command.action(async (_, self: Command) => run(session, self.optsWithGlobals()));
  addFormatOption(command, ['table', 'json']);
  addServerOptions(command);
  examples(command, ['skein doctor', 'skein doctor -q       # only what is not well', 'skein doctor -o json']);
}

async function run(session: Session, options: PrintOptions): Promise<void> {
  const { io } = session;
  const checks = checksOf(await readingsOf(session, await serverOf(options, io)));
  if (checks.some(({ state }) => state === 'fail')) session.exitCode = exitCodes.empty;
  if (options.output?.kind === 'json') {
    io.out.write(`${JSON.stringify({ schema: 'skein/v1', kind: 'checks', checks }, null, 2)}\n`);
    return;
  }
  const { paint } = drawingOf(session, options);
  const shown = options.quiet ? checks.filter(({ state }) => state !== 'ok') : checks;
  io.out.write(shown.map((check) => drawCheck(check, paint)).join(''));
}

function drawCheck({ name, state, text, would }: Check, paint: Paint): string {
  const color = { ok: paint.added, warn: paint.changed, fail: paint.removed }[state];
  const head = `${color(state.padEnd(4))}  ${padEnd(cellText(name), 14)}  ${cellText(text)}\n`;
  return would === undefined ? head : `${head}${would.replace(/^/gm, ' '.repeat(22))}\n`;
}
