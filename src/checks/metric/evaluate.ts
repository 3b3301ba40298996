/**
 * What an expression gives on the samples of /metrics. Two series go together where their labels are the same; a number
 * goes with each. A comparison gives 1 or 0.
 */
import type { Aggregate, Expression, Label, Operator, Sample } from './expression.ts';

export interface Point {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** No point: nothing has that name and labels. */
export function evaluate(expression: Expression, samples: readonly Sample[]): readonly Point[] {
  switch (expression.kind) {
    case 'number':
      return [{ labels: {}, value: expression.value }];
    case 'series':
      return samples
        .filter(
          ({ name, labels }) => name === expression.name && expression.labels.every((label) => has(labels, label)),
        )
        .map(({ labels, value }) => ({ labels, value }));
    case 'negative':
      return evaluate(expression.of, samples).map(({ labels, value }) => ({ labels, value: -value }));
    case 'aggregate':
      return aggregated(expression.how, evaluate(expression.of, samples));
    case 'binary': {
      const { operator, left, right } = expression;
      return combined(operator, evaluate(left, samples), evaluate(right, samples), {
        isLeftPlain: isPlain(left),
        isRightPlain: isPlain(right),
      });
    }
  }
}

/** Names of series that an expression asks for. */
export function seriesIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'series':
      return [expression.name];
    case 'binary':
      return [...seriesIn(expression.left), ...seriesIn(expression.right)];
    default:
      return seriesIn(expression.of);
  }
}

/** It gives one number that belongs to no series. */
function isPlain(expression: Expression): boolean {
  switch (expression.kind) {
    case 'number':
    case 'aggregate':
      return true;
    case 'series':
      return false;
    case 'negative':
      return isPlain(expression.of);
    case 'binary':
      return isPlain(expression.left) && isPlain(expression.right);
  }
}

/** A label that is not there is empty, as Prometheus has it. */
function has(labels: Readonly<Record<string, string>>, { name, operator, value }: Label): boolean {
  const own = Object.hasOwn(labels, name) ? labels[name] : '';
  return operator === '=' ? own === value : own !== value;
}

function aggregated(how: Aggregate, points: readonly Point[]): readonly Point[] {
  if (how === 'count') return [{ labels: {}, value: points.length }];
  if (points.length === 0) return [];
  const sum = points.reduce((total, { value }) => total + value, 0);
  switch (how) {
    case 'sum':
      return [{ labels: {}, value: sum }];
    case 'avg':
      return [{ labels: {}, value: sum / points.length }];
    case 'max':
    case 'min': {
      const worst = points.reduce(
        (best, { value }) => (how === 'max' ? Math.max(best, value) : Math.min(best, value)),
        how === 'max' ? -Infinity : Infinity,
      );
      return [{ labels: {}, value: worst }];
    }
  }
}

interface Plain {
  readonly isLeftPlain: boolean;
  readonly isRightPlain: boolean;
}

function combined(operator: Operator, left: readonly Point[], right: readonly Point[], plain: Plain): readonly Point[] {
  const [first] = plain.isRightPlain ? right : left;
  if (plain.isRightPlain || plain.isLeftPlain) {
    if (first === undefined) return [];
    if (plain.isRightPlain)
      return left.map(({ labels, value }) => ({ labels, value: counted(operator, value, first.value) }));
    return right.map(({ labels, value }) => ({ labels, value: counted(operator, first.value, value) }));
  }
  const others = new Map(right.map((point) => [keyOf(point), point.value]));
  return left.flatMap((point) => {
    const other = others.get(keyOf(point));
    return other === undefined ? [] : [{ labels: point.labels, value: counted(operator, point.value, other) }];
  });
}

function keyOf({ labels }: Point): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function counted(operator: Operator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '<':
      return Number(a < b);
    case '<=':
      return Number(a <= b);
    case '>':
      return Number(a > b);
    case '>=':
      return Number(a >= b);
    case '==':
      return Number(a === b);
    case '!=':
      return Number(a !== b);
  }
}
