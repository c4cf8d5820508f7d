package dotf.agent;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Deletions that were seen and are not taken down yet. They gather until nothing else is left to
 * look at, since a stub that was moved may have its new name among that; while other files are
 * still changing they wait one quiet time more; and all together are then judged. For one thread.
 */
final class Deletions {
  private final Set<String> seen = new LinkedHashSet<>();
  private final Set<String> waited = new HashSet<>();
  private final Set<String> passed = new LinkedHashSet<>();

  void seen(String path) {
    if (!passed.contains(path)) {
      seen.add(path);
    }
  }

  /** Something is there. */
  void forget(String path) {
    seen.remove(path);
    waited.remove(path);
    passed.remove(path);
  }

  void forgetAll() {
    seen.clear();
    waited.clear();
    passed.clear();
  }

  int size() {
    return seen.size() + passed.size();
  }

  boolean havePassed() {
    return !passed.isEmpty();
  }

  /**
   * Nothing else is left to look at.
   *
   * @param othersChange other files will have to be looked at soon
   * @param again takes those that wait a quiet time more
   * @return those to be judged now
   */
  List<String> ripe(boolean othersChange, List<String> again) {
    List<String> ripe = new ArrayList<>();
    for (String path : seen) {
      if (othersChange && waited.add(path)) {
        again.add(path);
      } else {
        ripe.add(path);
      }
    }
    seen.clear();
    return ripe;
  }

  /** These may be taken down. */
  void pass(List<String> paths) {
    passed.addAll(paths);
  }

  /** Up to {@code most} that may be taken down now. */
  List<String> take(int most) {
    List<String> taken = new ArrayList<>();
    Iterator<String> paths = passed.iterator();
    while (paths.hasNext() && taken.size() < most) {
      String path = paths.next();
      paths.remove();
      waited.remove(path);
      taken.add(path);
    }
    return taken;
  }
}
