/** What drivers write as bytecode for want of a type of its own, and names of Java classes. */
import { type Argument, Bytecode, CardinalityValue, type Instruction } from '../../query/gremlin/bytecode.ts';
import { Token, tokenNamed } from '../../query/gremlin/value/token.ts';

/** `Cardinality.set('x')` comes as a bytecode whose source is this. */
export const cardinalityValue = 'CardinalityValueTraversal';

export function bytecodeOf(source: readonly Instruction[], steps: readonly Instruction[]): Bytecode | CardinalityValue {
  const only = source[0];
  if (source.length === 1 && steps.length === 0 && only?.name === cardinalityValue) {
    const [cardinality, value] = only.args;
    if (cardinality instanceof Token && cardinality.type === 'Cardinality' && value !== undefined)
      return new CardinalityValue(
        cardinality.name as CardinalityValue['cardinality'],
        value as CardinalityValue['value'],
      );
  }
  return new Bytecode(source, steps);
}

export function instructionOf(value: CardinalityValue): Instruction {
  const token = tokenNamed('Cardinality', value.cardinality) as Token;
  return { name: cardinalityValue, args: [token, value.value] satisfies Argument[] };
}

/** `org.apache.….SubgraphStrategy` is SubgraphStrategy; so is an inner class by its own name. */
export function simpleName(className: string): string {
  return className.slice(Math.max(className.lastIndexOf('.'), className.lastIndexOf('$')) + 1);
}
