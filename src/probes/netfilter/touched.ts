/** What of a namespace's rules is to be read again, from what the kernel tells of each commit (nf_tables_commit()). */
import { Attributes } from '../../native/attributes.ts';
import { messages } from '../../native/nlmsg.ts';
import {
  NFGEN_SIZE,
  NFT,
  NFTA_CHAIN,
  NFTA_ELEMENTS,
  NFTA_GENERATION,
  NFTA_RULE,
  NFTA_SET,
  type Place,
  placeKey,
} from './nftnetlink.ts';

/** Chains and sets that are read one by one: of more, all is read again. */
const ONES_MAX = 64;

export interface Touched {
  /** Tables came or went, there is more than is read one by one, or something was lost. */
  readonly isAll: boolean;
  readonly areChains: boolean;
  readonly areSets: boolean;
  /** Chains whose rules are others now, and sets whose elements are. */
  readonly rules: readonly Place[];
  readonly elements: readonly Place[];
}

/** The rules of every chain, for what they have counted. */
export const COUNTERS: Touched = { isAll: false, areChains: false, areSets: false, rules: [], elements: [] };

/** The sets whose elements are due, and no rules. */
export const SETS: Touched = { ...COUNTERS, areSets: true };

export class Notebook {
  /** The generation that was told last; 0 before. */
  generation = 0;
  #isAll = false;
  #areChains = false;
  #areSets = false;
  readonly #rules = new Map<string, Place>();
  readonly #elements = new Map<string, Place>();

  /** Returns whether a commit is told whole: then is the time to look. */
  hear(batch: Uint8Array): boolean {
    let isWhole = false;
    for (const { type, payload } of messages(batch)) {
      if (type === NFT.generation) isWhole = this.#renew(payload) || isWhole;
      else if (!this.#isAll && payload.length >= NFGEN_SIZE) this.#note(type, payload);
    }
    return isWhole;
  }

  /** Not all was heard. */
  doubt(): void {
    this.#isAll = true;
  }

  get isEmpty(): boolean {
    return !(this.#isAll || this.#areChains || this.#areSets || this.#rules.size + this.#elements.size > 0);
  }

  /** What there is to read, once. */
  take(): Touched {
    const taken = {
      ...{ isAll: this.#isAll, areChains: this.#areChains, areSets: this.#areSets },
      ...{ rules: [...this.#rules.values()], elements: [...this.#elements.values()] },
    };
    this.#isAll = this.#areChains = this.#areSets = false;
    this.#rules.clear();
    this.#elements.clear();
    return taken;
  }

  /** It was not read after all. */
  putBack({ isAll, areChains, areSets, rules, elements }: Touched): void {
    this.#isAll ||= isAll;
    this.#areChains ||= areChains;
    this.#areSets ||= areSets;
    for (const place of rules) this.#add(this.#rules, place);
    for (const place of elements) this.#add(this.#elements, place);
  }

  #renew(payload: Uint8Array): boolean {
    const attributes = new Attributes(payload, NFGEN_SIZE);
    while (attributes.next()) if (attributes.type === NFTA_GENERATION.id) this.generation = attributes.be32();
    return true;
  }

  #note(type: number, payload: Uint8Array): void {
    switch (type) {
      case NFT.table:
      case NFT.tableGone:
        this.#isAll = true;
        return;
      case NFT.chain:
      case NFT.chainGone:
        this.#areChains = true;
        // Of a chain that is there again everything is new.
        this.#add(this.#rules, placeOf(payload, NFTA_CHAIN.table, NFTA_CHAIN.name));
        return;
      case NFT.rule:
      case NFT.ruleGone:
        this.#add(this.#rules, placeOf(payload, NFTA_RULE.table, NFTA_RULE.chain));
        return;
      case NFT.set:
      case NFT.setGone:
        this.#areSets = true;
        this.#add(this.#elements, placeOf(payload, NFTA_SET.table, NFTA_SET.name));
        return;
      case NFT.elements:
      case NFT.elementsGone:
        this.#add(this.#elements, placeOf(payload, NFTA_ELEMENTS.table, NFTA_ELEMENTS.set));
    }
  }

  #add(places: Map<string, Place>, place: Place): void {
    places.set(placeKey(place), place);
    if (places.size > ONES_MAX) this.#isAll = true;
  }
}

function placeOf(payload: Uint8Array, table: number, name: number): Place {
  const found = { family: payload[0] as number, table: '', name: '' };
  const attributes = new Attributes(payload, NFGEN_SIZE);
  while (attributes.next()) {
    if (attributes.type === table) found.table = attributes.text();
    if (attributes.type === name) found.name = attributes.text();
  }
  return found;
}
