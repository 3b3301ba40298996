/** Doubles and floats as Java writes them: `1.0`, `1.0E10`, `1.0E-5`, `NaN`, `Infinity`. */

export function doubleText(value: number): string {
  return written(value, String(Math.abs(value)));
}

export function floatText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return doubleText(value);
  // The fewest digits that read back as the same float.
  const size = Math.abs(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = size.toPrecision(digits);
    if (Math.fround(Number(text)) === size) return written(value, String(Number(text)));
  }
  return written(value, String(Number(size.toPrecision(9))));
}

/** `text`: the digits of its size as JavaScript writes them. */
function written(value: number, text: string): string {
  if (!Number.isFinite(value)) return String(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  if (size === 0) return `${sign}0.0`;
  if (size >= 1e-3 && size < 1e7) return sign + (text.includes('.') ? text : `${text}.0`);
  const [mantissa = '', exponent = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  // Digits without zeros around them, and where the point stands among them.
  const all = whole + fraction;
  const first = all.search(/[1-9]/);
  const digits = all.slice(first).replace(/0+$/, '');
  const power = Number(exponent) + whole.length - 1 - first;
  return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${power}`;
}
