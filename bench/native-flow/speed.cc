/**
 * How fast the engine is, beside the least that could be done: parse addresses and ports, add to a hash table, in a
 * plain loop. Both read the same image of a pcap file in memory: frames of 64 bytes, conversations in random order.
 * Arguments: conversations, packets, rounds. Prints a JSON object a line.
 */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

#include "flow/engine.h"

namespace {

using skein::flow::Engine;
using skein::flow::Packet;

struct RecordHead {
  uint32_t seconds, microseconds, captured, length;
};
constexpr size_t kFrameBytes = 64;
constexpr size_t kRecordBytes = sizeof(RecordHead) + kFrameBytes;

/** TCP segments for even conversations, UDP datagrams for odd ones. */
std::vector<uint8_t> pcapImage(uint32_t conversations, size_t packets) {
  std::vector<uint8_t> image(packets * kRecordBytes);
  std::vector<uint32_t> sequences(conversations);
  uint64_t state = 88172645463325252ull;
  for (size_t i = 0; i < packets; i++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    const auto which = static_cast<uint32_t>(state % conversations);
    const bool isTcp = which % 2 == 0;
    uint8_t* const record = &image[i * kRecordBytes];
    const RecordHead head{static_cast<uint32_t>(1'700'000'000 + i / 1'000'000), static_cast<uint32_t>(i % 1'000'000),
                          kFrameBytes, kFrameBytes};
    memcpy(record, &head, sizeof head);
    uint8_t* const frame = record + sizeof head;
    const uint8_t fixed[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 50, 0, 0, 0x40, 0, 64};
    memcpy(frame, fixed, sizeof fixed);
    frame[23] = isTcp ? 6 : 17;
    const uint32_t address = 0x0a000000 + which / 60000;
    for (int byte = 0; byte < 4; byte++) frame[26 + byte] = static_cast<uint8_t>(address >> (24 - 8 * byte));
    frame[30] = 192, frame[31] = 168, frame[33] = 1;
    const auto port = static_cast<uint16_t>(1024 + which % 60000);
    frame[34] = static_cast<uint8_t>(port >> 8), frame[35] = static_cast<uint8_t>(port);
    frame[36] = 0x1f, frame[37] = 0x90;
    if (isTcp) {
      uint32_t& sequence = sequences[which];
      for (int byte = 0; byte < 4; byte++) frame[38 + byte] = static_cast<uint8_t>(sequence >> (24 - 8 * byte));
      sequence += 10;
      frame[46] = 0x50, frame[47] = 0x10;
    } else {
      frame[39] = 30;
    }
  }
  return image;
}

/** Of this process: others on the machine do not count, only what they leave of its caches. */
double cpuSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/** The floor. */
class PlainTable {
 public:
  uint64_t run(const std::vector<uint8_t>& image) {
    for (size_t at = 0; at + sizeof(RecordHead) <= image.size();) {
      RecordHead head;
      memcpy(&head, &image[at], sizeof head);
      at += sizeof head;
      read(&image[at], head);
      at += head.captured;
    }
    return used_;
  }

 private:
  struct Key {
    uint32_t source[4], target[4];
    uint16_t sourcePort, targetPort;
    uint32_t protocol;
    uint64_t place;
  };
  struct Entry {
    Key key;
    uint64_t packets, bytes, first, last;
    uint32_t flags, isUsed;
  };

  void read(const uint8_t* frame, const RecordHead& head) {
    Key key{};
    if (head.captured < 38 || frame[12] != 8 || frame[13] != 0) return;
    const uint32_t transport = 14 + (frame[14] & 15u) * 4;
    key.protocol = frame[23];
    memcpy(&key.source[3], frame + 26, 4);
    memcpy(&key.target[3], frame + 30, 4);
    memcpy(&key.sourcePort, frame + transport, 2);
    memcpy(&key.targetPort, frame + transport + 2, 2);
    const uint32_t flags = key.protocol == 6 && head.captured >= transport + 14 ? frame[transport + 13] : 0;
    add(key, head, flags);
  }

  void add(const Key& key, const RecordHead& head, uint32_t flags) {
    uint64_t words[sizeof(Key) / 8];
    memcpy(words, &key, sizeof key);
    uint64_t hash = 0x9E3779B97F4A7C15ull;
    for (const uint64_t word : words) {
      hash = (hash ^ word) * 0xBF58476D1CE4E5B9ull;
      hash ^= hash >> 32;
    }
    const uint64_t now = head.seconds * uint64_t{1'000'000} + head.microseconds;
    for (size_t at = hash & (entries_.size() - 1);; at = (at + 1) & (entries_.size() - 1)) {
      Entry& entry = entries_[at];
      if (!entry.isUsed) {
        entry = {key, 1, head.length, now, now, flags, 1};
        used_++;
        return;
      }
      if (memcmp(&entry.key, &key, sizeof key) != 0) continue;
      entry.packets++;
      entry.bytes += head.length;
      entry.last = now;
      entry.flags |= flags;
      return;
    }
  }

  std::vector<Entry> entries_ = std::vector<Entry>(1 << 20);
  uint64_t used_ = 0;
};

uint64_t runEngine(const std::vector<uint8_t>& image) {
  Engine engine(skein::flow::EngineOptions{});
  constexpr size_t kSome = 256;
  Packet packets[kSome];
  size_t count = 0;
  for (size_t at = 0; at + sizeof(RecordHead) <= image.size();) {
    RecordHead head;
    memcpy(&head, &image[at], sizeof head);
    at += sizeof head;
    packets[count++] = {head.seconds * int64_t{1'000'000'000} + head.microseconds * int64_t{1000}, 1, &image[at],
                        head.captured, head.length, true};
    at += head.captured;
    if (count < kSome) continue;
    engine.packets(packets, count);
    count = 0;
  }
  engine.packets(packets, count);
  return engine.pending();
}

}  // namespace

int main(int count, char** arguments) {
  const auto conversations = static_cast<uint32_t>(count > 1 ? atol(arguments[1]) : 1000);
  const auto packets = static_cast<size_t>(count > 2 ? atol(arguments[2]) : 4'000'000);
  const int rounds = count > 3 ? atoi(arguments[3]) : 5;
  const std::vector<uint8_t> image = pcapImage(conversations, packets);
  std::vector<double> floorNs, engineNs;
  uint64_t found = 0;
  // In turns, so that what else the machine does falls on both.
  for (int round = 0; round < rounds; round++) {
    double began = cpuSeconds();
    found = PlainTable().run(image);
    floorNs.push_back((cpuSeconds() - began) * 1e9 / static_cast<double>(packets));
    began = cpuSeconds();
    if (runEngine(image) != found) return 1;
    engineNs.push_back((cpuSeconds() - began) * 1e9 / static_cast<double>(packets));
  }
  std::sort(floorNs.begin(), floorNs.end());
  std::sort(engineNs.begin(), engineNs.end());
  const double floor = floorNs[floorNs.size() / 2];
  const double engine = engineNs[engineNs.size() / 2];
  printf("{\"conversations\":%lu,\"floorNs\":%.1f,\"engineNs\":%.1f,\"ratio\":%.2f,\"engineMpps\":%.2f}\n", found, floor,
         engine, engine / floor, 1e3 / engine);
}
