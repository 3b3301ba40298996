/** What the arguments of a request ask for, checked. */
import { type Argument, Bytecode } from '../../query/gremlin/bytecode.ts';
import { GMap } from '../../query/gremlin/value/collections.ts';
import { isNumber, toNumber } from '../../query/gremlin/value/num.ts';
import type { GValue } from '../../query/gremlin/value/value.ts';
import { BadRequest, status } from './failure.ts';
import type { GremlinLimits } from './limits.ts';
import type { Request } from './message.ts';
import type { Materialize } from './wire-elements.ts';

export interface Asked {
  readonly gremlin: string | Bytecode;
  readonly bindings: ReadonlyMap<string, GValue>;
  /** Names in the request to names of sources. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly batchSize: number;
  readonly timeMs: number;
  readonly materialize: Materialize;
  /** Bytecode is answered with traversers, which say how often each came. */
  readonly hasBulks: boolean;
}

/** Throws BadRequest for what makes no sense. */
export function readAsked({ op, args }: Request, limits: GremlinLimits): Asked {
  const gremlin = args.get('gremlin');
  if (op === 'bytecode' ? !(gremlin instanceof Bytecode) : typeof gremlin !== 'string') {
    const what = op === 'bytecode' ? 'bytecode' : 'a text';
    throw new BadRequest(
      status.invalidArguments,
      `a request with op ${op} needs the argument gremlin, which is ${what}`,
    );
  }
  const settings = gremlin instanceof Bytecode ? settingsOf(gremlin) : new Map<string, Argument>();
  const option = (name: string) => args.get(name) ?? settings.get(name);
  return {
    gremlin: gremlin as string | Bytecode,
    bindings: bindingsOf(args.get('bindings'), limits),
    aliases: aliasesOf(args.get('aliases')),
    batchSize: numberOf('batchSize', option('batchSize'), limits.batchSize, 1, limits.batchSizeMax),
    timeMs: timeOf(option('evaluationTimeout') ?? option('scriptEvaluationTimeout'), limits),
    materialize: materializeOf(option('materializeProperties')),
    hasBulks: op === 'bytecode',
  };
}

/** What a script asks for between `g` and its first step. */
export function withSettings(asked: Asked, settings: ReadonlyMap<string, Argument>, limits: GremlinLimits): Asked {
  if (settings.size === 0 || asked.gremlin instanceof Bytecode) return asked;
  return {
    ...asked,
    batchSize: numberOf('batchSize', settings.get('batchSize'), asked.batchSize, 1, limits.batchSizeMax),
    timeMs: settings.has('evaluationTimeout') ? timeOf(settings.get('evaluationTimeout'), limits) : asked.timeMs,
    materialize: settings.has('materializeProperties')
      ? materializeOf(settings.get('materializeProperties'))
      : asked.materialize,
  };
}

/** Of strategies in bytecode: they may say what arguments of the request may. */
function settingsOf(bytecode: Bytecode): Map<string, Argument> {
  const settings = new Map<string, Argument>();
  for (const { name, args } of bytecode.source) {
    if (name === 'with' && typeof args[0] === 'string')
      settings.set(args[0], args.length > 1 ? (args[1] as Argument) : true);
    for (const arg of args)
      if (arg !== null && typeof arg === 'object' && 'configuration' in arg && arg.name === 'OptionsStrategy')
        for (const [key, value] of arg.configuration) settings.set(key, value);
  }
  return settings;
}

function bindingsOf(value: Argument | undefined, limits: GremlinLimits): Map<string, GValue> {
  const bindings = new Map<string, GValue>();
  if (value === undefined || value === null) return bindings;
  if (!(value instanceof GMap)) throw new BadRequest(status.invalidArguments, 'bindings is a map of names to values');
  if (value.size > limits.bindingsMax)
    throw new BadRequest(
      status.invalidArguments,
      `${value.size} bindings are more than ${limits.bindingsMax} (limit bindingsMax)`,
    );
  for (const [name, bound] of value) {
    if (typeof name !== 'string' || !/^[A-Za-z_$][\w$]*$/.test(name))
      throw new BadRequest(status.invalidArguments, 'the name of a binding is a word');
    bindings.set(name, bound);
  }
  return bindings;
}

function aliasesOf(value: Argument | undefined): Map<string, string> {
  const aliases = new Map<string, string>();
  if (value === undefined || value === null) return aliases;
  if (!(value instanceof GMap)) throw new BadRequest(status.invalidArguments, 'aliases is a map of names to names');
  for (const [name, source] of value) {
    if (typeof name !== 'string' || typeof source !== 'string')
      throw new BadRequest(status.invalidArguments, 'aliases is a map of names to names');
    aliases.set(name, source);
  }
  return aliases;
}

function timeOf(value: Argument | undefined, limits: GremlinLimits): number {
  const ms = numberOf('evaluationTimeout', value, limits.timeMs, 0, Number.MAX_SAFE_INTEGER);
  // 0 is without end, for Gremlin Server; here nothing is.
  return ms === 0 ? limits.timeMsMax : Math.min(ms, limits.timeMsMax);
}

function numberOf(name: string, value: Argument | undefined, usual: number, least: number, most: number): number {
  if (value === undefined || value === null) return usual;
  const number = isNumber(value) ? toNumber(value) : typeof value === 'string' ? Number(value) : Number.NaN;
  if (!Number.isInteger(number) || number < least)
    throw new BadRequest(status.invalidArguments, `${name} is a whole number from ${least} on`);
  return Math.min(number, most);
}

function materializeOf(value: Argument | undefined): Materialize {
  if (value === undefined || value === null || value === 'all') return 'all';
  if (value === 'tokens') return 'tokens';
  throw new BadRequest(status.invalidArguments, "materializeProperties is 'all' or 'tokens'");
}
