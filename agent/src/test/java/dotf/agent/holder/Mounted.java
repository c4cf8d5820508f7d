package dotf.agent.holder;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A filesystem in memory, mounted for a test where that is allowed. */
final class Mounted implements AutoCloseable {
  private final Path at;
  private boolean mounted;

  private Mounted(Path at) {
    this.at = at;
  }

  /** Skips the test, saying why, where nothing can be mounted. */
  static void assumePossible() throws IOException {
    Path probe = Files.createTempDirectory("dotf-mount");
    boolean possible = run("mount", "-t", "tmpfs", "tmpfs", probe.toString()) == 0;
    if (possible) {
      run("umount", probe.toString());
    } else {
      System.out.println("skipped: mounting a tmpfs needs root");
    }
    Files.delete(probe);
    assumeTrue(possible, "mounting a tmpfs needs root");
  }

  static Mounted tmpfs(Path at, String size) throws IOException {
    if (run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", at.toString()) != 0) {
      throw new IOException("cannot mount at " + at);
    }
    Mounted mounted = new Mounted(at);
    mounted.mounted = true;
    return mounted;
  }

  void remount(String option) throws IOException {
    if (run("mount", "-o", "remount," + option, at.toString()) != 0) {
      throw new IOException("cannot remount " + at);
    }
  }

  @Override
  public void close() throws IOException {
    unmount();
  }

  void unmount() throws IOException {
    if (mounted) {
      mounted = run("umount", at.toString()) != 0;
      if (mounted) {
        throw new IOException("cannot unmount " + at);
      }
    }
  }

  private static int run(String... command) throws IOException {
    List<String> words = new ArrayList<>(List.of(command));
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    } finally {
      process.destroyForcibly();
    }
  }
}
