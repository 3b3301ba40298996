/** What is said when someone asks for a time of which no flows are kept. */
import type { QueryReply } from '../contract/query.ts';
import type { Status } from '../contract/status.ts';
import { parsed } from './ask.ts';
import type { Session } from './command.ts';
import { request } from './http.ts';
import { drawTime } from './moment.ts';
import type { PrintOptions } from './print.ts';
import { serverOf } from './server.ts';

/** A sentence, or undefined when the time lies within what is kept. */
export async function outsideOfFlows(
  session: Session,
  options: PrintOptions,
  { time }: QueryReply,
): Promise<string | undefined> {
  if (!time) return undefined;
  const server = await serverOf(options, session.io);
  const { text } = await request(server, { path: '/api/status', signal: session.io.interrupted });
  const archive = (parsed(text, server.url) as Status).Flows?.Archive;
  const clock = { utc: options.utc === true };
  if (!archive) return 'flows of the past are not kept here';
  if (!archive.Range) return 'no flows are kept yet';
  const { from, to } = archive.Range;
  if (time.from >= from || time.to > to) return undefined;
  return `flows are kept from ${drawTime(from, clock)} on`;
}
