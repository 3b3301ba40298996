/** Facts as bytes: `Facts` of relay.proto. */
import type { Facts } from '../message.ts';
import { WireFault } from './fault.ts';

export function encodeFacts(facts: Facts): Uint8Array {
  return Buffer.from(JSON.stringify(facts, pack));
}

/** Throws a WireFault, and nothing else. */
export function decodeFacts(bytes: Uint8Array): Facts {
  try {
    return JSON.parse(Buffer.from(bytes).toString(), unpack);
  } catch {
    throw new WireFault('not facts', 0);
  }
}

function pack(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const real = this[key];
  return real instanceof Uint8Array ? { base64: Buffer.from(real).toString('base64') } : value;
}

function unpack(_: string, value: { base64?: string }): unknown {
  return typeof value?.base64 === 'string' ? new Uint8Array(Buffer.from(value.base64, 'base64')) : value;
}
