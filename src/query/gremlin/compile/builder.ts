/** What a step asks while it is made ready: its children, its `by`s, where its results are to be marked. */
import { didYouMean } from '../../../std/nearest.ts';
import type { Faults } from '../../faults.ts';
import { type By, childBy, directBy, identityBy, keyBy } from '../arguments/by.ts';
import { Child } from '../arguments/child.ts';
import { type Argument, Bytecode, type Instruction, Lambda } from '../bytecode.ts';
import { profiled } from '../explain/profiled.ts';
import { wordsOf } from '../explain/step-words.ts';
import { tokenReader } from '../read/token.ts';
import type { Placed } from '../run/pipeline.ts';
import type { Hoard } from '../run/side-effects.ts';
import { type Mark, markOf, type Tracking } from '../run/traverser.ts';
import type { TraversalStep } from '../step.ts';
import { stepNamed, stepNames } from '../steps/index.ts';
import { Token } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import { callsOf, type Modulation, placeOf, type StepCall } from './calls.ts';
import { counted } from './counted.ts';
import { joined } from './infix.ts';
import { bulked } from './lazy-barrier.ts';
import { narrow } from './narrow.ts';
import type { SourceOptions } from './options.ts';

export class Builder {
  readonly faults: Faults;
  readonly options: SourceOptions;
  readonly tracking: Tracking;
  /** Of the step that is being built. */
  mark: Mark;
  /** How deep this is within other steps; 0 for the traversal itself. */
  readonly depth: number;
  /** Names of the steps around it, outermost first. */
  readonly around: readonly string[];
  /** Names under which something is put aside, and how each begins; of the whole traversal. */
  readonly sideEffects: Map<string, () => GValue | Hoard>;

  constructor(
    faults: Faults,
    options: SourceOptions,
    tracking: Tracking,
    around: readonly string[] = [],
    sideEffects: Builder['sideEffects'] = new Map(),
  ) {
    this.faults = faults;
    this.options = options;
    this.tracking = tracking;
    this.mark = markOf([], tracking);
    this.around = around;
    this.depth = around.length;
    this.sideEffects = sideEffects;
  }

  /** All steps of a traversal made ready, in order. */
  placed(bytecode: Bytecode): Placed[] {
    const named = (instruction: Instruction) => this.#named(instruction);
    const isRoot = this.depth === 0;
    const calls = callsOf(joined(bytecode, isRoot), { isRoot, named, faults: this.faults });
    const placed: Placed[] = [];
    for (const call of calls) {
      const mark = markOf(call.labels, this.tracking);
      this.mark = mark;
      if (!this.#isWellCalled(call)) continue;
      const op = call.step.build(call, this);
      op.words ??= wordsOf(call);
      placed.push({ op, mark, writes: call.step.writes });
    }
    const plan = bulked(narrow(placed), this);
    // Who measures wants to see each step.
    return calls.some(({ name }) => name === 'profile') ? profiled(plan, calls, this) : counted(plan);
  }

  /** A traversal among the arguments of a step; anything else gives its value back (`option(1)`). Faults are told. */
  child(argument: Argument | undefined, call: StepCall | Modulation, { isStart = false } = {}): Child {
    if (argument instanceof Lambda)
      this.wrong(call, `${call.name}: code is not run here; say it with steps, as in __.values('name')`);
    else if (!(argument instanceof Bytecode)) this.wrong(call, `${call.name} takes a traversal here, such as __.out()`);
    else {
      const inner = new Builder(
        this.faults,
        this.options,
        this.tracking,
        isStart && canStart(argument) ? [] : [...this.around, call.name],
        this.sideEffects,
      );
      return new Child(inner.placed(argument));
    }
    return new Child([]);
  }

  /** The `by`s of a call; none gives an empty list. */
  bys(call: StepCall): By[] {
    return call.modulations.filter(({ name }) => name === 'by').map((modulation) => this.by(modulation));
  }

  /** The one `by` a step may have; the value itself without. */
  oneBy(call: StepCall): By {
    const bys = this.bys(call);
    if (bys.length > 1) {
      const name = /^(value|property)Map$/.test(call.name)
        ? 'valueMap()/propertyMap()'
        : call.name.charAt(0).toUpperCase() + call.name.slice(1);
      this.wrong(call, `${name} step can only have one by modulator`);
    }
    return bys[0] ?? identityBy();
  }

  by(modulation: Modulation): By {
    const [what, order] = modulation.args;
    const direction = order instanceof Token && order.type === 'Order' ? order : undefined;
    if (what === undefined) return identityBy();
    if (typeof what === 'string') return keyBy(what, direction);
    if (what instanceof Token && what.type === 'Order') return identityBy(what);
    if (what instanceof Token) return directBy(tokenReader(what), { order: direction });
    if (what === null || isIdentity(what)) return identityBy(direction);
    return childBy(this.child(what, modulation), direction);
  }

  /** That the step puts something aside; what is there before it does so. The first of a name says it. */
  declares(name: string, first: () => GValue | Hoard): void {
    if (!this.sideEffects.has(name)) this.sideEffects.set(name, first);
  }

  /** Only arguments that are values; traversals, lambdas and strategies are refused. */
  values(call: StepCall | Modulation): GValue[] {
    return call.args.map((argument) => this.value(argument, call));
  }

  value(argument: Argument | undefined, call: StepCall | Modulation): GValue {
    if (argument instanceof Lambda) this.wrong(call, `${call.name}: code is not run here; say it with steps`);
    return (argument ?? null) as GValue;
  }

  /** Arguments that have to be texts; a list of texts counts as its texts. */
  strings(call: StepCall | Modulation, args: readonly Argument[] = call.args): string[] {
    const strings: string[] = [];
    for (const arg of args.flat()) {
      if (typeof arg === 'string') strings.push(arg);
      else if (arg !== null) this.wrong(call, `${call.name} takes texts here`);
    }
    return strings;
  }

  wrong(call: StepCall | Modulation, message: string, hint?: string): void {
    this.faults.add('gremlin.argument', message, placeOf(call.instruction), hint);
  }

  #named(instruction: Instruction): TraversalStep | undefined {
    const step = stepNamed(instruction.name);
    if (step === undefined) {
      const hint = didYouMean(instruction.name, stepNames());
      this.faults.add('gremlin.unknown-step', `no step named "${instruction.name}"`, placeOf(instruction), hint);
    }
    return step;
  }

  #isWellCalled(call: StepCall): boolean {
    const { step, args } = call;
    const [least, most] = step.count;
    if (args.length >= least && args.length <= most) {
      const place = step.place ?? ['step'];
      if (call.isStart ? place.includes('start') : place.includes('step')) return true;
      const starts = 'g.V(), g.E(), g.addV(), g.inject()…';
      this.wrong(
        call,
        call.isStart ? `${call.name} cannot start a traversal` : `${call.name} can only start a traversal`,
        call.isStart ? starts : undefined,
      );
      return false;
    }
    const count =
      least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
    this.wrong(
      call,
      `${call.name}(${step.args}) takes ${count} argument${count === '1' ? '' : 's'}, not ${args.length}`,
    );
    return false;
  }
}

/** Another step at the start of a child gets what its parent got. */
function canStart({ steps: [first] }: Bytecode): boolean {
  return first !== undefined && stepNamed(first.name)?.place?.includes('start') === true;
}

/** `by(identity())` is `by()`: a group then lists its values. (TinkerPop: ByModulatorOptimizationStrategy.) */
function isIdentity(what: Argument): boolean {
  return what instanceof Bytecode && what.steps.length === 1 && what.steps[0]?.name === 'identity';
}
