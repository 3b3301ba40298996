/** `${NAME}` in suites: from --var, from the file's own `vars`, and from the environment where that is safe. */
import { nearest } from '../../std/nearest.ts';
import type { Path } from './document.ts';
import { suiteLimits } from './limits.ts';
import type { Json } from './suite.ts';
import type { Scalar, VariableSource } from './variable-source.ts';

export type VariableReport = (path: Path, code: string, message: string, hint?: string) => void;

/** A copy with all variables filled in. A text that is one variable and nothing else takes its kind too. */
export function filled(
  value: Json,
  source: VariableSource,
  report: VariableReport,
): { value: Json; places: Set<string> } {
  const places = new Set<string>();
  const fill = (at: Json, path: Path): Json => {
    if (typeof at === 'string') {
      if (!at.includes('${')) return at;
      const given = fillText(at, source, (code, message, hint) => report(path, code, message, hint));
      places.add(JSON.stringify(path));
      return given;
    }
    if (Array.isArray(at)) return at.map((item, index) => fill(item, [...path, index]));
    if (typeof at !== 'object' || at === null) return at;
    return Object.fromEntries(Object.entries(at).map(([key, item]) => [key, fill(item, [...path, key])]));
  };
  return { value: fill(value, []), places };
}

/** `$${NAME}` stands for itself. */
const variable = /\$?\$\{([^}]*)\}/g;

function fillText(
  text: string,
  source: VariableSource,
  report: (code: string, message: string, hint?: string) => void,
): Scalar {
  const [whole] = /^\$\{([^}]*)\}$/.exec(text) ?? [];
  if (whole !== undefined) {
    const given = variableNamed(whole.slice(2, -1), source, report);
    return given === undefined ? text : given;
  }
  const out = text.replace(variable, (match, name: string) => {
    if (match.startsWith('$$')) return match.slice(1);
    const given = variableNamed(name, source, report);
    return given === undefined ? match : String(given);
  });
  if (out.length <= suiteLimits.textChars) return out;
  report(
    'limit',
    `this text has ${out.length} characters with its variables, more than ${suiteLimits.textChars} (textChars)`,
  );
  return text;
}

function variableNamed(
  name: string,
  source: VariableSource,
  report: (code: string, message: string, hint?: string) => void,
): Scalar | undefined {
  const found = source.find(name);
  if (found.kind === 'value') return found.value;
  if (found.kind === 'refused') report('variable', found.message, found.hint);
  else {
    const meant = nearest(name, source.names());
    const hint = meant ? `did you mean ${meant}?` : 'give it under vars, with --var NAME=VALUE, or name it under env';
    report('variable', `there is no variable "${name.slice(0, 60)}"`, hint);
  }
  return undefined;
}
