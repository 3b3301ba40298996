/** What an analyzer can ask of an agent, by name; who answers is known to whoever puts the agent together. */
import type { ReplyPart } from '../fleet/fleet.ts';

/** May throw a Mistake or an Unavailable: the asker gets its sentence. The signal aborts when nobody waits any more. */
export type AskHandler = (body: unknown, signal: AbortSignal) => AsyncIterable<ReplyPart> | Promise<ReplyPart>;

export type AskHandlers = Readonly<Record<string, AskHandler>>;
