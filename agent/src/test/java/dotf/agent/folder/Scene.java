package dotf.agent.folder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.journal.FileVersion;
import dotf.agent.journal.FolderId;
import dotf.chunker.Checkpoint;
import dotf.chunker.FileAssembler;
import dotf.chunker.FileSplitter;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.codec.BlockCodec;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.chunker.manifest.Digest;
import dotf.chunker.manifest.FileId;
import dotf.chunker.manifest.Manifest;
import dotf.chunker.manifest.ManifestReader;
import dotf.chunker.manifest.VersionVector;
import dotf.chunker.stub.Stub;
import dotf.chunker.stub.StubCodec;
import dotf.chunker.stub.StubReading;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** One start of the agent's part that frees and restores, in a {@link World}. */
final class Scene implements Closeable {
  static final HookedDisk.Hook NO_HOOK = (call, name) -> {};
  static final Duration HOUR = Duration.ofHours(1);
  private static final FolderId FOLDER = new FolderId(1, 2);
  private static final Duration SHORT_HOLD = Duration.ofMillis(1);

  final World world;
  final WatchedFolder folder;
  final Intents intents;
  final Vault vault;
  final Freeing freeing;
  final Restoring restoring;
  final Quarantine quarantine;
  final CrashRecovery recovery;
  private final Directory home;

  Scene(World world) throws IOException {
    this(world, NO_HOOK, SHORT_HOLD);
  }

  Scene(World world, HookedDisk.Hook hook, Duration hold) throws IOException {
    this.world = world;
    Disk disk = new HookedDisk(world.disk, hook);
    BlockCodec codec = new BlockCodec(world.keys, new SecureRandom());
    vault =
        new Vault(
            new FileSplitter(world.keys, codec, world.workers),
            new FileAssembler(world.keys, codec, world.workers),
            new ManifestReader(world.keys, codec),
            new StubCodec(world.keys));
    home = disk.open(world.home);
    folder =
        world.files().containsKey(".dotf/folder")
            ? WatchedFolder.open(disk, world.root, FOLDER)
            : WatchedFolder.create(disk, world.root, FOLDER);
    intents = Intents.open(home, new Random());
    freeing =
        new Freeing(vault, world.blocks, world.blocks, world.permission, intents, world.time, hold);
    restoring = new Restoring(vault, intents, world.time);
    quarantine = new Quarantine(folder, vault, world.permission, intents, world.time);
    recovery = new CrashRecovery(folder, vault, intents, world.time);
  }

  /** Files in two directories, for {@link #freeSome}. */
  void writeSome(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      write("dir" + i % 2 + "/a" + i, "content " + i);
    }
  }

  /** Frees them in one batch; all of them must go. */
  void freeSome(int count) throws IOException {
    List<Replacement> replacements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      replacements.add(replacement("dir" + i % 2 + "/a" + i));
    }
    assertThat(freeing.replace(folder, replacements))
        .allMatch(outcome -> outcome instanceof ReplaceOutcome.Replaced);
  }

  @Override
  public void close() throws IOException {
    intents.close();
    home.close();
    folder.close();
  }

  Path path(String name) {
    return world.root.resolve(name);
  }

  void write(String name, String content) throws IOException {
    world.write(name, content);
  }

  StoreRequest request(String name) {
    FileId id = world.ids.computeIfAbsent(name, key -> FileId.random(new Random()));
    return new StoreRequest(name, id, VersionVector.NONE, world.versions.get(name));
  }

  /** As the journal would name the version that was stored last. */
  FileVersion present(String name) {
    BlockAddress stored =
        Objects.requireNonNullElse(
            world.versions.get(name), BlockAddress.of(new byte[BlockAddress.BYTES]));
    Digest digest = Digest.of(new byte[Digest.BYTES]);
    return new FileVersion(stored, request(name).fileId(), 1, 0, Instant.EPOCH, digest);
  }

  StoreOutcome store(String name) throws IOException {
    StoreOutcome outcome = freeing.store(folder, request(name));
    if (outcome instanceof StoreOutcome.Stored stored) {
      world.versions.put(name, stored.file().address());
    }
    return outcome;
  }

  StoreOutcome.Stored stored(String name) throws IOException {
    return (StoreOutcome.Stored) store(name);
  }

  Replacement replacement(String name) throws IOException {
    StoreOutcome.Stored stored = stored(name);
    return new Replacement(name, stored.file(), stored.stat());
  }

  ReplaceOutcome free(String name) throws IOException {
    return freeing.replace(folder, List.of(replacement(name))).getFirst();
  }

  RestoreOutcome restore(String name) throws IOException {
    return restoring.restore(folder, name, world.blocks, RestoreOptions.PLAIN);
  }

  /** Every name in the folder, and what it holds; of an authentic stub, what it stands for. */
  SortedMap<String, String> contents() throws IOException {
    SortedMap<String, String> contents = new TreeMap<>();
    for (var file : world.files().entrySet()) {
      if (!file.getKey().equals(".dotf/folder")) {
        contents.put(file.getKey(), content(file.getValue()));
      }
    }
    return contents;
  }

  private String content(byte[] bytes) throws IOException {
    return vault.stubs().read(ByteBuffer.wrap(bytes)) instanceof StubReading.Authentic(Stub stub)
        ? "stub of " + contentOf(stub)
        : new String(bytes, UTF_8);
  }

  private String contentOf(Stub stub) throws IOException {
    Manifest manifest = vault.manifests().read(stub.address(), world.blocks).manifest();
    byte[] bytes = new byte[(int) manifest.size()];
    vault
        .assembler()
        .assemble(
            manifest,
            world.blocks,
            (part, position) -> part.get(bytes, (int) position, part.remaining()),
            Checkpoint.NONE);
    return new String(bytes, UTF_8);
  }

  List<String> names() throws IOException {
    return new ArrayList<>(contents().keySet());
  }

  List<String> quarantined() throws IOException {
    return names().stream().filter(name -> name.startsWith(".dotf/q/")).toList();
  }

  /** Lets the quarantine's time pass, and purges. */
  Quarantine.Purged purge() throws IOException {
    world.time.advance(HOUR);
    return quarantine.purge(Duration.ofMinutes(1), 1000);
  }
}
