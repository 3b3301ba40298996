/** NetlinkSocket of src/native/door.ts. */
#pragma once

#include <napi.h>

#include "netlink.h"
#include "port_socket.h"

namespace skein {

/** openNetlink(options): Promise<NetlinkSocket> */
Napi::Value openNetlinkSocket(const Napi::CallbackInfo& info);

class NetlinkSocket : public PortSocket<NetlinkSocket, NetlinkPort> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Value wrap(Napi::Env env, Fd fd);

  explicit NetlinkSocket(const Napi::CallbackInfo& info)
      : PortSocket(info, "netlink sockets are made by openNetlink()") {}

 private:
  Napi::Value portId(const Napi::CallbackInfo& info);
  Napi::Value send(const Napi::CallbackInfo& info);
  void onBatch(const Napi::CallbackInfo& info) { listen(info); }
  void close(const Napi::CallbackInfo&) { closePort(); }
  void tell(Napi::Env env, const Napi::FunctionReference& listener, const NetlinkBatch& batch) override;
};

}  // namespace skein
