/** Floating point numbers as Java's `Double.toString` and `Float.toString` print them: `1.0`, `1.0E21`, `NaN`. */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  return arranged(value.toExponential());
}

export function javaFloat(value: number): string {
  if (!Number.isFinite(value) || value === 0) return javaDouble(value);
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return arranged(text);
  }
  return arranged(value.toExponential(9));
}

/** From `1.25e+3`: plain between 10^-3 and 10^7, with an exponent elsewhere. */
function arranged(exponential: string): string {
  const [mantissa = '', power = '0'] = exponential.split('e');
  const exponent = Number(power);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/^-/, '').replace('.', '');
  if (exponent < -3 || exponent >= 7) return `${sign}${pointed(digits, 1)}E${exponent}`;
  return exponent < 0 ? `${sign}0.${'0'.repeat(-exponent - 1)}${digits}` : `${sign}${pointed(digits, exponent + 1)}`;
}

function pointed(digits: string, whole: number): string {
  const padded = digits.padEnd(whole, '0');
  return `${padded.slice(0, whole)}.${padded.slice(whole) || '0'}`;
}
