/** The composition root's part about asking one agent; apart from how agents come in, which loads what links speak. */
import type { Fleet, FleetAgent } from './relay/fleet/fleet.ts';
import { Unavailable } from './std/unavailable.ts';

/** The first part of the answer of the agent that has this origin. */
export async function askOne(fleet: Fleet, origin: string, what: string, body: unknown): Promise<unknown> {
  for await (const part of agentOf(fleet, origin).ask(what, body)) return part.body;
  return undefined;
}

/** All parts of it, until the signal calls it off. */
export function askingOne(fleet: Fleet, origin: string, what: string, body: unknown, signal?: AbortSignal) {
  return agentOf(fleet, origin).ask(what, body, signal);
}

export function agentOf(fleet: Fleet, origin: string): FleetAgent {
  const agent = fleet.connected().find((its) => its.origin === origin);
  if (agent) return agent;
  throw new Unavailable(`the agent of ${origin.replace(/^agent\./, '')}`, 'a connection of it to this analyzer');
}
