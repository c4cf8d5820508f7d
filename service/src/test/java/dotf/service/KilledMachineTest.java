package dotf.service;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent that is killed again and again while its folder is being worked in. */
final class KilledMachineTest {
  private static final int KILLS = Seed.longCampaign() ? 60 : 4;
  private static final int[] SIZES = {5_000, 20_000, 300_000, 2_000_000};

  private final Random random = Seed.random("kills");
  private final Map<String, byte[]> newest = new TreeMap<>();

  @TempDir private Path base;

  @Test
  void everyFilesNewestContentComesBack() throws Exception {
    try (Machine machine = Machine.made(base)) {
      machine.start();
      machine.add();
      for (int kill = 0; kill < KILLS; kill++) {
        long end = System.nanoTime() + random.nextLong(200_000_000, 2_000_000_000);
        while (System.nanoTime() < end) {
          work(machine);
          LockSupport.parkNanos(random.nextLong(100_000_000));
        }
        machine.kill();
        for (int i = random.nextInt(4); i > 0; i--) {
          work(machine);
        }
        machine.start();
      }
      machine.await();
      machine.run("restore", "--all").succeeded();

      List<String> lost = new ArrayList<>();
      for (var file : newest.entrySet()) {
        Path path = machine.file(file.getKey());
        if (!Files.exists(path) || !Arrays.equals(Files.readAllBytes(path), file.getValue())) {
          lost.add(file.getKey());
        }
      }
      assertThat(lost).as("of " + newest.size() + " files").isEmpty();
      machine.run("verify", "--deep").succeeded();
    }
  }

  /** Adds a file, writes one anew (over it, or beside its stub), or reads a stub. */
  private void work(Machine machine) throws IOException {
    int choice = newest.isEmpty() ? 0 : random.nextInt(10);
    if (choice < 5) {
      write(machine, "file " + newest.size());
      return;
    }
    String name = List.copyOf(newest.keySet()).get(random.nextInt(newest.size()));
    if (choice < 8) {
      write(machine, name);
      return;
    }
    try {
      Files.readAllBytes(machine.stub(name));
    } catch (FileSystemException noStub) {
      // The file itself is there, or takes the place of its stub at this moment.
    }
  }

  private void write(Machine machine, String name) throws IOException {
    byte[] content = Payloads.noise(random.nextLong(), SIZES[random.nextInt(SIZES.length)]);
    if (random.nextInt(3) == 0) {
      Path temporary = machine.file(name + ".tmp~");
      Files.write(temporary, content);
      Files.move(temporary, machine.file(name), StandardCopyOption.ATOMIC_MOVE);
    } else {
      Files.write(machine.file(name), content);
    }
    newest.put(name, content);
  }
}
