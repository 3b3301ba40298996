/** A private authority and the certificate of a server, made on this machine. Loaded when somebody makes one. */
import { webcrypto } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { X509Certificate as Certificate } from '@peculiar/x509';
import { mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';
import './reflected.ts';

// Not before what it needs has been put there.
const {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} = await import('@peculiar/x509');

type CryptoKeyPair = webcrypto.CryptoKeyPair;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
const authorityDays = 3650;
/** As long as clients of all kinds accept one (CA/Browser Forum: 398 days). */
export const serverDays = 397;
const renewDays = 30;
/** Clocks of other machines may be behind. */
const earlyMs = 3_600_000;

export interface CertificateFiles {
  readonly authority: string;
  readonly authorityKey: string;
  readonly cert: string;
  readonly key: string;
}

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly isAuthority: boolean;
  /** SHA-256 of it, as openssl writes it. */
  readonly fingerprint: string;
}

export function certificateFiles(folder: string): CertificateFiles {
  const at = (name: string) => join(folder, name);
  return { authority: at('ca.crt'), authorityKey: at('ca.key'), cert: at('server.crt'), key: at('server.key') };
}

/** Makes what is not there, what ends within a month, and what is not for these names; else leaves all as it is. */
export async function initCertificates(
  folder: string,
  {
    names,
    now,
    isRenewed = false,
  }: { readonly names: readonly string[]; readonly now: number; readonly isRenewed?: boolean },
): Promise<{ readonly files: CertificateFiles; readonly made: readonly string[] }> {
  const files = certificateFiles(folder);
  mkdirPrivate(folder);
  const made: string[] = [];
  if (!existsSync(files.authority) || !existsSync(files.authorityKey)) {
    if (existsSync(files.authority) !== existsSync(files.authorityKey))
      throw mistake(
        'cert.half',
        `of the authority in ${folder} one half is missing`,
        'bring it back, or remove the other',
      );
    const { certificate, keys } = await newAuthority(now);
    await write(files.authorityKey, keys.privateKey);
    writePublic(files.authority, certificate.toString('pem'));
    made.push(files.authority, files.authorityKey);
  }
  if (made.length > 0 || isRenewed || !(await fits(files, names, now))) {
    const authority = new X509Certificate(read(files.authority));
    const { certificate, keys } = await newServer(authority, await keyIn(files.authorityKey), names, now);
    await write(files.key, keys.privateKey);
    writePublic(files.cert, `${certificate.toString('pem')}\n`);
    made.push(files.cert, files.key);
  }
  return { files, made };
}

export async function factsOf(file: string): Promise<CertificateFacts> {
  const text = read(file);
  let certificate: Certificate;
  try {
    certificate = new X509Certificate(text);
  } catch {
    throw mistake('cert.file', `${file} is no certificate in PEM`);
  }
  const print = Buffer.from(await certificate.getThumbprint('SHA-256'))
    .toString('hex')
    .toUpperCase();
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    names: namesOf(certificate),
    from: certificate.notBefore.getTime(),
    to: certificate.notAfter.getTime(),
    isAuthority: certificate.getExtension(BasicConstraintsExtension)?.ca === true,
    fingerprint: print.replace(/..(?!$)/g, '$&:'),
  };
}

async function newAuthority(now: number): Promise<{ certificate: Certificate; keys: CryptoKeyPair }> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // Two of them on one machine can be told apart.
    name: `CN=Skein private authority ${new Date(now).toISOString().slice(0, 10)}, O=Skein`,
    notBefore: new Date(now - earlyMs),
    notAfter: new Date(now + authorityDays * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

async function newServer(
  authority: Certificate,
  signingKey: webcrypto.CryptoKey,
  names: readonly string[],
  now: number,
): Promise<{ certificate: Certificate; keys: CryptoKeyPair }> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [names[0] ?? 'skein'] }],
    issuer: authority.subject,
    notBefore: new Date(now - earlyMs),
    notAfter: new Date(Math.min(now + serverDays * dayMs, authority.notAfter.getTime())),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  return { certificate, keys };
}

async function fits(
  { cert, key, authority }: CertificateFiles,
  names: readonly string[],
  now: number,
): Promise<boolean> {
  if (!existsSync(cert) || !existsSync(key)) return false;
  const there = new X509Certificate(read(cert));
  const has = new Set(namesOf(there));
  const isOurs = await there.verify({ publicKey: new X509Certificate(read(authority)).publicKey, signatureOnly: true });
  return isOurs && names.every((name) => has.has(name)) && there.notAfter.getTime() - now > renewDays * dayMs;
}

function namesOf(certificate: Certificate): string[] {
  const names = certificate.getExtension(SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
  return names.map(({ value }) => value);
}

function newKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
}

async function keyIn(file: string): Promise<webcrypto.CryptoKey> {
  const [der] = PemConverter.decode(read(file));
  if (der === undefined) throw mistake('cert.key', `${file} is no key in PEM`);
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Unavailable(`the file ${file}`, `read access (${(error as Error).message})`, { cause: error });
  }
}

async function write(file: string, key: webcrypto.CryptoKey): Promise<void> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  replace(file, `${PemConverter.encode(der, 'PRIVATE KEY')}\n`, 0o600);
}

function writePublic(file: string, text: string): void {
  replace(file, text, 0o644);
}

/** Never half of it: a server that reads it again meanwhile gets the old or the new one. */
function replace(file: string, text: string, mode: number): void {
  try {
    writeFileSync(`${file}.new`, text, { mode });
    chmodSync(`${file}.new`, mode);
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new Unavailable(`the file ${file}`, `write access (${(error as Error).message})`, { cause: error });
  }
}

function mkdirPrivate(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw new Unavailable(`the folder ${folder}`, `write access (${(error as Error).message})`, { cause: error });
  }
}
