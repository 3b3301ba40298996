/** What src/native/packets_door.ts makes a PacketSocket of src/native/packets.ts of. */
#pragma once

#include <napi.h>

#include <memory>

#include "packet_reader.h"

namespace skein::packets {

/** openPackets(options): Promise<PacketSocket>. Nothing is read before listen(). */
Napi::Value openPacketSocket(const Napi::CallbackInfo& info);

/**
 * A forgotten socket is closed when it is collected; one that listens is in use, and stays until it has ended or the end of
 * its environment.
 */
class PacketSocket : public Napi::ObjectWrap<PacketSocket> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Value wrap(Napi::Env env, std::shared_ptr<PacketReader> reader);

  explicit PacketSocket(const Napi::CallbackInfo& info);
  ~PacketSocket() override;

 private:
  Napi::Value linkType(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  void listen(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  void hear(Napi::Env env, const PacketBatch& batch);
  void end(Napi::Env env, int error);

  std::shared_ptr<PacketReader> reader_;
  /** Held by this object alone: whoever has it from a weak pointer knows that the object is there. */
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Napi::FunctionReference onBatch_;
  Napi::FunctionReference onEnd_;
};

}  // namespace skein::packets
