/** Asks the server, says what it warns of, and checks that the answer is one that this version can read. */
import type { QueryReply, QueryRequest } from '../contract/query.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure } from './failure.ts';
import { request } from './http.ts';
import { drawDuration } from './moment.ts';
import { cellText } from './render/grid.ts';
import { drawLoss } from './render/loss.ts';
import { type ServerOptions, serverOf } from './server.ts';

export async function ask(session: Session, options: ServerOptions, question: QueryRequest): Promise<QueryReply> {
  const { io } = session;
  const server = await serverOf(options, io);
  if (options.verbose) io.err.write(`${question.query}\n`);
  const answer = await request(server, {
    method: 'POST',
    path: '/api/query',
    body: question,
    signal: io.interrupted,
  });
  const reply = parsed(answer.text, server.url) as QueryReply;
  if (!options.quiet) {
    for (const { message, hint } of reply.warnings) {
      io.err.write(`skein: ${cellText(message)}${hint === undefined ? '' : ` (${cellText(hint)})`}\n`);
    }
  }
  if (!options.quiet) for (const line of drawLoss(reply.loss ?? [])) io.err.write(`skein: ${line}\n`);
  if (options.verbose) io.err.write(`answered in ${drawDuration(reply.tookMs)}\n`);
  return reply;
}

/** The same shape whichever command asks: only the schema is checked, the server is of the same house. */
export function parsed(text: string, url: string): { readonly schema: typeof schema } {
  let value: { readonly schema?: unknown } | null | undefined;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (value?.schema === schema) return { ...value, schema };
  const hint = 'a Skydive analyzer, or another version of Skein? skein version shows both';
  throw new Failure(exitCodes.unreachable, `${url} answers, but not as Skein does (no "schema":"${schema}")`, hint);
}

const schema: QueryReply['schema'] = 'skein/v1';
