/** Texts of suite files to suites; every mistake of all of them at once, each with file, line and column. */
import { nearest } from '../../std/nearest.ts';
import { buildCheck, type Defaults } from './build.ts';
import { documentsIn, type Path, type Placed, type SourceFile } from './document.ts';
import { Endpoints } from './endpoints.ts';
import { FaultList, type SuiteFault } from './faults.ts';
import { checkForm, valueIn } from './form.ts';
import { suiteLimits } from './limits.ts';
import type { Surroundings } from './rules.ts';
import { type BodyName, bodyNames, checkShapes, frameShape } from './shape.ts';
import type { Check, Json, Position, Suite } from './suite.ts';
import { textOf } from './text.ts';
import { type Scalar, VariableSource, type Variables } from './variable-source.ts';
import { filled } from './variables.ts';
import { applyRules, fitted } from './walk.ts';

export type { SourceFile } from './document.ts';
export type { SuiteFault } from './faults.ts';
export type { Variables } from './variable-source.ts';

export interface ParsedSuites {
  readonly suites: readonly Suite[];
  /** What is odd, but not wrong: variables and endpoints that nobody uses. */
  readonly warnings: readonly SuiteFault[];
  /** What was taken of the environment. */
  readonly usedEnv: Readonly<Record<string, string>>;
}

export const noVariables: Variables = { vars: {}, env: {}, allowed: new Set() };

/** Throws one Mistake with all that is wrong, and nothing else whatever the text. */
export function parseSuites(files: readonly SourceFile[], variables: Variables = noVariables): ParsedSuites {
  const order = files.map(({ file }) => file);
  const run = new Run(variables);
  const suites = files.flatMap((file) =>
    documentsIn(file, run.faults).flatMap((placed) => run.suite(file.file, placed) ?? []),
  );
  run.faults.throwIfAny(order);
  return { suites, warnings: run.warnings.sorted(order), usedEnv: Object.fromEntries(run.usedEnv) };
}

type JsonMap = Readonly<Record<string, Json>>;

class Run {
  readonly faults = new FaultList();
  readonly warnings = new FaultList();
  readonly usedEnv = new Map<string, string>();
  readonly #variables: Variables;
  /** Where each id stands. */
  readonly #ids = new Map<string, Position>();
  readonly #numbers = new Map<string, number>();
  #checks = 0;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  /** Undefined of one with a mistake. */
  suite(file: string, placed: Placed): Suite | undefined {
    const report = this.faults.add;
    const before = this.faults.length;
    const raw = placed.value;
    if (!isMap(raw)) {
      report(
        'form',
        placed.positionOf([]),
        'a suite is a map: apiVersion, kind, metadata, checks',
        'skein check init shows one',
      );
      return undefined;
    }
    const own = mapIn(raw, 'vars');
    const named = listIn(raw, 'env').filter((name): name is string => typeof name === 'string');
    const source = new VariableSource(this.#variables, own as Record<string, Scalar>, named);
    const { value, isFilled } = this.#filled(raw, source, placed);
    const { checks: _, ...frame } = value;
    checkForm(
      frameShape,
      { ...frame, ...(value.checks !== undefined && { checks: bounded(value.checks) }) },
      [],
      placed,
      report,
    );
    const defaults = mapIn(value, 'defaults');
    const endpoints = this.#endpoints(mapIn(value, 'endpoints'), placed);
    const around: Surroundings = { placed, report, endpoints, defaultMethod: defaults.method, isFilled };
    applyRules(frameShape, frame, [], around);
    const name = textOf(valueIn(value.metadata, 'name')) ?? 'suite';
    const checks = listIn(value, 'checks').flatMap((check, index) => {
      if (++this.#checks === suiteLimits.checks + 1)
        report(
          'limit',
          placed.positionOf(['checks', index]),
          `these are more than ${suiteLimits.checks} checks (checks)`,
          'make several runs of it',
        );
      if (this.#checks > suiteLimits.checks) return [];
      return this.#check(check, ['checks', index], { around, suite: name, defaults }) ?? [];
    });
    this.#warnOfUnused(own, source, endpoints, placed);
    for (const [key, text] of source.usedEnv) this.usedEnv.set(key, text);
    if (this.faults.length > before) return undefined;
    const labels = Object.entries(mapIn(value.metadata, 'labels')).map(([key, label]) => [key, String(label)]);
    return { name, labels: Object.fromEntries(labels), file, checks };
  }

  #filled(raw: JsonMap, source: VariableSource, placed: Placed): { value: JsonMap; isFilled: (path: Path) => boolean } {
    const { vars, env, ...rest } = raw;
    const { value, places } = filled(rest, source, (path, code, message, hint) =>
      this.faults.add(code, placed.positionOf(path), message, hint),
    );
    const isFilled = (path: Path) => places.size > 0 && places.has(JSON.stringify(path));
    const own = { ...(vars !== undefined && { vars }), ...(env !== undefined && { env }) };
    return { value: { ...own, ...(value as JsonMap) }, isFilled };
  }

  #endpoints(map: JsonMap, placed: Placed): Endpoints {
    const endpoints = new Endpoints();
    const names = Object.keys(map);
    if (names.length > suiteLimits.endpoints)
      this.faults.add(
        'limit',
        placed.positionOf(['endpoints']),
        `${names.length} endpoints are more than ${suiteLimits.endpoints} (endpoints)`,
      );
    for (const name of names) {
      const path = ['endpoints', name];
      if (!/^[\w.-]{1,100}$/.test(name))
        this.faults.add(
          'endpoint',
          placed.keyPositionOf(path),
          `"${name.slice(0, 60)}" is no name of an endpoint`,
          'letters, digits and _ - .',
        );
      const wrong = endpoints.define(name, map[name] ?? null, placed.keyPositionOf(path));
      if (!wrong) continue;
      const position = wrong.key ? placed.positionOf([...path, wrong.key]) : placed.keyPositionOf(path);
      this.faults.add('endpoint', position, wrong.message, wrong.hint);
    }
    return endpoints;
  }

  #check(
    raw: Json,
    path: Path,
    { around, suite, defaults }: { readonly around: Surroundings; readonly suite: string; readonly defaults: JsonMap },
  ): Check | undefined {
    const { placed, report, endpoints, isFilled } = around;
    const position = placed.positionOf(path);
    if (!isMap(raw)) {
      report('form', position, 'a check is a map with a name and what is checked', `one of ${bodyNames.join(', ')}`);
      return undefined;
    }
    const kind = this.#kindOf(raw, path, around);
    const id = this.#idOf(raw, suite, path, placed);
    if (kind === undefined) return undefined;
    const schema = checkShapes[kind];
    const value = fitted(schema, raw, path, isFilled) as JsonMap;
    checkForm(schema, value, path, placed, report);
    applyRules(schema, value, path, around);
    // With a mistake anywhere nothing is run, and defaults that this would be built with may be the mistake.
    if (this.faults.length > 0) return undefined;
    return buildCheck(kind, value, { id, suite, defaults: defaults as Defaults, position, endpoints });
  }

  #kindOf(check: JsonMap, path: Path, { placed, report }: Surroundings): BodyName | undefined {
    const [kind, second] = bodyNames.filter((name) => check[name] !== undefined);
    if (second !== undefined) {
      report(
        'kind',
        placed.keyPositionOf([...path, second]),
        `a check checks one thing, and this says both ${kind} and ${second}`,
        'make two of it',
      );
      return undefined;
    }
    if (kind !== undefined) return kind;
    const head = ['id', 'name', 'tags', 'severity', 'skip', 'timeout', 'retry', 'hold', 'expect', 'at', 'between'];
    for (const key of Object.keys(check).filter((one) => !head.includes(one))) {
      const meant = nearest(key, [...bodyNames, ...head]);
      report(
        'unknown-key',
        placed.keyPositionOf([...path, key]),
        `nothing is called "${key}" here`,
        meant && `did you mean ${meant}?`,
      );
    }
    report('kind', placed.positionOf(path), 'this check checks nothing', `it needs one of ${bodyNames.join(', ')}`);
    return undefined;
  }

  #idOf(check: JsonMap, suite: string, path: Path, placed: Placed): string {
    if (typeof check.id !== 'string') {
      const slug = suite.replaceAll(/[^\w.:/-]+/g, '-');
      let number = this.#numbers.get(slug) ?? 0;
      do number++;
      while (this.#ids.has(`${slug}-${number}`));
      this.#numbers.set(slug, number);
      const made = `${slug}-${number}`;
      this.#ids.set(made, placed.positionOf(path));
      return made;
    }
    const position = placed.positionOf([...path, 'id']);
    const first = this.#ids.get(check.id);
    if (first)
      this.faults.add(
        'id',
        position,
        `the id "${check.id.slice(0, 100)}" is there already`,
        `first at ${first.file}:${first.line}:${first.column}`,
      );
    else this.#ids.set(check.id, position);
    return check.id;
  }

  #warnOfUnused(own: JsonMap, source: VariableSource, endpoints: Endpoints, placed: Placed): void {
    for (const name of Object.keys(own))
      if (!source.used.has(name))
        this.warnings.add('unused', placed.keyPositionOf(['vars', name]), `nothing uses the variable "${name}"`);
    for (const name of endpoints.names)
      if (!endpoints.used.has(name))
        this.warnings.add('unused', placed.keyPositionOf(['endpoints', name]), `nothing uses the endpoint "${name}"`);
  }
}

/** The checks themselves are looked at one by one; here only whether it is a list of some. */
function bounded(checks: Json): Json {
  return Array.isArray(checks) ? checks.slice(0, 1).map(() => null) : checks;
}

function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapIn(value: Json | undefined, key: string): JsonMap {
  const found = valueIn(value, key);
  return isMap(found) ? found : {};
}

function listIn(value: Json | undefined, key: string): readonly Json[] {
  const found = valueIn(value, key);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}
