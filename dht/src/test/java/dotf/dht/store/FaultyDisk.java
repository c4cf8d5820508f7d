package dotf.dht.store;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.chunker.disk.DiskFullException;
import dotf.chunker.disk.LinuxDisk;
import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A real disk whose calls fail on demand. After a failed sync the file's unsynced bytes are gone
 * and later syncs of it succeed, as with Linux; so whoever syncs again believes in lost data.
 */
final class FaultyDisk implements Disk {
  private final Disk disk;
  private final Set<Object> poisoned = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<String> syncedAgain = new ArrayList<>();
  private @Nullable Fault fault;
  private volatile boolean holes = true;

  /** Decides before each call, on its thread, whether it fails; null lets it through. */
  interface Fault {
    @Nullable IOException before(String call, String file);
  }

  FaultyDisk() throws IOException {
    this(new LinuxDisk());
  }

  FaultyDisk(Disk disk) {
    this.disk = disk;
  }

  synchronized void set(@Nullable Fault next) {
    fault = next;
  }

  /** Fails the next {@code count} calls of that name on segments, as the disk's error. */
  void failNext(String call, int count) {
    int[] left = {count};
    set(
        (name, file) ->
            name.equals(call) && file.contains(".seg") && left[0]-- > 0
                ? new IOException(call + ": Input/output error")
                : null);
  }

  /** As on a filesystem that cannot make holes. */
  void withoutHoles() {
    holes = false;
  }

  void full() {
    set(
        (name, file) ->
            name.equals("write") || name.equals("create")
                ? new DiskFullException(file, "No space left on device")
                : null);
  }

  /** Files that were synced again after a sync of them had failed. */
  synchronized List<String> syncedAgain() {
    return List.copyOf(syncedAgain);
  }

  @Override
  public Directory open(Path directory) throws IOException {
    return wrap(Directory.class, disk.open(directory), directory.toString());
  }

  @Override
  public Space space(Path path) throws IOException {
    return disk.space(path);
  }

  @Override
  public int user() {
    return disk.user();
  }

  /** What a proxy stands for. */
  private interface Wrapped {
    Object target();
  }

  private <T> T wrap(Class<T> type, Object target, String name) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type, Wrapped.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("target")) {
                return target;
              }
              Object[] given = arguments == null ? new Object[0] : arguments.clone();
              for (int i = 0; i < given.length; i++) {
                given[i] = given[i] instanceof Wrapped wrapped ? wrapped.target() : given[i];
              }
              before(method.getName(), name, target, given);
              if (method.getName().equals("punch") && !holes) {
                return false;
              }
              Object result;
              try {
                result = method.invoke(target, given);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
              String below = given.length > 0 ? name + "/" + given[0] : name;
              return switch (result) {
                case OpenFile file -> wrap(OpenFile.class, file, below);
                case Directory directory -> wrap(Directory.class, directory, below);
                case null, default -> result;
              };
            }));
  }

  private void before(String call, String name, Object target, Object[] given) throws IOException {
    boolean sync = call.startsWith("sync");
    Fault now;
    synchronized (this) {
      now = fault;
      if (sync && poisoned.contains(target)) {
        syncedAgain.add(name);
      }
    }
    IOException failure = now == null ? null : now.before(call, name);
    if (failure == null) {
      return;
    }
    if (sync && target instanceof OpenFile) {
      synchronized (this) {
        poisoned.add(target);
      }
    }
    if (call.equals("write") && target instanceof OpenFile file) {
      tear(file, given);
    }
    throw failure;
  }

  /** A failing write has written half of its bytes. */
  private static void tear(OpenFile file, Object[] given) throws IOException {
    ByteBuffer first =
        given[0] instanceof ByteBuffer[] all
            ? all[0].duplicate()
            : ((ByteBuffer) given[0]).duplicate();
    first.limit(first.position() + first.remaining() / 2);
    file.write(first, (Long) given[1]);
  }
}
