package dotf.agent;

import dotf.agent.folder.WatchedFolder.Health;
import java.nio.file.Path;

/** Says what became of a folder that cannot be found, and how to go on. Pure. */
final class LostRoot {
  private static final String ASSURANCE = "; nothing in it counts as deleted. ";

  private LostRoot() {}

  static String words(Path path, Health health) {
    return switch (health) {
      case HEALTHY -> path + " is there";
      case VANISHED ->
          path
              + " is not there (unmounted, moved or deleted)"
              + ASSURANCE
              + "Mount it again or put it back; if it moved: dotf add NEWPATH; if it is not wanted"
              + " any more: dotf remove "
              + path
              + " --leave-stubs";
      case REPLACED ->
          "another directory than the one that was added is at "
              + path
              + ASSURANCE
              + "Put the right one back; or, to go on with this one: dotf add "
              + path
              + ", which brings what is missing back as stubs";
    };
  }
}
