package dotf.chunker.disk;

import dotf.chunker.disk.Effect.Change;
import dotf.chunker.disk.Effect.Rename;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An open directory of a {@link MemoryDisk}, which is also the lock for everything. */
final class MemoryDirectory implements Directory {
  private static final int NAME_BYTES_MAX = 255;

  private final MemoryDisk disk;
  private final MemoryNode node;
  private final String path;

  MemoryDirectory(MemoryDisk disk, MemoryNode node, String path) {
    this.disk = disk;
    this.node = node;
    this.path = path;
  }

  private String at(String name) {
    return path + "/" + name;
  }

  private Map<String, MemoryNode> names() {
    return node.live.names;
  }

  private static String checked(String name) throws IOException {
    try {
      if (Names.encode(Names.component(name)).length > NAME_BYTES_MAX || name.indexOf(0) >= 0) {
        throw new FileSystemException(name, null, "not a name (File name too long)");
      }
      return name;
    } catch (CharacterCodingException e) {
      throw new FileSystemException(name, null, "not UTF-8");
    }
  }

  private MemoryNode existing(String name, String what) throws IOException {
    return MemoryDisk.found(names().get(checked(name)), at(name), what);
  }

  private MemoryNode file(String name) throws IOException {
    MemoryNode found = existing(name, "open");
    if (found.directory) {
      throw new FileSystemException(at(name), null, "not a regular file");
    }
    return found;
  }

  @Override
  public Directory openDirectory(String relative) throws IOException {
    synchronized (disk) {
      MemoryNode at = node;
      for (String part : relative.isEmpty() ? List.<String>of() : List.of(relative.split("/"))) {
        MemoryNode next =
            MemoryDisk.found(at.live.names.get(checked(part)), at(relative), "open the directory");
        if (!next.directory) {
          throw MemoryDisk.failure(at(relative), "open the directory", "Not a directory");
        }
        at = next;
      }
      return new MemoryDirectory(disk, at, relative.isEmpty() ? path : at(relative));
    }
  }

  @Override
  public @Nullable FileStat stat(String name) throws IOException {
    synchronized (disk) {
      MemoryNode found = names().get(checked(name));
      return found == null ? null : found.stat();
    }
  }

  @Override
  public FileStat stat() {
    synchronized (disk) {
      return node.stat();
    }
  }

  @Override
  public @Nullable String filesystem() {
    return null;
  }

  @Override
  public List<Entry> list() {
    synchronized (disk) {
      return names().entrySet().stream()
          .map(name -> new Entry(name.getKey(), name.getValue().stat().type(), false))
          .toList();
    }
  }

  @Override
  public OpenFile openRead(String name) throws IOException {
    synchronized (disk) {
      return MemoryFile.open(disk, file(name), at(name), false);
    }
  }

  @Override
  public OpenFile openWrite(String name) throws IOException {
    synchronized (disk) {
      return MemoryFile.open(disk, file(name), at(name), true);
    }
  }

  @Override
  public OpenFile create(String name, int mode) throws IOException {
    synchronized (disk) {
      if (names().containsKey(checked(name))) {
        throw new FileAlreadyExistsException(at(name), null, "cannot open (File exists)");
      }
      MemoryNode made = disk.newNode(false, mode);
      disk.renamed(Rename.of(new Change(node, name, made)));
      return MemoryFile.open(disk, made, at(name), true);
    }
  }

  @Override
  public OpenFile createUnnamed(int mode) throws IOException {
    synchronized (disk) {
      return MemoryFile.open(disk, disk.newNode(false, mode), path + "/(unnamed)", true);
    }
  }

  @Override
  public boolean link(OpenFile unnamed, String name) throws IOException {
    synchronized (disk) {
      if (names().containsKey(checked(name))) {
        return false;
      }
      disk.renamed(Rename.of(new Change(node, name, ((MemoryFile) unnamed).node())));
      return true;
    }
  }

  @Override
  public boolean rename(String name, Directory target, String newName) throws IOException {
    synchronized (disk) {
      MemoryDirectory other = (MemoryDirectory) target;
      MemoryNode moved = existing(name, "rename");
      if (other.names().containsKey(checked(newName))) {
        return false;
      }
      disk.renamed(Rename.of(new Change(node, name, null), new Change(other.node, newName, moved)));
      return true;
    }
  }

  @Override
  public void replace(String name, String newName) throws IOException {
    synchronized (disk) {
      MemoryNode moved = existing(name, "rename");
      disk.renamed(
          Rename.of(new Change(node, name, null), new Change(node, checked(newName), moved)));
    }
  }

  @Override
  public void exchange(String name, Directory target, String otherName) throws IOException {
    synchronized (disk) {
      MemoryDirectory other = (MemoryDirectory) target;
      MemoryNode one = existing(name, "rename");
      MemoryNode two = other.existing(otherName, "rename");
      disk.renamed(Rename.of(new Change(node, name, two), new Change(other.node, otherName, one)));
    }
  }

  @Override
  public void unlink(String name) throws IOException {
    synchronized (disk) {
      MemoryNode found = names().get(checked(name));
      if (found != null && found.directory) {
        throw MemoryDisk.failure(at(name), "remove", "Is a directory");
      }
      if (found != null) {
        disk.renamed(Rename.of(new Change(node, name, null)));
      }
    }
  }

  @Override
  public boolean makeDirectory(String name, int mode) throws IOException {
    synchronized (disk) {
      if (names().containsKey(checked(name))) {
        return false;
      }
      disk.renamed(Rename.of(new Change(node, name, disk.newNode(true, mode))));
      return true;
    }
  }

  @Override
  public boolean removeDirectory(String name) throws IOException {
    synchronized (disk) {
      MemoryNode found = existing(name, "remove the directory");
      if (!found.directory) {
        throw MemoryDisk.failure(at(name), "remove the directory", "Not a directory");
      }
      if (!found.live.names.isEmpty()) {
        return false;
      }
      disk.renamed(Rename.of(new Change(node, name, null)));
      return true;
    }
  }

  @Override
  public void sync() {
    disk.syncDirectory(node);
  }

  @Override
  public void syncFilesystem() {
    disk.syncAll();
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return path;
  }
}
