package dotf.agent;

import dotf.agent.holder.DirectoryHolders;
import dotf.agent.journal.Journal;
import dotf.agent.journal.JournalHead;
import dotf.agent.journal.JournalPublisher;
import dotf.agent.replica.Replicator;
import dotf.dht.DhtNode;
import dotf.dht.group.HeadRecord;
import dotf.dht.identity.Signer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that what the journal says is soon in sealed batches, and that the members know the
 * newest one: a little after each change, or at once when much has gathered.
 */
final class Publishing {
  private static final Logger LOG = LoggerFactory.getLogger(Publishing.class);
  private static final Duration DELAY = Duration.ofSeconds(3);
  private static final long MUCH_BYTES = 128 << 10;

  /** A device without members has nobody to tell: fewer, larger batches. */
  private static final Duration DELAY_ALONE = Duration.ofMinutes(1);

  private final Journal journal;
  private final JournalPublisher publisher;
  private final DhtNode node;
  private final DirectoryHolders directories;
  private final Replicator replicator;
  private final Signer vault;
  private final Pausing pausing;
  private final InstantSource clock;
  private final Executor blocking;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean headDue;
  private Instant due = Instant.MAX;

  Publishing(
      Journal journal,
      JournalPublisher publisher,
      DhtNode node,
      DirectoryHolders directories,
      Replicator replicator,
      Signer vault,
      Pausing pausing,
      InstantSource clock,
      Executor blocking) {
    this.journal = journal;
    this.publisher = publisher;
    this.node = node;
    this.directories = directories;
    this.replicator = replicator;
    this.vault = vault;
    this.pausing = pausing;
    this.clock = clock;
    this.blocking = blocking;
  }

  /** Copies came, or a directory: the directories may have what our head is about. */
  void headMayBeKept() {
    headDue = true;
  }

  /** Called every second or so. */
  synchronized void tick() {
    if (headDue) {
      headDue = false;
      blocking.execute(this::keepHead);
    }
    Instant now = clock.instant();
    long bytes = journal.unsealedBytes();
    if (bytes == 0) {
      due = Instant.MAX;
      return;
    }
    if (due.equals(Instant.MAX)) {
      due = now.plus(node.group().isAlone() ? DELAY_ALONE : DELAY);
    }
    if (bytes >= MUCH_BYTES || !due.isAfter(now)) {
      due = Instant.MAX;
      soon();
    }
  }

  /**
   * Publishes what there is, and tells the members our head, on another thread; not in a pause, in
   * which the batches would not follow their head.
   */
  void soon() {
    if (!pausing.isOn() && running.compareAndSet(false, true)) {
      blocking.execute(
          () -> {
            try {
              publish();
            } catch (IOException e) {
              LOG.warn("the journal could not be published: {}", e.getMessage());
            } finally {
              running.set(false);
            }
          });
    }
  }

  /** Whether nothing is left to publish now. */
  boolean isDone() {
    return journal.unsealedBytes() == 0 && !running.get();
  }

  private void publish() throws IOException {
    JournalHead head = publisher.publish();
    if (head != null) {
      node.putHead(signed(head));
    }
  }

  /** A head in a directory is of use once its block is with somebody. */
  private void keepHead() {
    JournalHead head = publisher.head();
    if (head != null && !directories.isEmpty() && replicator.copies(head.address()) > 0) {
      directories.keepHead(signed(head));
    }
  }

  private HeadRecord signed(JournalHead head) {
    return HeadRecord.sign(vault, head.device(), head.sequence(), head.address(), clock.instant());
  }
}
