#include "packet_door.h"

#include "addon.h"
#include "packet_decoder.h"
#include "packet_socket.h"

namespace skein::packets {

void exportPackets(Napi::Env env, Napi::Object& exports) {
  Addon& addon = Addon::of(env);
  addon.packetSocket = Napi::Persistent(PacketSocket::define(env));
  addon.packetDecoder = Napi::Persistent(PacketDecoder::define(env));
  exports.Set("openPackets", Napi::Function::New<openPacketSocket>(env, "openPackets"));
  exports.Set("openDecoder", Napi::Function::New<openDecoder>(env, "openDecoder"));
  exports.Set("compileFilter", Napi::Function::New<compileFilterText>(env, "compileFilter"));
  exports.Set("matchFilter", Napi::Function::New<matchFilter>(env, "matchFilter"));
}

}  // namespace skein::packets
