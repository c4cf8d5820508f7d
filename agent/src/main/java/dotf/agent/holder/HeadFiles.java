package dotf.agent.holder;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import dotf.dht.group.HeadRecord;
import dotf.dht.group.RecordException;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the journals of the devices that share a directory end: {@code heads/<NodeId>}, each a
 * signed head record. With the recovery phrase they bring a tree back from the directory alone.
 */
final class HeadFiles {
  private static final Logger LOG = LoggerFactory.getLogger(HeadFiles.class);
  private static final String NAME = "heads";
  private static final int BYTES_MAX = 4096;

  private final Directory root;

  /**
   * @param root {@code dotf-blocks}
   */
  HeadFiles(Directory root) {
    this.root = root;
  }

  /** Keeps a head, unless a newer one of that device is there; durable on return. */
  void keep(HeadRecord head) throws IOException {
    if (root.makeDirectory(NAME, 0700)) {
      root.sync();
    }
    try (Directory heads = root.openDirectory(NAME)) {
      String name = head.device().toString();
      HeadRecord known = heads.stat(name) == null ? null : read(heads, name);
      if (known != null && known.sequence() >= head.sequence()) {
        return;
      }
      String fresh = Directory.TEMPORARY_PREFIX + name;
      heads.unlink(fresh);
      try (OpenFile file = heads.create(fresh, 0600)) {
        file.write(ByteBuffer.wrap(head.encoded()), 0);
        file.sync();
      }
      heads.replace(fresh, name);
      heads.sync();
    }
  }

  /** The heads of a vault's devices; what is not validly signed is passed over. */
  List<HeadRecord> of(PublicKey vault) throws IOException {
    List<HeadRecord> found = new ArrayList<>();
    try (Directory heads = root.openDirectory(NAME)) {
      for (Directory.Entry entry : heads.list()) {
        boolean named = entry.name().length() == 2 * NodeId.BYTES;
        HeadRecord head = named ? read(heads, entry.name()) : null;
        if (head != null && head.vault().equals(vault)) {
          found.add(head);
        }
      }
      return found;
    } catch (NoSuchFileException e) {
      return found;
    }
  }

  private static @Nullable HeadRecord read(Directory heads, String name) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
    try (OpenFile file = heads.openRead(name)) {
      file.read(bytes, 0);
    }
    try {
      return HeadRecord.decode(Arrays.copyOf(bytes.array(), bytes.position()));
    } catch (RecordException e) {
      LOG.warn("{}/{} is no head and is passed over: {}", heads, name, e.getMessage());
      return null;
    }
  }
}
