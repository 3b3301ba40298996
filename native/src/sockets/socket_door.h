/** What src/native/sockets.ts makes its door of. */
#pragma once

#include <napi.h>

#include <memory>

#include "sockets/socket_changes.h"
#include "sockets/socket_walk.h"

namespace skein::sockets {

/** openSocketWatch(onChanges): Promise<SocketWatch>; processSockets(): Promise<ProcessSockets>. After the addon's mailbox. */
void exportSockets(Napi::Env env, Napi::Object& exports);

/** { rearm(), walk(), close() }. A forgotten one is closed with its environment. */
class SocketWatch : public Napi::ObjectWrap<SocketWatch> {
 public:
  struct Opened {
    std::shared_ptr<SocketChanges> changes;
    std::shared_ptr<const SocketWalk> walk;
  };
  static Napi::Function define(Napi::Env env);

  explicit SocketWatch(const Napi::CallbackInfo& info);
  ~SocketWatch() override;

 private:
  void rearm(const Napi::CallbackInfo& info);
  Napi::Value walk(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  Opened opened_;
  /** Held by this object alone: whoever has it from a weak pointer knows that the object is there, and open. */
  std::shared_ptr<bool> open_ = std::make_shared<bool>(true);
  Napi::FunctionReference onChanges_;
};

}  // namespace skein::sockets
