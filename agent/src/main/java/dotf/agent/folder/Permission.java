package dotf.agent.folder;

import java.io.IOException;

/** Says, in the middle of the work as well, whether it may go on. Safe for use by many threads. */
public interface Permission {
  /** Nothing speaks against anything. */
  Permission ALWAYS =
      new Permission() {
        @Override
        public void toGoOn() {}

        @Override
        public void toRemove() {}
      };

  /**
   * Before each piece of work, and between its parts.
   *
   * @throws StoppedException when it has to end here; nothing may be lost by that
   */
  void toGoOn() throws StoppedException;

  /**
   * Before an original is taken away, and before it is removed for good.
   *
   * @throws UnsoundStoreException when what the store keeps cannot be relied on now
   * @throws StoppedException as {@link #toGoOn}
   */
  void toRemove() throws IOException;
}
