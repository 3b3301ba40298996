/**
 * From packets to observations: decodes link to transport layers and tunnels, keeps what was added for each
 * conversation until it is drained. One thread at a time. No I/O, no clock: time is that of the packets.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace skein::flow {

/** As rawPacketLimit: every packet is kept, in the order they come and with key 0, and nothing is decoded. */
constexpr uint32_t kRawPacketsAlone = UINT32_MAX;

struct EngineOptions {
  uint32_t source = 0;
  bool isL3Key = false;       // MACs and VLANs do not tell conversations apart (LayerKeyMode L3)
  bool defragment = false;    // IPDefrag
  bool reassemble = false;    // ReassembleTCP: order and gaps of segments
  uint32_t payloadBytes = 0;  // of each of the first packets with payload, for the application decoders; 0: none
  uint32_t payloadPackets = 0;  // how many of each direction
  uint32_t rawPacketLimit = 0;  // kept of each innermost conversation, 255 at most; pieces of a datagram are not, but for its last
  uint32_t rawBytes = 0;        // of each of them
  size_t conversationsMax = 262144;  // held until drained, or for `idleMs` after their last packet
  uint32_t idleMs = 30000;
};

struct Packet {
  int64_t timestampNs;  // epoch
  uint32_t linkType;    // LINKTYPE_…
  const uint8_t* data;
  uint32_t captured;
  uint32_t length;      // on the wire
  bool isCounted = true;  // false: facts only (kFactsOnly)
  uint16_t segmentBytes = 0;  // payload of each packet that the kernel has put together to this one; 0: it is one
  uint16_t headerBytes = 0;   // of each of them, as the kernel believes; for where it was not captured that far
};

/** Totals since the start. What was not read is said: `undecoded` counts packets of which a layer could not be read. */
struct EngineCounters {
  uint64_t packets;
  uint64_t bytes;
  uint64_t undecoded;   // truncated or malformed at some layer: counted by what was read before it; or no room for its payload
  uint64_t notCounted;  // no room for one of its conversations, or not even a link layer: packets that are missing in observations
  uint64_t notCountedBytes;
  uint64_t rawDropped;
  uint64_t fragmentsDropped;  // no room to put them together: counted, but as fragments
};

class Engine {
 public:
  explicit Engine(const EngineOptions& options);
  ~Engine();

  void packet(const Packet& packet);
  /** The same for many, with the memory of what follows fetched ahead. */
  void packets(const Packet* packets, size_t count);

  /**
   * Appends what was added since the last drain: an Observation for each conversation that had a packet, outer ones
   * before inner ones. Conversations idle since before `nowMs - idleMs` are forgotten afterwards. At most `most`; returns whether
   * there is more.
   */
  bool drain(std::vector<uint8_t>& out, double nowMs, size_t most = SIZE_MAX);
  /** Appends the raw packets kept since the last call. */
  void drainRaw(std::vector<uint8_t>& out);
  /** Conversations with something to drain, and one more where raw packets were kept. */
  size_t pending() const;
  EngineCounters counters() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace skein::flow
