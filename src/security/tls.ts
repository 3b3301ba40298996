/** Certificate and key of a server: read and checked at the start, read again when their files change. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { TlsOptions } from 'node:tls';
import { Mistake, mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** Whoever connects has to show a certificate that this authority has made. */
  readonly clientCa?: string | undefined;
}

export type TlsSettings = Pick<TlsOptions, 'cert' | 'key' | 'ca' | 'requestCert' | 'rejectUnauthorized' | 'minVersion'>;

const soonMs = 14 * 86_400_000;

export class TlsKeeper {
  readonly #files: TlsFiles;
  readonly #now: () => number;
  #stamp: string;
  #settings: TlsSettings;
  #expiresAt: number;

  /** Throws a Mistake or Unavailable that names the file. */
  constructor(files: TlsFiles, now: () => number) {
    this.#files = files;
    this.#now = now;
    this.#stamp = stampOf(files);
    [this.#settings, this.#expiresAt] = read(files, now());
  }

  get settings(): TlsSettings {
    return this.#settings;
  }

  /** What its owner should know of. */
  get warning(): string | undefined {
    const left = this.#expiresAt - this.#now();
    if (left > soonMs) return undefined;
    const when = new Date(this.#expiresAt).toISOString();
    return `the certificate ${this.#files.cert} ${left <= 0 ? 'has expired' : 'expires'} ${when}: skein cert init makes a new one`;
  }

  /** True when there are new ones. Throws when they do not fit: the old ones go on. */
  refresh(): boolean {
    const stamp = stampOf(this.#files);
    if (stamp === this.#stamp) return false;
    this.#stamp = stamp;
    [this.#settings, this.#expiresAt] = read(this.#files, this.#now());
    return true;
  }
}

function read({ cert, key, clientCa }: TlsFiles, now: number): [TlsSettings, number] {
  const chain = fileOf(cert, 'the certificate');
  const secret = fileOf(key, 'the key');
  let expiresAt: number;
  try {
    const leaf = new X509Certificate(chain);
    expiresAt = Date.parse(leaf.validTo);
    if (!leaf.checkPrivateKey(createPrivateKey(secret)))
      throw mistake('tls.key', `the key ${key} is not that of the certificate ${cert}`);
    if (Date.parse(leaf.validFrom) > now)
      throw mistake('tls.cert', `the certificate ${cert} is not valid before ${leaf.validFrom}`, 'is the clock right?');
  } catch (error) {
    if (error instanceof Mistake) throw error;
    // What OpenSSL says names a routine; the file is what helps.
    throw mistake('tls.cert', `${cert} and ${key} are no certificate and its key in PEM`, 'skein cert init makes both');
  }
  const ca = clientCa === undefined ? undefined : fileOf(clientCa, "the authority of clients' certificates");
  const settings: TlsSettings = {
    cert: chain,
    key: secret,
    minVersion: 'TLSv1.2',
    ...(ca && { ca, requestCert: true, rejectUnauthorized: true }),
  };
  return [settings, expiresAt];
}

function fileOf(name: string, what: string): Buffer {
  try {
    return readFileSync(name);
  } catch (error) {
    throw new Unavailable(`${what} ${name}`, `read access (${(error as Error).message})`, { cause: error });
  }
}

function stampOf({ cert, key, clientCa }: TlsFiles): string {
  return [cert, key, clientCa]
    .map((file) => {
      const found = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false, bigint: true });
      return found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeNs}`;
    })
    .join(' ');
}
