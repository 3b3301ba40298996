/**
 * Reads packets and prints what the engine makes of them, a JSON object a line: for the tests beside it. Input (stdin):
 * a classic pcap file. Arguments: option=value as in EngineOptions, and drainEvery=N packets, batch=N, raw=1, uncounted=1.
 */
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "flow/engine.h"
#include "flow/observation.h"

using namespace skein::flow;

namespace {

std::map<std::string, long> given;

long option(const char* name, long otherwise) {
  const auto found = given.find(name);
  return found == given.end() ? otherwise : found->second;
}

std::string hex(const uint8_t* at, size_t size) {
  std::string text;
  char digits[3];
  for (size_t i = 0; i < size; i++) {
    snprintf(digits, sizeof digits, "%02x", at[i]);
    text += digits;
  }
  return text;
}

template <typename Part>
Part take(const uint8_t*& at) {
  Part part;
  memcpy(&part, at, sizeof part);
  at += sizeof part;
  return part;
}

template <typename Number>
void pair(const char* name, const Number (&values)[2]) {
  printf(",\"%s\":[%.17g,%.17g]", name, static_cast<double>(values[0]), static_cast<double>(values[1]));
}

void printTcp(const TcpPart& part) {
  printf(",\"tcp\":{\"smoothedRttNs\":%u", part.smoothedRttNs);
  pair("synMs", part.synMs);
  pair("finMs", part.finMs);
  pair("rstMs", part.rstMs);
  pair("retransmissions", part.retransmissions);
  pair("outOfOrder", part.outOfOrder);
  pair("skipped", part.skipped);
  pair("skippedBytes", part.skippedBytes);
  pair("segments", part.segments);
  pair("payloadBytes", part.payloadBytes);
  pair("synTtl", part.synTtl);
  pair("flags", part.flags);
  printf("}");
}

void printPayloads(const uint8_t*& at) {
  const auto part = take<PayloadPart>(at);
  printf(",\"payloads\":[");
  for (uint32_t i = 0; i < part.count; i++) {
    const auto head = take<PayloadHead>(at);
    printf("%s{\"ms\":%.17g,\"fromHi\":%u,\"sequence\":%u,\"bytes\":\"%s\"}", i == 0 ? "" : ",", head.ms, head.fromHi,
           head.sequence, hex(at, head.size).c_str());
    at += (head.size + 7u) & ~7u;
  }
  printf("]");
}

void printObservation(const uint8_t* at) {
  const auto seen = take<Observation>(at);
  printf("{\"kind\":\"observation\",\"flags\":%u,\"source\":%u,\"family\":%u,\"protocol\":%u,\"etherType\":%u", seen.flags,
         seen.source, seen.family, seen.protocol, seen.etherType);
  printf(",\"icmp\":[%u,%u,%u]", seen.icmpClass, seen.icmpCode, seen.icmpId);
  const size_t addressBytes = seen.family == 4 ? 4 : seen.family == 6 ? 16 : 0;
  printf(",\"lo\":\"%s\",\"hi\":\"%s\"", hex(seen.lo, addressBytes).c_str(), hex(seen.hi, addressBytes).c_str());
  printf(",\"ports\":[%u,%u],\"loMac\":\"%s\",\"hiMac\":\"%s\"", seen.loPort, seen.hiPort, hex(seen.loMac, 6).c_str(),
         hex(seen.hiMac, 6).c_str());
  printf(",\"linkId\":%.17g,\"networkId\":%u,\"layers\":[", static_cast<double>(seen.linkId), seen.networkId);
  for (int i = 0; i < 12 && seen.layers[i] != 0; i++) printf("%s%u", i == 0 ? "" : ",", seen.layers[i]);
  printf("],\"rttNs\":%u,\"trackingId\":\"%016lx\",\"key\":\"%016lx\",\"parentKey\":\"%016lx\"", seen.rttNs, seen.trackingId,
         seen.key, seen.parentKey);
  printf(",\"packets\":[%.17g,%.17g],\"bytes\":[%.17g,%.17g]", seen.loPackets, seen.hiPackets, seen.loBytes, seen.hiBytes);
  printf(",\"firstMs\":%.17g,\"lastMs\":%.17g", seen.firstMs, seen.lastMs);
  if ((seen.parts & kTcpPart) != 0) printTcp(take<TcpPart>(at));
  if ((seen.parts & kIpPart) != 0) {
    const auto part = take<IpPart>(at);
    printf(",\"ip\":[%u,%u]", part.fragments, part.fragmentErrors);
  }
  if ((seen.parts & kPayloadPart) != 0) printPayloads(at);
  printf("}\n");
}

void printAll(Engine& engine, double nowMs) {
  std::vector<uint8_t> out;
  const auto most = static_cast<size_t>(option("most", 1 << 30));
  while (engine.drain(out, nowMs, most)) {
  }
  for (size_t at = 0; at < out.size();) {
    uint16_t size;
    memcpy(&size, &out[at], sizeof size);
    printObservation(&out[at]);
    at += size;
  }
  std::vector<uint8_t> raw;
  engine.drainRaw(raw);
  for (const uint8_t* at = raw.data(); at < raw.data() + raw.size();) {
    const auto head = take<RawPacket>(at);
    printf("{\"kind\":\"raw\",\"key\":\"%016lx\",\"linkType\":%u,\"ms\":%.17g,\"length\":%u,\"bytes\":\"%s\"}\n", head.key,
           head.linkType, head.ms, head.length, hex(at, head.captured).c_str());
    at += (head.captured + 7u) & ~7u;
  }
}

struct Record {
  uint32_t seconds, fraction, captured, length;
};

}  // namespace

int main(int count, char** arguments) {
  for (int i = 1; i < count; i++) {
    const std::string text = arguments[i];
    const size_t sign = text.find('=');
    given[text.substr(0, sign)] = atol(text.c_str() + sign + 1);
  }
  EngineOptions options;
  options.source = static_cast<uint32_t>(option("source", 7));
  options.isL3Key = option("isL3Key", 0) != 0;
  options.defragment = option("defragment", 0) != 0;
  options.reassemble = option("reassemble", 0) != 0;
  options.payloadBytes = static_cast<uint32_t>(option("payloadBytes", 0));
  options.payloadPackets = static_cast<uint32_t>(option("payloadPackets", 0));
  options.rawPacketLimit = static_cast<uint32_t>(option("rawPacketLimit", 0));
  options.rawBytes = static_cast<uint32_t>(option("rawBytes", 0));
  options.conversationsMax = static_cast<size_t>(option("conversationsMax", 262144));
  options.idleMs = static_cast<uint32_t>(option("idleMs", 30000));

  std::vector<uint8_t> file;
  uint8_t buffer[65536];
  for (size_t got; (got = fread(buffer, 1, sizeof buffer, stdin)) > 0;) file.insert(file.end(), buffer, buffer + got);
  uint32_t magic, linkType;
  memcpy(&magic, &file[0], 4);
  memcpy(&linkType, &file[20], 4);
  const int64_t unitNs = magic == 0xa1b23c4d ? 1 : 1000;

  Engine engine(options);
  std::vector<Packet> packets;
  // Each in memory of its own, so that a sanitizer sees a byte too many.
  std::vector<std::vector<uint8_t>> bodies;
  for (size_t at = 24; at + sizeof(Record) <= file.size();) {
    Record record;
    memcpy(&record, &file[at], sizeof record);
    at += sizeof record;
    bodies.emplace_back(&file[at], &file[at] + record.captured);
    packets.push_back({record.seconds * int64_t{1'000'000'000} + record.fraction * unitNs, linkType, nullptr, record.captured,
                       record.length, option("uncounted", 0) == 0});
    at += record.captured;
  }
  for (size_t i = 0; i < packets.size(); i++) packets[i].data = bodies[i].data();
  const auto drainEvery = static_cast<size_t>(option("drainEvery", 1 << 30));
  const auto batch = static_cast<size_t>(option("batch", 1 << 30));
  double nowMs = 0;
  for (size_t at = 0; at < packets.size();) {
    const size_t left = std::min(packets.size() - at, drainEvery - at % drainEvery);
    const size_t some = std::min(left, batch);
    engine.packets(&packets[at], some);
    at += some;
    nowMs = static_cast<double>(packets[at - 1].timestampNs) / 1e6;
    if (at % drainEvery == 0) printAll(engine, nowMs);
  }
  printAll(engine, nowMs + static_cast<double>(option("waitMs", 0)));
  const EngineCounters counters = engine.counters();
  printf("{\"kind\":\"counters\",\"packets\":%lu,\"bytes\":%lu,\"undecoded\":%lu,\"notCounted\":%lu,\"notCountedBytes\":%lu,"
         "\"rawDropped\":%lu,\"fragmentsDropped\":%lu}\n",
         counters.packets, counters.bytes, counters.undecoded, counters.notCounted, counters.notCountedBytes,
         counters.rawDropped, counters.fragmentsDropped);
}
