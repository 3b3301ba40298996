/**
 * Mutated packets through the engine, to be built with sanitizers. Input (stdin): a pcap file with packets to begin from.
 * Arguments: packets, seed. Each round has other options. Fails when packets are neither in an observation nor said to
 * be missing, or when observations are not what they say they are.
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "flow/engine.h"
#include "flow/observation.h"

using namespace skein::flow;

namespace {

constexpr size_t kRound = 5000;
constexpr uint32_t kLinkTypes[] = {0, 1, 9, 12, 14, 101, 105, 108, 113, 228, 229, 276};

struct Seed {
  uint32_t linkType;
  std::vector<uint8_t> bytes;
};

std::mt19937_64 randomness;

uint64_t below(uint64_t end) { return end == 0 ? 0 : randomness() % end; }

[[noreturn]] void die(const char* what, uint64_t a, uint64_t b) {
  fprintf(stderr, "%s: %lu, %lu\n", what, a, b);
  exit(1);
}

/** Link types of the tests follow each other in one file: the upper bytes of a record's `length` have them. */
std::vector<Seed> seedsIn(const std::vector<uint8_t>& file) {
  std::vector<Seed> seeds;
  for (size_t at = 24; at + 16 <= file.size();) {
    uint32_t head[4];
    memcpy(head, &file[at], sizeof head);
    at += 16;
    seeds.push_back({head[3] >> 16, std::vector<uint8_t>(&file[at], &file[at] + head[2])});
    at += head[2];
  }
  return seeds;
}

std::vector<uint8_t> mutated(const std::vector<Seed>& seeds, const Seed& seed) {
  std::vector<uint8_t> bytes = seed.bytes;
  for (uint64_t times = below(6); times > 0 && !bytes.empty(); times--) {
    // Headers are in front.
    const size_t at = below(2) == 0 ? below(std::min<size_t>(bytes.size(), 96)) : below(bytes.size());
    switch (below(7)) {
      case 0:
        bytes[at] ^= static_cast<uint8_t>(1u << below(8));
        break;
      case 1:
        bytes[at] = static_cast<uint8_t>(randomness());
        break;
      case 2:
        bytes[at] = below(2) == 0 ? 0 : 0xff;
        break;
      case 3:
        bytes.resize(at);
        break;
      case 4: {
        const std::vector<uint8_t>& other = seeds[below(seeds.size())].bytes;
        const size_t from = below(other.size());
        bytes.resize(at);
        bytes.insert(bytes.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
        break;
      }
      case 5:
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), 1 + below(8), static_cast<uint8_t>(randomness()));
        break;
      default:
        bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at));
    }
    if (bytes.size() > 3000) bytes.resize(3000);
  }
  return bytes;
}

/** Packets of outermost conversations. */
uint64_t counted(const std::vector<uint8_t>& out) {
  double packets = 0;
  for (size_t at = 0; at < out.size();) {
    Observation seen;
    if (at + sizeof seen > out.size()) die("cut off", at, out.size());
    memcpy(&seen, &out[at], sizeof seen);
    size_t size = sizeof seen;
    if ((seen.parts & kTcpPart) != 0) size += sizeof(TcpPart);
    if ((seen.parts & kIpPart) != 0) size += sizeof(IpPart);
    if ((seen.parts & kPayloadPart) != 0) {
      PayloadPart part;
      memcpy(&part, &out[at + size], sizeof part);
      size += sizeof part + part.size;
    }
    if (size != seen.size || size % 8 != 0) die("size", size, seen.size);
    if (seen.layers[11] != 0) die("layers", seen.layers[11], 0);
    if (seen.layers[0] == 0) die("a conversation without a layer", seen.etherType, seen.networkId);
    if (seen.parentKey == 0) packets += seen.loPackets + seen.hiPackets;
    at += size;
  }
  return static_cast<uint64_t>(packets);
}

void round(const std::vector<Seed>& seeds, size_t count) {
  EngineOptions options;
  options.isL3Key = below(2) == 0;
  options.defragment = below(2) == 0;
  options.reassemble = below(2) == 0;
  options.payloadPackets = static_cast<uint32_t>(below(5));
  options.payloadBytes = static_cast<uint32_t>(below(3000));
  options.rawPacketLimit = static_cast<uint32_t>(below(4));
  options.rawBytes = static_cast<uint32_t>(below(300));
  options.conversationsMax = below(3) == 0 ? 1 + below(100) : 100'000;
  options.idleMs = static_cast<uint32_t>(below(2000));
  const bool isRoomy = options.conversationsMax == 100'000;
  Engine engine(options);
  std::vector<uint8_t> out, raw;
  std::vector<std::unique_ptr<uint8_t[]>> bodies;
  std::vector<Packet> packets;
  uint64_t sum = 0;
  int64_t now = 1'700'000'000'000'000'000;
  for (size_t i = 0; i < count; i++) {
    const Seed& seed = seeds[below(seeds.size())];
    const std::vector<uint8_t> bytes = mutated(seeds, seed);
    // In memory of their own, so that one byte too many is seen.
    bodies.emplace_back(new uint8_t[bytes.size()]);
    if (!bytes.empty()) memcpy(bodies.back().get(), bytes.data(), bytes.size());
    now += below(100) == 0 ? static_cast<int64_t>(randomness() >> below(60)) / 1000 : static_cast<int64_t>(below(20'000'000));
    if (now < 0 || now > 4'000'000'000'000'000'000) now = 1'700'000'000'000'000'000;
    const auto captured = static_cast<uint32_t>(bytes.size());
    packets.push_back({below(1000) == 0 ? static_cast<int64_t>(randomness()) : now,
                       below(20) == 0 ? kLinkTypes[below(12)] : seed.linkType, bodies.back().get(), captured,
                       below(10) == 0 ? static_cast<uint32_t>(below(70000)) : captured, true});
    if (below(50) != 0 && i + 1 < count) continue;
    engine.packets(packets.data(), packets.size());
    packets.clear();
    bodies.clear();
    if (below(3) != 0) continue;
    out.clear();
    engine.drain(out, static_cast<double>(now) / 1e6, below(200));
    sum += counted(out);
    raw.clear();
    engine.drainRaw(raw);
  }
  // Stopped in the middle, now and then: what was not drained must not leak.
  if (below(8) == 0) return;
  bool isMore = true;
  while (isMore) {
    out.clear();
    isMore = engine.drain(out, 1e300, 1000);
    sum += counted(out);
  }
  const EngineCounters counters = engine.counters();
  if (counters.packets != count) die("packets", counters.packets, count);
  const uint64_t said = sum + counters.notCounted;
  if (isRoomy ? said != count : said < count) die("packets that are nowhere", said, count);
}

}  // namespace

int main(int count, char** arguments) {
  const auto packets = static_cast<size_t>(count > 1 ? atol(arguments[1]) : 100'000);
  randomness.seed(static_cast<uint64_t>(count > 2 ? atol(arguments[2]) : 1));
  std::vector<uint8_t> file;
  uint8_t buffer[65536];
  for (size_t got; (got = fread(buffer, 1, sizeof buffer, stdin)) > 0;) file.insert(file.end(), buffer, buffer + got);
  const std::vector<Seed> seeds = seedsIn(file);
  if (seeds.empty()) die("no packets to begin from", 0, 0);
  for (size_t done = 0; done < packets; done += kRound) round(seeds, std::min(kRound, packets - done));
  printf("%zu packets\n", packets);
}
