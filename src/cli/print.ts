/** The last steps of every command that lists: sort, cut, draw, and the exit code. */
import type { QueryReply } from '../contract/query.ts';
import type { Session } from './command.ts';
import { exitCodes } from './failure.ts';
import type { Format, OutputOptions } from './output.ts';
import type { Names } from './render/changes.ts';
import { paintFor } from './render/paint.ts';
import { type Drawing, drawReply, limitedReply, sizeOf, sortedReply } from './render/reply.ts';
import type { ServerOptions } from './server.ts';

export type PrintOptions = OutputOptions & ServerOptions;

export async function print(session: Session, reply: QueryReply, options: PrintOptions, names?: Names): Promise<void> {
  const { io } = session;
  const inOrder = options.sortBy === undefined ? reply : sortedReply(reply, options.sortBy);
  const shown = options.limit === undefined ? inOrder : limitedReply(inOrder, options.limit);
  const size = sizeOf(shown);
  if (size === 0 && options.failEmpty) session.exitCode = exitCodes.empty;
  const drawing = drawingOf(session, options, names);
  const isForPeople = drawing.format.kind === 'table' || drawing.format.kind === 'wide';
  if (size === 0 && isForPeople) {
    if (!options.quiet) io.err.write('nothing found\n');
    return;
  }
  io.out.write(await drawReply(shown, drawing));
}

export function drawingOf(session: Session, options: PrintOptions, names?: Names): Drawing {
  const format: Format = options.output ?? { kind: 'table' };
  return {
    format,
    hasHeaders: options.headers !== false,
    width: format.kind === 'table' ? session.io.out.columns : undefined,
    clock: { utc: options.utc === true },
    paint: paintFor(session.io.out, options.color, session.io.env),
    ...(names && { names }),
  };
}
