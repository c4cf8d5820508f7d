package dotf.chunker.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

final class LinuxDiskTest {
  private static final Path TMPFS = Path.of("/dev/shm");

  @TempDir Path temporary;
  private Path onTmpfs = TMPFS;

  static boolean hasTmpfs() {
    return Files.isWritable(TMPFS);
  }

  @BeforeEach
  void makeTmpfsDirectory() throws IOException {
    onTmpfs = hasTmpfs() ? Files.createTempDirectory(TMPFS, "dotf-test") : TMPFS;
  }

  @AfterEach
  void removeTmpfsDirectory() throws IOException {
    if (hasTmpfs()) {
      try (Stream<Path> files = Files.walk(onTmpfs)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static Disk linux() {
    try {
      return new LinuxDisk();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theFilesystemsIdentity_isTheSameEverywhereOnIt_andAnotherOnAnother() throws IOException {
    LinuxDisk disk = new LinuxDisk();
    Path below = Files.createDirectory(temporary.resolve("below"));
    try (Directory here = disk.open(temporary);
        Directory there = disk.open(below);
        Directory elsewhere = disk.open(onTmpfs)) {
      String known = here.filesystem();
      assumeTrue(known != null, "the kernel does not tell the identity of " + temporary);
      assertThat(known).matches("[0-9a-f]{2,32}").isEqualTo(there.filesystem());
      if (elsewhere.stat().device() != here.stat().device()) {
        assertThat(elsewhere.filesystem()).isNotEqualTo(known);
      }
    }
  }

  @Nested
  final class OnDisk extends LinuxContract {
    @Override
    Disk disk() {
      return linux();
    }

    @Override
    Path emptyDirectory() {
      return temporary;
    }
  }

  @Nested
  final class LeasesOnDisk extends LeaseContract {
    @Override
    Disk disk() {
      return linux();
    }

    @Override
    Path emptyDirectory() {
      return temporary;
    }
  }

  @Nested
  @EnabledIf("dotf.chunker.disk.LinuxDiskTest#hasTmpfs")
  final class OnTmpfs extends LinuxContract {
    @Override
    Disk disk() {
      return linux();
    }

    @Override
    Path emptyDirectory() {
      return onTmpfs;
    }
  }

  @Nested
  @EnabledIf("dotf.chunker.disk.LinuxDiskTest#hasTmpfs")
  final class LeasesOnTmpfs extends LeaseContract {
    @Override
    Disk disk() {
      return linux();
    }

    @Override
    Path emptyDirectory() {
      return onTmpfs;
    }
  }

  @Test
  void filesWithoutUnnamedOnes_getAHiddenNameThatGoes() throws IOException {
    try (LinuxDirectory directory = (LinuxDirectory) linux().open(temporary)) {
      OpenFile dropped = directory.createTemporary(0600);
      assertThat(directory.list())
          .singleElement()
          .matches(entry -> entry.name().startsWith(Directory.TEMPORARY_PREFIX));
      dropped.close();
      assertThat(directory.list()).isEmpty();

      OpenFile kept = directory.createTemporary(0600);
      kept.write(ByteBuffer.wrap(new byte[] {'x'}), 0);
      Files.writeString(temporary.resolve("taken"), "old");
      assertThat(directory.link(kept, "taken")).isFalse();
      assertThat(directory.link(kept, "kept")).isTrue();
      kept.close();
    }
    assertThat(temporary.resolve("kept")).hasContent("x");
    assertThat(temporary.resolve("taken")).hasContent("old");
    assertThat(temporary.toFile().list()).hasSize(2);
  }
}
