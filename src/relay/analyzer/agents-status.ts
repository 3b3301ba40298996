/** What an analyzer says of its agents. */
import type { Refusal } from '../message.ts';
import type { AgentStatus } from './known-agent.ts';

export interface AgentsStatus {
  readonly connected: number;
  readonly away: number;
  readonly gone: number;
  /** Encoded bytes that wait for the archive, of how many, and how often nothing more was read for that. */
  readonly heldBytes: number;
  readonly heldBytesMax: number;
  readonly shutTotal: number;
  /** Since the start, by code. */
  readonly refusals: Readonly<Partial<Record<Refusal['code'], number>>>;
  readonly agents: readonly AgentStatus[];
  /** Sentences for people; empty when all is well. */
  readonly notes: readonly string[];
}
