/** The parameters of one call, checked: each name is known, each value of the kind that is meant. */
import { mistake } from '../../../std/mistake.ts';
import { didYouMean } from '../../../std/nearest.ts';
import type { Condition } from '../../condition.ts';
import { compileKey } from '../../key.ts';
import type { Moment } from '../../times.ts';
import { momentOf } from '../run/time.ts';
import { GMap } from '../value/collections.ts';
import { isNumber, toNumber } from '../value/num.ts';
import type { GValue } from '../value/value.ts';
import { wantedBy } from './wanted.ts';

export class Parameters {
  readonly #service: string;
  readonly #given: GMap;

  /** Throws a Mistake for a name that is none of `known`; `isMore` knows others. */
  constructor(service: string, given: GMap, known: Iterable<string>, isMore: (name: string) => boolean = () => false) {
    this.#service = service;
    this.#given = given;
    const names = new Set(known);
    for (const name of given.keys())
      if (typeof name !== 'string' || !(names.has(name) || isMore(name))) throw unknown(service, name, names);
  }

  has(name: string): boolean {
    return this.#given.has(name);
  }

  value(name: string): GValue | undefined {
    return this.#given.get(name);
  }

  text(name: string): string | undefined {
    const value = this.#given.get(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.wrong(name, 'is a text');
  }

  count(name: string): number | undefined {
    const value = this.#given.get(name);
    if (value === undefined) return undefined;
    const number = isNumber(value) ? toNumber(value) : Number.NaN;
    if (Number.isSafeInteger(number) && number >= 0) return number;
    throw this.wrong(name, 'is a whole number, 0 or more');
  }

  isSet(name: string): boolean {
    const value = this.#given.get(name);
    if (value === undefined || typeof value === 'boolean') return value === true;
    throw this.wrong(name, 'is true or false');
  }

  moment(name: string): Moment | undefined {
    const value = this.#given.get(name);
    return value === undefined ? undefined : momentOf(value, `call('${this.#service}'): ${name}`);
  }

  /** A map of keys to values or predicates. */
  conditions(name: string): readonly Condition[] {
    const value = this.#given.get(name);
    if (value === undefined) return [];
    if (!(value instanceof GMap)) throw this.wrong(name, "is a map, such as ['Name': 'eth0']");
    return Array.from(value, ([key, wanted]) => {
      if (typeof key !== 'string' || key === '') throw this.wrong(name, 'has keys that are texts');
      return { key: compileKey(key), predicate: wantedBy(wanted) };
    });
  }

  wrong(name: string, message: string): Error {
    return mistake('gremlin.service', `call('${this.#service}'): ${name} ${message}`);
  }
}

function unknown(service: string, name: GValue, names: ReadonlySet<string>): Error {
  const known = names.size === 0 ? 'it has none' : `it has ${[...names].join(', ')}`;
  if (typeof name !== 'string') return mistake('gremlin.service', `call('${service}'): names of parameters are texts`);
  const hint = didYouMean(name, names) ?? known;
  return mistake('gremlin.service', `call('${service}') has no parameter named "${name}"`, hint);
}
