/**
 * Labels are words of users: as many as are sensible are shown, and none that looks like a secret. Compose puts names
 * of projects, files and services there; proxies get routes there, and passwords too.
 */
import type { Metadata } from '../../graph/element.ts';

const LABELS_MAX = 128;
const KEY_CHARS_MAX = 256;
const VALUE_CHARS_MAX = 1_024;

/** What is shown, and how many were left out. */
export function readLabels(labels: unknown): { readonly shown: Metadata | undefined; readonly leftOut: number } {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) return { shown: undefined, leftOut: 0 };
  const shown: Record<string, string> = {};
  let count = 0;
  let leftOut = 0;
  for (const [key, value] of Object.entries(labels)) {
    const isShown =
      typeof value === 'string' &&
      count < LABELS_MAX &&
      key !== '__proto__' &&
      key.length <= KEY_CHARS_MAX &&
      value.length <= VALUE_CHARS_MAX &&
      !looksSecret(key, value);
    if (isShown) {
      shown[key] = value;
      count++;
    } else leftOut++;
  }
  return { shown: count > 0 ? shown : undefined, leftOut };
}

function looksSecret(key: string, value: string): boolean {
  return SECRET_KEY.test(key) || SECRET_VALUE.test(value);
}

const SECRET_KEY =
  /passw|passphrase|pwd|secret|token|credential|api[-_.]?key|access[-_.]?key|private[-_.]?key|basic[-_.]?auth|\benv\b|environment(?!_file)|\bcmd\b|command|entrypoint|last-applied|cri-o\.annotations/i;

/** URLs with a password, hashes of passwords (crypt(5)), PEM, JWT (RFC 7519), keys of AWS. */
const SECRET_VALUE =
  /\w:\/\/[^/\s:@]*:[^/\s@]+@|\$(?:apr1|1|2[abxy]|5|6|y|argon2\w+)\$|-----BEGIN |\beyJ[\w-]+\.eyJ|\bAKIA[0-9A-Z]{16}\b|(?:passw\w*|secret|token)["']?\s*[=:]/i;
