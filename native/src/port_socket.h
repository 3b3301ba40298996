/** A port for JavaScript: its batches reach one listener, on the thread that it was made on. */
#pragma once

#include <napi.h>

#include <memory>

#include "addon.h"
#include "arguments.h"
#include "failure.h"

namespace skein {

/**
 * A forgotten socket is closed when it is collected; one that listens is in use, and stays until close() or the end of
 * its environment.
 */
template <typename Self, typename Of>
class PortSocket : public Napi::ObjectWrap<Self> {
 public:
  /** `info[0]` holds the port, as an External; `refusal` is said to who makes one without it. */
  PortSocket(const Napi::CallbackInfo& info, const char* refusal) : Napi::ObjectWrap<Self>(info) {
    if (!info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), refusal);
    port_ = *info[0].As<Napi::External<std::shared_ptr<Of>>>().Data();
  }

  ~PortSocket() override {
    if (port_) port_->close();
  }

 protected:
  using Batch = typename Of::Batch;

  /** Calls the listener with what a batch is in JavaScript. */
  virtual void tell(Napi::Env env, const Napi::FunctionReference& listener, const Batch& batch) = 0;

  /** info: the listener. */
  void listen(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const Napi::Function listener = functionArgument(info, 0, "listener");
    // The port is open only while this object lives (see the destructor), and both are touched on one thread: so an
    // open port means that `self` is there.
    const auto deliver = [self = this, weak = std::weak_ptr(port_), mailbox = Addon::of(env).mailbox](Batch read) {
      auto batch = std::make_shared<const Batch>(std::move(read));
      mailbox->post([self, weak, batch](Napi::Env then) {
        const auto port = weak.lock();
        if (port && port->isOpen()) self->hear(then, *batch);
      });
    };
    try {
      port_->read(deliver);
    } catch (const Failure& failure) {
      throw toError(env, failure);
    }
    listener_ = Napi::Persistent(listener);
    this->Ref();
  }

  void closePort() {
    if (!port_->isOpen()) return;
    port_->close();
    if (listener_.IsEmpty()) return;
    listener_.Reset();
    this->Unref();
  }

  std::shared_ptr<Of> port_;

 private:
  void hear(Napi::Env env, const Batch& batch) {
    struct Taken {
      std::shared_ptr<Of> port;  // outlives this object, should the listener close and forget it
      ~Taken() { port->taken(); }
    } const taken{port_};
    tell(env, listener_, batch);
  }

  Napi::FunctionReference listener_;
};

}  // namespace skein
