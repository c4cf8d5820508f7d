package dotf.agent;

import dotf.agent.folder.Permission;
import dotf.agent.folder.StoppedException;
import dotf.agent.folder.UnsoundStoreException;
import dotf.dht.store.StoreHealth;
import java.util.function.Supplier;

/** Originals go only while the store is sound and the agent is not being stopped. */
final class Leave implements Permission {
  private final Supplier<StoreHealth> health;
  private volatile boolean stopping;

  Leave(Supplier<StoreHealth> health) {
    this.health = health;
  }

  void stop() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  @Override
  public void toGoOn() throws StoppedException {
    if (stopping) {
      throw new StoppedException();
    }
  }

  @Override
  public void toRemove() throws StoppedException, UnsoundStoreException {
    toGoOn();
    StoreHealth now = health.get();
    if (!now.isGood()) {
      throw new UnsoundStoreException(now.message());
    }
  }
}
