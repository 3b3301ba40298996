import { decodeApplication } from '../../../src/flow/application/index.ts';
import { dhcp, dns, tls } from './heard.ts';

const text = (value: string) => new TextEncoder().encode(value);
const fromHex = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** A conversation from port 40000 (hi) to the given one (lo): what the client said has its bytes in `up`. */
function decode(
  protocol: number,
  port: number,
  said: readonly { up?: Uint8Array; down?: Uint8Array; ms?: number; sequence?: number }[],
) {
  const payloads = said.map(({ up, down, ms = 0, sequence = 0 }) => ({
    ms,
    fromHi: up !== undefined,
    sequence,
    bytes: up ?? down ?? new Uint8Array(),
  }));
  return decodeApplication({ protocol, loPort: port, hiPort: 40_000, startedByHi: true, payloads });
}

describe('DNS', () => {
  test('a response is shown with its question, its answers and how long it took', () => {
    const found = decode(17, 53, [
      { up: dns.askA, ms: 1_000 },
      { up: dns.askAaaa, ms: 1_000.5 },
      { down: dns.answerAaaa, ms: 1_009.5 },
      { down: dns.answerA, ms: 1_010 },
    ]);
    expect(found).toMatchObject({ name: 'DNS', path: ['DNS'], latencyMs: 9 });
    const answer = { name: 'www.google.com', type: 'A', class: 'IN', TTL: 299, data_length: 4 };
    expect(found?.layers.DNS).toEqual({
      ID: 59414,
      QR: true,
      op_code: 'Query',
      AA: false,
      TC: false,
      RD: true,
      RA: true,
      z: 0,
      response_code: 'No Error',
      response_code_name: 'NOERROR',
      q_d_count: 1,
      a_n_count: 5,
      n_s_count: 0,
      a_r_count: 0,
      questions: [{ name: 'www.google.com', type: 'A', class: 'IN' }],
      answers: [147, 146, 144, 148, 145].map((last) => ({ ...answer, IP: `173.194.40.${last}` })),
      authorities: [],
      additionals: [],
      timestamp: '1970-01-01T00:00:01.010Z',
      latency_ms: 9,
    });
  });

  test('IPv6 addresses are written the short way', () => {
    const found = decode(17, 53, [{ down: dns.answerAaaa }]);
    expect(found?.layers.DNS).toMatchObject({ answers: [{ type: 'AAAA', IP: '2a00:1450:4007:808::1013' }] });
    expect(found).not.toHaveProperty('latencyMs');
  });

  test('a query that was sent twice counts from its first time', () => {
    const found = decode(17, 53, [
      { up: dns.askA, ms: 0 },
      { up: dns.askA, ms: 5_000 },
      { down: dns.answerA, ms: 5_010 },
    ]);
    expect(found?.latencyMs).toBe(5_010);
  });

  // One answer section with each type that has a key of its own; names point back to example.com of the question.
  const records = [
    ['c00c 0002 0001 00000001 0005 026e73c00c', { type: 'NS', NS: 'ns.example.com' }],
    ['c00c 0005 0001 00000001 0006 03777777c00c', { type: 'CNAME', c_name: 'www.example.com' }],
    ['c00c 000c 0001 00000001 0002 c00c', { type: 'PTR', PTR: 'example.com' }],
    [
      'c00c 0006 0001 00000001 001d 026e73c00c 01 61 c00c 00000001 00000002 00000003 00000004 00000005',
      {
        type: 'SOA',
        SOA: {
          m_name: 'ns.example.com',
          r_name: 'a.example.com',
          serial: 1,
          refresh: 2,
          retry: 3,
          expire: 4,
          minimum: 5,
        },
      },
    ],
    ['c00c 000f 0001 00000001 0004 000a c00c', { type: 'MX', MX: { preference: 10, name: 'example.com' } }],
    [
      'c00c 0021 0001 00000001 0008 0001 0002 01bb c00c',
      { type: 'SRV', SRV: { priority: 1, weight: 2, port: 443, name: 'example.com' } },
    ],
    ['c00c 0010 0001 00000001 0006 0276 31 02 ff 21', { type: 'TXT', TXTs: ['v1', '\\255!'] }],
    ['c00c 000d 0001 00000001 0004 01 61 01 62', { type: 'HINFO', TXTs: ['a', 'b'] }],
    [
      '00 0029 04d0 00000000 000c 000a 0008 0102030405060708',
      { type: 'OPT', class: '1232', OPT: [{ code: 'Cookie' }] },
    ],
    ['c00c 0041 0001 00000001 0003 000100', { type: 'HTTPS', data_length: 3 }],
  ] as const;

  test.each(records)('the record %s is read', (hex, expected) => {
    const message = fromHex(`0001 8180 0001 0001 0000 0000 07 6578616d706c65 03 636f6d 00 00ff 0001 ${hex}`);
    expect(decode(17, 53, [{ down: message }])?.layers.DNS).toMatchObject({ answers: [expected] });
  });

  test('EDNS has the upper half of the response code', () => {
    const message = fromHex('0001 8180 0000 0000 0000 0001 00 0029 04d0 01000000 0000');
    expect(decode(17, 53, [{ down: message }])?.layers.DNS).toMatchObject({
      response_code: 'Bad OPT Version',
      response_code_name: 'BADVERS',
    });
  });

  test('over TCP messages follow their length, in however many segments', () => {
    const framed = (message: Uint8Array) => new Uint8Array([0, message.length, ...message]);
    const [asked, answered] = [framed(dns.askA), framed(dns.answerA)];
    const found = decode(6, 53, [
      { up: asked.subarray(0, 1), ms: 1, sequence: 0xffff_ffff },
      { up: asked.subarray(1), ms: 2, sequence: 0 },
      { down: answered.subarray(50), ms: 6, sequence: 150 },
      { down: answered.subarray(0, 50), ms: 5, sequence: 100 },
    ]);
    expect(found?.layers.DNS).toMatchObject({ ID: 59414, QR: true, a_n_count: 5 });
    expect(found?.latencyMs).toBe(5);
  });

  test.each([5353, 5355])('port %i is DNS of the link', (port) => {
    expect(decode(17, port, [{ up: dns.askA }])?.path).toEqual(['DNS']);
  });

  test.each([
    ['points at itself', '0001 0100 0001 0000 0000 0000 c00c 0001 0001'],
    ['points forward', '0001 0100 0001 0000 0000 0000 c00e 0161 00 0001 0001'],
    ['is longer than a name may be', `0001 0100 0001 0000 0000 0000 ${'3f'.padEnd(128, '61').repeat(4)} 00 0001 0001`],
    ['has a label of a kind that is not used', '0001 0100 0001 0000 0000 0000 8061 00 0001 0001'],
  ])('a name that %s is none', (_, hex) => {
    expect(decode(17, 53, [{ up: fromHex(hex) }])).toBeUndefined();
  });

  test('of a message that was cut the records are shown that are whole', () => {
    const found = decode(17, 53, [{ down: dns.answerA.subarray(0, 70) }]);
    expect(found?.layers.DNS).toMatchObject({
      a_n_count: 5,
      answers: [{ IP: '173.194.40.147' }, { IP: '173.194.40.146' }],
    });
  });

  test('more records than are shown are counted', () => {
    const records = 'c00c 0001 0001 00000001 0004 01020304'.repeat(100);
    const message = fromHex(`0001 8180 0001 0064 0000 0000 0161 00 0001 0001 ${records}`);
    const layer = decode(17, 53, [{ down: message }])?.layers.DNS;
    expect(layer).toMatchObject({ a_n_count: 100 });
    expect(layer?.answers).toHaveLength(64);
  });
});

describe('DHCPv4', () => {
  const decodeDhcp = (...payloads: readonly Uint8Array[]) =>
    decodeApplication({
      protocol: 17,
      loPort: 67,
      hiPort: 68,
      startedByHi: true,
      payloads: payloads.map((bytes) => ({ ms: 0, fromHi: true, sequence: 0, bytes })),
    });

  test('an acknowledgement shows what was given', () => {
    const found = decodeDhcp(dhcp.discover, dhcp.ack);
    expect(found).toMatchObject({ name: 'DHCPv4', path: ['DHCPv4'] });
    expect(found?.layers.DHCPv4).toMatchObject({
      op: 2,
      hardware_len: 6,
      hardware_opts: 0,
      secs: 0,
      flags: 0,
      server_name: '',
      file: '',
      xid: 2901278514,
      your_ip: '10.9.0.30',
      client_mac: '7e:19:79:ac:47:c5',
      message_type: 'ACK',
    });
    expect(found?.layers.DHCPv4?.options).toEqual([
      { code: 53, name: 'message_type', value: 'ACK' },
      { code: 54, name: 'server_id', value: '10.9.0.1' },
      { code: 51, name: 'lease_s', value: 3600 },
      { code: 1, name: 'subnet_mask', value: '255.255.255.0' },
      { code: 3, name: 'router', value: ['10.9.0.1'] },
      { code: 6, name: 'dns', value: ['10.9.0.53', '10.9.0.54'] },
    ]);
  });

  test('an option that is not known has its bytes', () => {
    const found = decodeDhcp(dhcp.discover);
    expect(found?.layers.DHCPv4).toMatchObject({ message_type: 'DISCOVER' });
    expect(found?.layers.DHCPv4?.options).toContainEqual({ code: 61, value: '017e1979ac47c5' });
    expect(found?.layers.DHCPv4?.options).toContainEqual({ code: 12, name: 'host_name', value: 'probe' });
  });

  test('other ports are another application', () => {
    expect(decode(17, 67, [{ up: dhcp.discover }])).toBeUndefined();
  });
});

describe('VRRP', () => {
  const decodeVrrp = (hex: string) => decode(112, 0, [{ up: fromHex(hex) }]);

  test('version 2 is shown in full', () => {
    const found = decodeVrrp('2133 6402 0001 beef c0a80001 c0a80002 0000000000000000');
    expect(found).toEqual({
      name: 'VRRP',
      path: ['VRRP'],
      layers: {
        VRRPv2: {
          version: 2,
          virtual_rtrID: 51,
          priority: 100,
          count_ipaddr: 2,
          adver_int: 1,
          auth_type: 0,
          checksum: 0xbeef,
          addresses: ['192.168.0.1', '192.168.0.2'],
        },
      },
    });
  });

  test('version 3 has hundredths of seconds, and addresses of IPv6 too', () => {
    const found = decodeVrrp('3133 6401 0064 beef fe800000000000000000000000000001');
    expect(found?.layers.VRRPv2).toMatchObject({ version: 3, adver_int: 100, addresses: ['fe80::1'] });
  });

  test('what claims more addresses than there are is none', () => {
    expect(decodeVrrp('2133 6403 0001 beef c0a80001 c0a80002')).toBeUndefined();
  });
});

describe('TLS', () => {
  test('of TLS 1.3 it is told whom the client asked for and what was chosen, though not which protocol', () => {
    const found = decode(6, 8443, [{ up: tls.v13.client }, { down: tls.v13.server }]);
    expect(found).toEqual({
      name: 'TLS',
      path: ['TLS'],
      layers: {
        TLS: {
          sni: 'www.example.test',
          alpn_offered: ['h2', 'http/1.1'],
          versions_offered: ['TLSv1.3', 'TLSv1.2'],
          version: 'TLSv1.3',
          cipher: 'TLS_AES_256_GCM_SHA384',
        },
      },
    });
  });

  test('of TLS 1.2 also which protocol', () => {
    const found = decode(6, 443, [{ up: tls.v12.client }, { down: tls.v12.server }]);
    expect(found?.layers.TLS).toMatchObject({
      version: 'TLSv1.2',
      cipher: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      alpn: 'h2',
    });
  });

  test.each([1, 5, 43, 100, 200])('a hello in segments of %i bytes, out of order and twice, is one', (size) => {
    const { client } = tls.v13;
    const segments = Array.from({ length: Math.ceil(client.length / size) }, (_, at) => ({
      up: client.subarray(at * size, (at + 1) * size),
      sequence: (0xffff_ff00 + at * size) % 2 ** 32,
    }));
    const found = decode(6, 443, [...segments.toReversed(), ...segments]);
    expect(found?.layers.TLS).toMatchObject({ sni: 'www.example.test', alpn_offered: ['h2', 'http/1.1'] });
  });

  test('a hello over several records is one', () => {
    const body = tls.v13.client.subarray(5);
    const record = (part: Uint8Array) => [22, 3, 1, part.length >> 8, part.length & 255, ...part];
    const up = new Uint8Array([...record(body.subarray(0, 100)), ...record(body.subarray(100))]);
    expect(decode(6, 443, [{ up }])?.layers.TLS).toMatchObject({ sni: 'www.example.test' });
  });

  test('a segment that is missing ends what is known', () => {
    const { client } = tls.v12;
    const found = decode(6, 443, [
      { up: client.subarray(0, 120), sequence: 1 },
      { up: client.subarray(200), sequence: 201 },
    ]);
    expect(found?.layers.TLS).toMatchObject({ sni: 'www.example.test' });
    expect(found?.layers.TLS).not.toHaveProperty('alpn_offered');
  });
});

describe('HTTP', () => {
  test('request and response are shown, and the conversation stays TCP', () => {
    const up = text('GET /a?b=c HTTP/1.1\r\nHost: www.example.test\r\nuser-agent:  curl/8\r\nAccept: */*\r\n\r\n');
    const down = text('HTTP/1.1 404 Not Found\r\nServer: nginx\r\n\r\nHost: body');
    expect(decode(6, 80, [{ up }, { down }])).toEqual({
      name: 'TCP',
      layers: {
        HTTP: {
          method: 'GET',
          path: '/a?b=c',
          version: '1.1',
          host: 'www.example.test',
          user_agent: 'curl/8',
          status: 404,
          server: 'nginx',
        },
      },
    });
  });

  test('a long path is cut, and control characters are shown as numbers', () => {
    const up = text(`GET /${'x'.repeat(500)}\x1b HTTP/1.0\r\n\r\n`);
    expect(decode(6, 8080, [{ up }])?.layers.HTTP?.path).toBe(`/${'x'.repeat(255)}`);
    const control = text('GET / HTTP/1.0\r\nHost: \x1b[2J\r\n\r\n');
    expect(decode(6, 8080, [{ up: control }])?.layers.HTTP?.host).toBe('\\027[2J');
  });

  test.each(['HELO mail\r\n', 'GET / HTTP/2.0\r\n', 'get / HTTP/1.1\r\n', 'GET /', '\r\nGET / HTTP/1.1\r\n'])(
    '%j is something else',
    (line) => {
      expect(decode(6, 80, [{ up: text(line) }])).toBeUndefined();
    },
  );
});

describe('QUIC', () => {
  test('a long header of version 1 to port 443 is named', () => {
    const up = fromHex('c3 00000001 08 0001020304050607');
    expect(decode(17, 443, [{ up }])).toEqual({ name: 'QUIC', layers: {} });
    expect(decode(17, 4433, [{ up }])).toBeUndefined();
    expect(decode(17, 443, [{ up: fromHex('43 00000001 08 00') }])).toBeUndefined();
  });
});

test('nothing at all is nothing', () => {
  for (const protocol of [0, 6, 17, 112, 255]) {
    expect(decode(protocol, 53, [])).toBeUndefined();
    expect(decode(protocol, 53, [{ up: new Uint8Array() }])).toBeUndefined();
  }
});
