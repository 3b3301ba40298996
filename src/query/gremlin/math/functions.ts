/** Constants and functions of `math`, by the names exp4j gives them. */
export const constants: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['π', Math.PI],
  ['e', Math.E],
  ['φ', (1 + Math.sqrt(5)) / 2],
]);

export const functions: ReadonlyMap<string, (x: number) => number> = new Map([
  ['abs', Math.abs],
  ['acos', Math.acos],
  ['asin', Math.asin],
  ['atan', Math.atan],
  ['cbrt', Math.cbrt],
  ['ceil', Math.ceil],
  ['cos', Math.cos],
  ['cosh', Math.cosh],
  ['cot', (x) => 1 / Math.tan(x)],
  ['exp', Math.exp],
  ['expm1', Math.expm1],
  ['floor', Math.floor],
  ['log', Math.log],
  ['log10', Math.log10],
  ['log1p', Math.log1p],
  ['log2', (x) => Math.log(x) / Math.log(2)],
  ['signum', Math.sign],
  ['sin', Math.sin],
  ['sinh', Math.sinh],
  ['sqrt', Math.sqrt],
  ['tan', Math.tan],
  ['tanh', Math.tanh],
]);

export const functionsOfTwo: ReadonlyMap<string, (x: number, y: number) => number> = new Map([
  ['pow', (x, y) => x ** y],
  ['logb', (x, base) => Math.log(x) / Math.log(base)],
]);
