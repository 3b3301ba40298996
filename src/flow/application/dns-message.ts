/** One DNS message under the names that flows have for it. */
import type { Layer } from '../flow.ts';
import { ByteReader } from './byte-reader.ts';
import { dnsName } from './dns-name.ts';
import { dnsClass, dnsType, operations, responseCodes } from './dns-numbers.ts';
import { dnsRecords } from './dns-record.ts';

export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  readonly ms: number;
  readonly layer: Layer;
}

/** More than one is hardly ever sent; a message that claims more is none. */
const questionsMax = 16;

/** Undefined when header and questions are not whole and sound. Records are read as far as they are. */
export function dnsMessage(bytes: Uint8Array, ms: number): DnsMessage | undefined {
  const reader = new ByteReader(bytes);
  const [id, flags] = [reader.u16(), reader.u16()];
  const [questionCount, answerCount, authorityCount, additionalCount] = [
    reader.u16(),
    reader.u16(),
    reader.u16(),
    reader.u16(),
  ];
  const operation = operations[(flags >> 11) & 0xf];
  if (reader.isCut || operation === undefined || questionCount > questionsMax) return undefined;
  const questions = questionsOf(reader, questionCount);
  if (!questions) return undefined;
  const answers = dnsRecords(reader, answerCount);
  const authorities = dnsRecords(reader, authorityCount);
  const additionals = dnsRecords(reader, additionalCount);
  // EDNS has the upper eight bits of the code (RFC 6891 §6.1.3).
  const code = (additionals.extendedCode << 4) | (flags & 0xf);
  const isResponse = (flags & 0x8000) !== 0;
  const [name, mnemonic] = responseCodes[code] ?? [String(code), String(code)];
  const layer = {
    ID: id,
    QR: isResponse,
    op_code: operation,
    AA: (flags & 0x400) !== 0,
    TC: (flags & 0x200) !== 0,
    RD: (flags & 0x100) !== 0,
    RA: (flags & 0x80) !== 0,
    z: (flags >> 4) & 7,
    response_code: name,
    ...(isResponse && { response_code_name: mnemonic }),
    q_d_count: questionCount,
    a_n_count: answerCount,
    n_s_count: authorityCount,
    a_r_count: additionalCount,
    questions,
    answers: answers.records,
    authorities: authorities.records,
    additionals: additionals.records,
    timestamp: new Date(Math.min(Math.max(ms, 0), 8.64e15)).toISOString(),
  };
  return { id, isResponse, ms, layer };
}

function questionsOf(reader: ByteReader, count: number): Layer[] | undefined {
  const questions: Layer[] = [];
  for (let i = 0; i < count; i++) {
    const name = dnsName(reader);
    const [type, klass] = [reader.u16(), reader.u16()];
    if (name === undefined || reader.isCut) return undefined;
    // Multicast DNS has a wish for a unicast response in the highest bit (RFC 6762 §5.4).
    questions.push({ name, type: dnsType(type), class: dnsClass(klass & 0x7fff) });
  }
  return questions;
}
