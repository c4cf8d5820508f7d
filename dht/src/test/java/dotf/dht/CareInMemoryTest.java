package dotf.dht;

import dotf.dht.net.MemoryTransport;

class CareInMemoryTest extends CareContract {
  @Override
  MemoryTransport.Network network() {
    return new MemoryTransport.Network();
  }
}
