package dotf.agent.folder;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.Checkpoint;
import dotf.chunker.manifest.Manifest;
import dotf.chunker.stub.Stub;
import dotf.fixtures.Seed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs write to files in every way while these are stored and replaced with no quiet time at
 * all. Each token that a program has written must be found: in the file, beside it, in the
 * quarantine, or in a stored version.
 */
final class HostileWriterTest {
  private static final int WRITERS = 3;
  private static final int FILES_EACH = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  @TempDir private Path base;
  private World world;
  private Scene scene;
  private final Set<String> storedTokens = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicInteger written = new AtomicInteger();
  private final AtomicInteger replaced = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();

  private interface Replacer {
    int replace(List<Replacement> wanted) throws IOException;
  }

  @BeforeEach
  void open() throws IOException {
    world = new World(base);
    scene = new Scene(world, Scene.NO_HOOK, Duration.ofMillis(20));
  }

  @AfterEach
  void close() throws IOException {
    scene.close();
    world.close();
  }

  @Test
  void underLeases_nothingIsLost() throws Exception {
    int wanted = Seed.longCampaign() ? 20_000 : 300;
    Duration limit = Seed.longCampaign() ? Duration.ofMinutes(20) : Duration.ofSeconds(10);
    campaign(wanted, limit, this::asItShouldBe);
    System.out.printf(
        "%d writes, %d replacements, %d lost%n", written.get(), replaced.get(), lost.get());
    assertThat(replaced.get()).isGreaterThan(20);
    assertThat(written.get()).isGreaterThan(20);
    assertThat(lost.get()).isZero();
  }

  @Test
  void withoutLeases_theSameWritersLoseData() throws Exception {
    campaign(1_000_000, Duration.ofMinutes(2), this::naively);
    assertThat(lost.get()).isPositive();
  }

  private int asItShouldBe(List<Replacement> wanted) throws IOException {
    int count = 0;
    for (ReplaceOutcome outcome : scene.freeing.replace(scene.folder, wanted)) {
      count += outcome instanceof ReplaceOutcome.Replaced ? 1 : 0;
    }
    return count;
  }

  /** The mutant: looks at the file once more, writes the stub, removes the file. */
  private int naively(List<Replacement> wanted) throws IOException {
    int count = 0;
    for (Replacement one : wanted) {
      try {
        Place place = Place.of(one.path());
        if (one.stat().equals(scene.folder.root().stat(place.name()))) {
          byte[] stub = scene.vault.stubs().encode(Stub.of(one.file()));
          Files.deleteIfExists(scene.path(place.stub().path()));
          Files.write(scene.path(place.stub().path()), stub, StandardOpenOption.CREATE_NEW);
          Files.delete(scene.path(one.path()));
          count++;
        }
      } catch (NoSuchFileException | FileAlreadyExistsException e) {
        // a writer was faster
      }
    }
    return count;
  }

  private void campaign(int wanted, Duration limit, Replacer replacer) throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    try (ExecutorService pool = Executors.newCachedThreadPool()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int number = i;
        running.add(
            pool.submit(
                () -> {
                  watchWriter(number);
                  return null;
                }));
      }
      try {
        while (replaced.get() < wanted && lost.get() == 0 && System.nanoTime() < deadline) {
          freeWhatIsThere(replacer);
        }
      } finally {
        stop.set(true);
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
  }

  private void freeWhatIsThere(Replacer replacer) throws IOException {
    List<StoreRequest> requests = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      for (int file = 0; file < FILES_EACH; file++) {
        String name = "file-" + writer + "-" + file;
        if (Files.exists(scene.path(name))) {
          requests.add(scene.request(name));
        }
      }
    }
    List<Replacement> replacements = new ArrayList<>();
    List<StoreOutcome> outcomes = scene.freeing.store(scene.folder, requests);
    for (int i = 0; i < requests.size(); i++) {
      if (outcomes.get(i) instanceof StoreOutcome.Stored stored) {
        noteTokens(stored.file().manifest());
        replacements.add(new Replacement(requests.get(i).path(), stored.file(), stored.stat()));
      }
    }
    replaced.addAndGet(replacer.replace(replacements));
    world.time.advance(Duration.ofSeconds(1));
    scene.quarantine.purge(Duration.ofSeconds(3), 100);
  }

  private void noteTokens(Manifest manifest) throws IOException {
    byte[] content = new byte[(int) manifest.size()];
    scene
        .vault
        .assembler()
        .assemble(
            manifest,
            world.blocks,
            (part, position) -> part.get(content, (int) position, part.remaining()),
            Checkpoint.NONE);
    storedTokens.addAll(new String(content, US_ASCII).lines().toList());
  }

  private void watchWriter(int number) throws Exception {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                HostileWriter.class.getName(),
                world.root.toString(),
                Integer.toString(number),
                Long.toString(Seed.value()),
                Integer.toString(FILES_EACH))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (Writer input = process.outputWriter(UTF_8);
        BufferedReader output = process.inputReader(UTF_8)) {
      while (!stop.get()) {
        input.write("\n");
        input.flush();
        String done = output.readLine();
        int space = done.indexOf(' ');
        written.incrementAndGet();
        if (!isFound(done.substring(0, space), done.substring(space + 1))) {
          lost.incrementAndGet();
        }
      }
    } finally {
      process.destroy();
    }
  }

  /** What moves is between two names for a moment; so it is looked for again and again. */
  private boolean isFound(String token, String file) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    do {
      if (storedTokens.contains(token) || isInSomeFile(token, file)) {
        return true;
      }
      LockSupport.parkNanos(5_000_000);
    } while (System.nanoTime() < deadline);
    return false;
  }

  private boolean isInSomeFile(String token, String file) throws IOException {
    List<Path> candidates = new ArrayList<>();
    candidates.add(scene.path(file));
    try (Stream<Path> beside = Files.list(world.root);
        Stream<Path> aside = Files.list(scene.path(".dotf/q"))) {
      beside
          .filter(path -> path.getFileName().toString().startsWith(file + " ("))
          .forEach(candidates::add);
      aside.forEach(candidates::add);
    }
    for (Path candidate : candidates) {
      try {
        if (Files.readString(candidate, US_ASCII).contains(token)) {
          return true;
        }
      } catch (NoSuchFileException e) {
        // moved on meanwhile; the next look finds it
      }
    }
    return false;
  }
}
