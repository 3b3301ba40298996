/** What lies in the registers of nf_tables while a rule is read: sixteen of four bytes each, and where it was loaded from. */
import type { DataType } from './values.ts';

export interface Loaded {
  /** As nft writes it. */
  readonly key: string;
  readonly type: DataType;
  readonly size: number;
  /** A constant. */
  readonly value?: Uint8Array;
  /** Laid over it. */
  readonly mask?: Uint8Array;
  readonly xor?: Uint8Array;
  /** Several fields that lie one behind the other, compared at once. */
  readonly fields?: readonly Loaded[];
  /** Of a payload: where from. */
  readonly from?: { readonly base: number; readonly at: number; readonly header: string };
  /** Looked up in a map. */
  readonly map?: {
    readonly key: string;
    readonly values: readonly string[];
    readonly name?: string;
    readonly isCut: boolean;
  };
}

export class Registers {
  readonly #slots = new Map<number, Loaded>();

  set(register: number, loaded: Loaded): void {
    const slot = slotOf(register);
    const end = slot + Math.min(SLOTS, (loaded.size + 3) >> 2);
    for (let at = slot; at < end; at++) this.#slots.delete(at);
    this.#slots.set(slot, loaded);
  }

  get(register: number): Loaded {
    return this.#slots.get(slotOf(register)) ?? NOTHING;
  }

  /** What lies one behind the other from there on, up to so many bytes. */
  run(register: number, bytes: number): Loaded[] {
    const found: Loaded[] = [];
    for (let slot = slotOf(register), left = Math.min(bytes, SLOTS * 4); left > 0; ) {
      const one = this.#slots.get(slot);
      if (one === undefined) break;
      found.push(one);
      const slots = Math.max(1, (one.size + 3) >> 2);
      slot += slots;
      left -= slots * 4;
    }
    return found;
  }
}

const SLOTS = 16;

const NOTHING: Loaded = { key: 'unknown', type: 'integer', size: 4 };

/** NFT_REG_1 to 4 have sixteen bytes, NFT_REG32_00 to 15, from 8 on, four (enum nft_registers). */
function slotOf(register: number): number {
  return register < 8 ? (register - 1) * 4 : register - 8;
}
