package dotf.agent;

import dotf.agent.catalog.Row;
import dotf.agent.holder.DirectoryHolders;
import dotf.agent.journal.JournalHead;
import dotf.agent.journal.JournalRecovery;
import dotf.dht.DhtNode;
import dotf.dht.group.HeadRecord;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back what a lost device's journal says, from the members and from directories. A home that
 * was made from a recovery phrase has a marker until that has happened: until then no folder is
 * added, which would otherwise begin a history of its own beside the old one.
 */
final class Recovering {
  private static final Logger LOG = LoggerFactory.getLogger(Recovering.class);
  private static final String MARKER = "recovering";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Device device;
  private final DhtNode node;
  private final DirectoryHolders directories;
  private final PublicKey vault;
  private final JournalRecovery recovery;
  private final Path marker;

  Recovering(
      Device device,
      DhtNode node,
      DirectoryHolders directories,
      PublicKey vault,
      JournalRecovery recovery,
      Path home) {
    this.device = device;
    this.node = node;
    this.directories = directories;
    this.vault = vault;
    this.recovery = recovery;
    this.marker = markerOf(home);
  }

  static void expect(Path home) throws IOException {
    Path marker = markerOf(home);
    Files.createDirectories(marker.getParent());
    try {
      Files.createFile(marker);
    } catch (FileAlreadyExistsException e) {
      LOG.debug("{} is there already", marker);
    }
  }

  private static Path markerOf(Path home) {
    return home.resolve("journal").resolve(MARKER);
  }

  /** In a home that expects it, recovers first, waiting a little for the members to connect. */
  void beforeAdding() throws IOException {
    if (!Files.exists(marker)) {
      return;
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (heads().isEmpty() && System.nanoTime() < deadline) {
      pause();
    }
    long files = recover();
    LOG.info("{} files were recovered from other holders", files);
  }

  long recover() throws IOException {
    List<JournalHead> heads = heads();
    if (heads.isEmpty()) {
      throw new TryLaterException(
          node.group().isAlone() && directories.isEmpty()
              ? "no group was joined, so nobody has this vault's journal; use dotf join first, or"
                  + " dotf holder add where its blocks are"
              : "no holder that has this vault's journal can be reached; try again when one is up,"
                  + " or delete "
                  + marker
                  + " to begin anew");
    }
    int files = recovery.recover(heads, device.journal());
    device
        .journal()
        .forEachFile(
            (key, version) -> {
              if (device.catalog().find(key) == null) {
                device
                    .catalog()
                    .put(
                        key,
                        Row.unknown(version.size())
                            .withVersion(version.manifest(), version.size(), 0));
              }
            });
    Files.deleteIfExists(marker);
    return files;
  }

  /** Other devices' heads that are not yet contained in our journal. */
  private List<JournalHead> heads() {
    Map<NodeId, HeadRecord> newest = new HashMap<>();
    Stream.concat(node.heads(vault).stream(), directories.heads(vault).stream())
        .forEach(
            head ->
                newest.merge(head.device(), head, (a, b) -> b.sequence() > a.sequence() ? b : a));
    return newest.values().stream()
        .filter(head -> !head.device().equals(node.id()))
        .filter(head -> device.journal().absorbed(head.device()) < head.sequence())
        .map(head -> new JournalHead(head.device(), head.sequence(), head.address()))
        .toList();
  }

  private static void pause() throws TryLaterException {
    try {
      TimeUnit.MILLISECONDS.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TryLaterException("interrupted while waiting for the members");
    }
  }
}
