/** What a call gives to a workflow: in order or by name, compared with what it says of its parameters. */
import { type Fault, Mistake } from '../std/mistake.ts';
import { didYouMean } from '../std/nearest.ts';
import type { Params, Workflow, WorkflowParameter } from './workflow.ts';

/** Texts that are true or false: a command line has nothing else. */
const booleans = new Map([
  ['true', true],
  ['false', false],
]);

/** In the order of the function's. Throws one Mistake with all that is wrong. */
export function paramsFor({ Name, Parameters }: Pick<Workflow, 'Name' | 'Parameters'>, given: Params): unknown[] {
  const faults: Fault[] = [];
  const inOrder = isList(given) ? given : byName(Name, Parameters, given, faults);
  // Who says nothing of its parameters takes them as they come.
  if (Parameters.length === 0) {
    if (faults.length > 0) throw new Mistake(faults);
    return [...inOrder];
  }
  if (inOrder.length > Parameters.length) {
    const many = Parameters.length === 1 ? 'one parameter' : `${Parameters.length} parameters`;
    const message = `${Name} takes ${many} (${namesOf(Parameters)}), not ${inOrder.length}`;
    faults.push({ code: 'workflow.params', message });
  }
  const read = Parameters.map((parameter, at) => readOf(Name, parameter, inOrder[at], faults));
  if (faults.length > 0) throw new Mistake(faults);
  // What is left out at the end was not given.
  while (read.length > 0 && read.at(-1) === undefined) read.pop();
  return read;
}

function isList(params: Params): params is readonly unknown[] {
  return Array.isArray(params);
}

function byName(
  workflow: string,
  parameters: readonly WorkflowParameter[],
  given: Readonly<Record<string, unknown>>,
  faults: Fault[],
): unknown[] {
  const known = parameters.map(({ Name }) => Name);
  for (const name of Object.keys(given))
    if (!known.includes(name)) {
      const meant = didYouMean(name, known);
      const hint = meant ?? (known.length === 0 ? 'it names none: give them in order' : `it has ${known.join(', ')}`);
      faults.push({ code: 'workflow.params', message: `${workflow} has no parameter '${name.slice(0, 100)}'`, hint });
    }
  return known.map((name) => (Object.hasOwn(given, name) ? given[name] : undefined));
}

function readOf(workflow: string, parameter: WorkflowParameter, given: unknown, faults: Fault[]): unknown {
  const { Name, Type, Default, Values } = parameter;
  if (given === undefined) return Default;
  if (given === null) return null;
  const isWrong = (takes: string): undefined => {
    const shown = JSON.stringify(given)?.slice(0, 100);
    faults.push({ code: 'workflow.params', message: `${workflow}: ${Name} is ${takes}, not ${shown}` });
    return undefined;
  };
  switch (Type) {
    case 'boolean': {
      const read = typeof given === 'string' ? booleans.get(given) : given;
      if (given === '') return Default;
      return typeof read === 'boolean' ? read : isWrong('true or false');
    }
    case 'integer': {
      if (given === '') return Default;
      const read = typeof given === 'string' && /^[+-]?\d+$/.test(given) ? Number(given) : given;
      return Number.isSafeInteger(read) ? read : isWrong('a whole number');
    }
    case 'choice': {
      if (given === '' || Values === undefined) return given === '' ? Default : given;
      const found = Values.find(({ Value }) => Value === given || String(Value) === given);
      return found ? found.Value : isWrong(`one of ${Values.map(({ Value }) => String(Value)).join(', ')}`);
    }
    case 'node':
    case 'string':
      return typeof given === 'object' ? isWrong('a text') : given;
    default:
      return given;
  }
}

function namesOf(parameters: readonly WorkflowParameter[]): string {
  return parameters.map(({ Name }) => Name).join(', ');
}
