import { didYouMean } from '../std/nearest.ts';
/** Calls to steps: which step, on what, with which arguments. Finds every mistake of a query, not only the first. */
import { Faults } from './faults.ts';
import { type Kind, wordFor } from './kind.ts';
import type { Step, Vocabulary } from './step.ts';
import { stepNamed, steps } from './steps/index.ts';
import type { Call, Query } from './syntax.ts';

export interface CheckedStep {
  readonly step: Step;
  readonly args: unknown;
  readonly takes: Kind;
  readonly gives: Kind;
  readonly call: Call;
}

export type Mode = 'run' | 'explain' | 'profile';

export interface Checked {
  readonly steps: readonly CheckedStep[];
  readonly mode: Mode;
  readonly faults: Faults;
}

export function check(query: Query): Checked {
  const faults = new Faults();
  const checked: CheckedStep[] = [];
  const names = new Set<string>();
  let mode: Mode = 'run';
  // Undefined after a mistake: what comes then cannot be judged by what it takes.
  let kind: Kind | undefined = 'start';
  for (const [index, call] of query.calls.entries()) {
    const step = findStep(call, kind, faults);
    if (step?.mode !== undefined) {
      mode = step.mode;
      step.args.read(call, faults, kind ?? 'start');
      if (index < query.calls.length - 1) faults.add('query.wrong-place', `${call.name} is always the last step`, call);
      continue;
    }
    if (step === undefined) {
      kind = undefined;
      continue;
    }
    const takes: Kind = kind ?? (Object.keys(step.gives)[0] as Kind);
    const keysBefore = faults.keys.length;
    const args = step.args.read(call, faults, takes);
    faults.judge(keysBefore, (step.keysOf ?? vocabularyOf)(takes));
    const given: Kind | ((args: unknown) => Kind) | undefined = step.gives[takes];
    if (given === undefined) {
      const hint = hintFor(step);
      faults.add(
        'query.wrong-place',
        `${step.name} cannot follow here: it takes ${takenBy(step)}, not ${wordFor(takes)}`,
        named(call),
        hint,
      );
      kind = undefined;
      continue;
    }
    if (args === undefined) {
      kind = typeof given === 'string' ? given : undefined;
      continue;
    }
    if (step.names === 'given') for (const name of args as string[]) names.add(name);
    if (step.names === 'needed') checkNames(call, names, faults);
    kind = typeof given === 'function' ? given(args) : given;
    checked.push({ step, args, takes, gives: kind, call });
  }
  return { steps: checked, mode, faults };
}

/** Keys of objects within values are of no vocabulary. */
function vocabularyOf(takes: Kind): Vocabulary {
  switch (takes) {
    case 'flows':
      return 'flow';
    case 'values':
    case 'maps':
    case 'metrics':
    case 'sockets':
      return 'none';
    default:
      return 'metadata';
  }
}

function findStep(call: Call, kind: Kind | undefined, faults: Faults): Step | undefined {
  const step = stepNamed(call.name);
  if (step !== undefined) return step;
  const hint = didYouMean(call.name, namesAfter(kind)) ?? didYouMean(call.name, namesAfter(undefined));
  faults.add('query.unknown-step', `no step named "${call.name}"`, named(call), hint);
  return undefined;
}

/** Each must have been given by As before. */
function checkNames({ args }: Call, names: ReadonlySet<string>, faults: Faults): void {
  for (const argument of args) {
    if (argument.kind !== 'string' || names.has(argument.value)) continue;
    const hint = didYouMean(argument.value, names) ?? `name it with As('${argument.value}') before`;
    faults.add('query.unknown-name', `nothing is named '${argument.value}'`, argument, hint);
  }
}

function* namesAfter(kind: Kind | undefined): Generator<string> {
  for (const step of steps)
    if (kind === undefined || step.gives[kind] !== undefined) yield* [step.name, ...(step.aliases ?? [])];
}

function takenBy(step: Step): string {
  const words = (Object.keys(step.gives) as Kind[]).map(wordFor);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function hintFor(step: Step): string | undefined {
  if (step.gives.nodes) return 'V() gives nodes';
  if (step.gives.edges) return 'E(), OutE(), InE() and BothE() give edges';
  if (step.gives.packets) return 'RawPackets() gives packets';
  if (step.gives.flowgroups) return 'Group() gives groups of flows';
  if (step.gives.flows) return 'Flows() gives flows';
  if (step.gives.start) return `G.${step.name}(…)`;
  return undefined;
}

function named(call: Call): { from: number; to: number } {
  return { from: call.from, to: call.nameTo };
}
