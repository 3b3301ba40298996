/**
 * What @peculiar/x509 (its container, tsyringe) wants of the decorators' metadata proposal: three functions, and of what they
 * keep nothing but what was put there. Present ones are left alone.
 */
type Kept = Map<unknown, unknown>;

interface Reflected {
  getMetadata?: (key: unknown, target: object) => unknown;
  getOwnMetadata?: (key: unknown, target: object) => unknown;
  defineMetadata?: (key: unknown, value: unknown, target: object) => void;
}

const kept = new WeakMap<object, Kept>();
const reflect = Reflect as Reflected;

reflect.defineMetadata ??= (key, value, target) => {
  kept.set(target, (kept.get(target) ?? new Map()).set(key, value));
};
reflect.getOwnMetadata ??= (key, target) => kept.get(target)?.get(key);
reflect.getMetadata ??= (key, target) => {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at))
    if (kept.get(at)?.has(key)) return kept.get(at)?.get(key);
  return undefined;
};
