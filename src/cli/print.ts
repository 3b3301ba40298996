/** The last steps of every command that lists: sort, cut, draw, and the exit code. */
import type { QueryReply } from '../contract/query.ts';
import type { Session } from './command.ts';
import { exitCodes } from './failure.ts';
import { directoryFor } from './names.ts';
import type { Format, OutputOptions } from './output.ts';
import { paintFor } from './render/paint.ts';
import { type Drawing, drawReply, limitedReply, sizeOf, sortedReply } from './render/reply.ts';
import type { ServerOptions } from './server.ts';

export type PrintOptions = OutputOptions & ServerOptions;

/** `graph` is where names are looked up, when it is not the time of the answer. */
export async function print(session: Session, reply: QueryReply, options: PrintOptions, graph?: string): Promise<void> {
  const { io } = session;
  const inOrder = options.sortBy === undefined ? reply : sortedReply(reply, options.sortBy);
  const shown = options.limit === undefined ? inOrder : limitedReply(inOrder, options.limit);
  const size = sizeOf(shown);
  if (size === 0 && options.failEmpty) session.exitCode = exitCodes.empty;
  const drawing = drawingOf(session, options);
  const isForPeople = drawing.format.kind === 'table' || drawing.format.kind === 'wide';
  if (size === 0 && isForPeople) {
    if (!options.quiet) io.err.write('nothing found\n');
    return;
  }
  const names = isForPeople ? (await directoryFor(session, options, shown, graph)).nameOf : undefined;
  io.out.write(await drawReply(shown, { ...drawing, ...(names && { names }) }));
}

export function drawingOf(session: Session, options: PrintOptions): Drawing {
  const format: Format = options.output ?? { kind: 'table' };
  return {
    format,
    hasHeaders: options.headers !== false,
    width: format.kind === 'table' ? session.io.out.columns : undefined,
    clock: { utc: options.utc === true },
    paint: paintFor(session.io.out, options.color, session.io.env),
  };
}
