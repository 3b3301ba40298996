/**
 * Goes through the layers of one packet from the outside in and leaves a level for each conversation it belongs to.
 * Never reads past what was captured, never throws; what cannot be read ends the walk, and read() says so.
 */
#pragma once

#include "flow/bytes.h"
#include "flow/defragmenter.h"
#include "flow/engine.h"
#include "flow/level.h"

namespace skein::flow {

/** Levels of several packets, one after the other. */
struct Levels {
  static constexpr int kMax = 48 + kLevelsMax;
  Level items[kMax];
  int count = 0;
  bool hasRoom() const { return count + kLevelsMax <= kMax; }
};

struct WalkOptions {
  bool isL3Key = false;
  uint64_t seed = 0;                     // of the table's hash
  Defragmenter* defragmenter = nullptr;  // none: fragments stay fragments
};

class Walk {
 public:
  Walk(const WalkOptions& options, Levels& levels, const Packet& packet)
      : options_(options), levels_(levels), packet_(packet), outermost_(levels.count) {}

  /** False: a layer could not be read. */
  bool read();
  /** It is a fragment that waits for others: its own conversation is not among the levels. */
  bool isHeld() const { return isHeld_; }

 private:
  // link_layer.cc
  void link(Bytes at);
  void ethernet(Bytes at);
  void etherType(uint16_t type, Bytes at);
  void logicalLink(Bytes at);
  void arp(Bytes at);
  void pppoe(Bytes at);
  void ppp(Bytes at);
  void byVersion(Bytes at);

  // network_layer.cc
  void ipv4(Bytes at);
  void ipv6(Bytes at);
  void ipv6Upper(uint8_t next, Bytes at);
  void fragment(const FragmentPlace& place, uint8_t next, Bytes body);

  // transport_layer.cc
  void transport(uint8_t protocol, Bytes body);
  void tcp(Bytes at);
  void udp(Bytes at);
  void sctp(Bytes at);
  void icmpv4(Bytes at);
  void icmpv6(Bytes at);
  void icmp(uint8_t icmpClass, bool hasId, Bytes at);
  void datagramBegan(Bytes payload);

  // tunnels.cc
  void gre(Bytes at);
  void erspan(uint8_t version, Bytes at);
  void vxlan(Bytes at);
  void geneve(Bytes at);
  void mpls(Bytes at);
  void tunnelPort(uint32_t networkId);
  void childIpv4(Bytes at);
  void childIpv6(Bytes at);
  void childEthernet(Bytes at);

  // walk.cc
  bool open(Bytes at);
  void close();
  void orient();
  void fail() { isWhole_ = false; }
  uint64_t parentKey() const;

  const WalkOptions& options_;
  Levels& levels_;
  const Packet& packet_;
  const int outermost_;
  Level* level_ = nullptr;  // the conversation that is being read
  Bytes base_;              // the frame, or a datagram put together: what offsets count from
  bool isWhole_ = true;
  bool isHeld_ = false;

  // Ends of the conversation that is being read.
  const uint8_t* sourceMac_ = nullptr;
  const uint8_t* targetMac_ = nullptr;
  const uint8_t* source_ = nullptr;
  const uint8_t* target_ = nullptr;
  uint16_t sourcePort_ = 0;
  uint16_t targetPort_ = 0;
};

/** Key of a level, from the levels around it. */
uint64_t keyOf(const Levels& levels, const Level& level, bool isL3Key);

}  // namespace skein::flow
