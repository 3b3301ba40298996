/** About how many bytes a message takes on a wire: what links without a wire count. */
import type { Message } from './message.ts';

export function messageSize(message: Message): number {
  if (message.kind === 'batch') return OVERHEAD + message.facts.length;
  if (message.kind === 'reply') return OVERHEAD + (message.bytes?.length ?? 0) + (message.flows?.length ?? 0) * FLOW;
  return OVERHEAD;
}

const OVERHEAD = 64;
const FLOW = 300;
