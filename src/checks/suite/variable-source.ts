/**
 * Where variables come from. A suite may come from someone else's branch, and what it names may end up in a report or on
 * the wire; so of the environment it gets what it names under `env` or what begins with `CI_`, and never what looks like
 * a secret: that takes an --env NAME of the person who runs it.
 */
export type Scalar = string | number | boolean | null;

export interface Variables {
  /** From --var: count most. */
  readonly vars: Readonly<Record<string, Scalar>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names that may be read from `env` whatever they look like. */
  readonly allowed: ReadonlySet<string>;
}

export type Found =
  | { readonly kind: 'value'; readonly value: Scalar }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string }
  | { readonly kind: 'unknown' };

export class VariableSource {
  /** Names of the file's own that were asked for. */
  readonly used = new Set<string>();
  /** What was taken of the environment. */
  readonly usedEnv = new Map<string, string>();
  readonly #given: Variables;
  readonly #own: Readonly<Record<string, Scalar>>;
  readonly #named: ReadonlySet<string>;

  constructor(given: Variables, own: Readonly<Record<string, Scalar>>, named: readonly string[]) {
    this.#given = given;
    this.#own = own;
    this.#named = new Set(named);
  }

  find(name: string): Found {
    this.used.add(name);
    const { vars, env, allowed } = this.#given;
    if (Object.hasOwn(vars, name)) return { kind: 'value', value: vars[name] as Scalar };
    if (Object.hasOwn(this.#own, name)) return { kind: 'value', value: this.#own[name] as Scalar };
    const isNamed = this.#named.has(name);
    const isMeant = allowed.has(name) || isNamed || name.startsWith('CI_');
    const value = isMeant && Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined) {
      if (!isNamed) return { kind: 'unknown' };
      return {
        kind: 'refused',
        message: `the environment has no variable "${name}"`,
        hint: `set it, or give it with --var ${name}=VALUE`,
      };
    }
    if (!allowed.has(name) && secret.test(name))
      return {
        kind: 'refused',
        message: `"${name}" looks like the name of a secret, and what a suite reads may be shown`,
        hint: `if it is meant to be read: --env ${name}`,
      };
    this.usedEnv.set(name, value);
    return { kind: 'value', value };
  }

  /** Those that could have been meant. */
  *names(): Generator<string> {
    yield* Object.keys(this.#given.vars);
    yield* Object.keys(this.#own);
    yield* this.#named;
  }
}

const secret = /TOKEN|SECRET|PASS|KEY|CRED|AUTH|COOKIE|PRIVATE|SESSION|JWT|CERT/i;
