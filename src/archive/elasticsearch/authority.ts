/**
 * An authority that is known by its fingerprint alone: its certificate is taken from what the server shows, and then
 * vouches for the connections, which are checked as with any other. That its fingerprint is somewhere in what the server
 * shows would say little: certificates are no secrets.
 */
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { Unavailable } from '../../std/unavailable.ts';
import { connectionNeeds } from './failure.ts';

/** Certificates in one chain. */
const CHAIN_MAX = 20;

/** PEM. Throws Unavailable when the server is away, or shows no such certificate. */
export async function authorityOf(
  url: URL,
  {
    fingerprint,
    place,
    timeoutMs,
  }: { readonly fingerprint: string; readonly place: string; readonly timeoutMs: number },
): Promise<string> {
  const wanted = plain(fingerprint);
  for (const certificate of chainOf(await shown(url, place, timeoutMs)))
    if (plain(certificate.fingerprint256) === wanted) return pem(certificate.raw);
  throw new Unavailable(
    `history in ${place}`,
    'another fingerprint: the server shows no certificate that has this one',
  );
}

/** Without the last word on whether it can be trusted. */
function shown({ hostname, port }: URL, place: string, timeoutMs: number): Promise<DetailedPeerCertificate> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const fail = (message: string) => {
      socket.destroy();
      reject(new Unavailable(`history in ${place}`, connectionNeeds(message)));
    };
    const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    const socket = connect({ host, port: Number(port || 443), rejectUnauthorized: false, ...name }, () => {
      resolve(socket.getPeerCertificate(true));
      socket.destroy();
    });
    socket.setTimeout(timeoutMs, () => fail('no answer in time'));
    socket.once('error', ({ message }) => fail(message));
  });
}

function* chainOf(first: DetailedPeerCertificate): Generator<DetailedPeerCertificate> {
  const seen = new Set<string>();
  for (
    let at: DetailedPeerCertificate | undefined = first;
    at?.raw && seen.size < CHAIN_MAX;
    at = at.issuerCertificate
  ) {
    if (seen.has(at.fingerprint256)) return;
    seen.add(at.fingerprint256);
    yield at;
  }
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
